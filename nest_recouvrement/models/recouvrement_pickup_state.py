from odoo import fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from .recouvrement_pickup import (
    OPEN_STATES,
    PLANNING_FIELDS,
    PROTECTED_FIELDS,
    TRANSITIONS,
)


class RecouvrementPickup(models.Model):
    """Which state may follow which, and who may write what of an errand."""

    _inherit = "recouvrement.pickup"

    def _check_written_by_hand(self, vals):
        """Refuse to write by hand what couriers, accountants and banks do.

        :raise UserError: naming the first such field
        :raise ValidationError: a courier would be sent out yesterday
        """
        if self.env.su:
            return
        day = fields.Date.to_date(vals.get("date"))
        if day and day < (self.company_id or self.env.company)[0]._recouvrement_today():
            raise ValidationError(
                self.env._(
                    "%(date)s is past: choose a day from today on for the courier.",
                    date=format_date(self.env, day),
                )
            )
        forbidden = PROTECTED_FIELDS & vals.keys()
        if not self:
            # The form sends what it shows: an errand begins at its beginning.
            begin = {"name": ("/",), "state": OPEN_STATES}
            forbidden = {
                name
                for name in forbidden
                if vals[name] and vals[name] not in begin.get(name, ())
            }
        elif any(pickup.state not in OPEN_STATES for pickup in self):
            forbidden |= PLANNING_FIELDS & vals.keys()
        if forbidden:
            raise UserError(
                self.env._(
                    "%(field)s cannot be written by hand: use the buttons of the"
                    " errand.",
                    field=self._fields[min(forbidden)]._description_string(self.env),
                )
            )

    def _check_transition(self, state):
        """Refuse a state that does not follow from the present one.

        :raise UserError: naming the errand, where it stands and what may follow
        """
        labels = dict(self._fields["state"]._description_selection(self.env))
        for pickup in self:
            if state != pickup.state and state not in TRANSITIONS[pickup.state]:
                raise UserError(
                    self.env._(
                        "%(errand)s is %(state)s: it cannot become %(next_state)s.",
                        errand=pickup.display_name,
                        state=labels[pickup.state].lower(),
                        next_state=labels.get(state, state).lower(),
                    )
                )

    def _check_state(self, *states):
        """Refuse what was already done, or cannot be done any more.

        :raise UserError: naming the first errand that is in none of these states
        """
        labels = dict(self._fields["state"]._description_selection(self.env))
        for pickup in self:
            if pickup.state not in states:
                raise UserError(
                    self.env._(
                        "%(errand)s is already %(state)s: nothing was done again."
                        " Reload the page.",
                        errand=pickup.display_name,
                        state=labels[pickup.state].lower(),
                    )
                )

    def _check_may_complete(self):
        """Refuse whoever neither carries these errands nor works on their dossiers.

        :return: the errands with the rights that completing them needs
        :raise AccessError: not an errand of this courier
        """
        self.check_access("read")
        if not self.env.user.has_group("nest_recouvrement.group_officer"):
            self._check_own()
        # A courier completes errands, and writes nothing else: each method says what.
        return self.sudo()

    def _update_claims(self):
        """Have promises and claims follow what is in whose hands."""
        # Also for a courier, who sees neither.
        pickups_sudo = self.sudo()
        promises = pickups_sudo.commitment_id
        promises._evaluate()
        pickups_sudo.dossier_id._refresh()
