from odoo import models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from .recouvrement_suspension_story import DECISION


class RecouvrementSuspension(models.Model):
    """The life of a suspension once it is approved: in force, postponed, lifted."""

    _inherit = "recouvrement.suspension"

    # === ACTION METHODS === #

    def action_notify(self):
        """Ask how the notice is sent, and from when the services are suspended."""
        self.ensure_one()
        self._check_management()
        self._check_notifiable()
        return self._open_wizard(
            "recouvrement.suspension.notify", self.env._("Send the notice")
        )

    def action_lift(self):
        """Lift a suspension, at once if all is paid, else with a reason.

        A notice that has not taken effect is withdrawn.
        """
        self.ensure_one()
        self._check_management()
        self._check_state("notified", "in_force")
        self.sudo().dossier_id._refresh()
        if self._is_settled():
            self._lift(self._localized().env._("Everything claimed is settled."))
            return True
        return self._open_decision("lift", self.env._("Lift without full payment"))

    def action_postpone(self):
        """Ask for another date, and why."""
        self.ensure_one()
        self._check_management()
        self._check_state("notified", "in_force")
        return self._open_decision("postpone", self.env._("Postpone the suspension"))

    def action_cancel(self):
        """Ask why a suspension that was not notified is given up."""
        self.ensure_one()
        self._check_management()
        self._check_state("draft", "approved")
        return self._open_decision("cancel", self.env._("Give up the suspension"))

    def action_record_proof(self):
        """Ask when, and by whom, the notice was received."""
        self.ensure_one()
        self._check_state("notified", "in_force")
        return self._open_wizard(
            "recouvrement.suspension.proof", self.env._("Proof of delivery")
        )

    def _open_decision(self, kind, name):
        return self._open_wizard("recouvrement.suspension.decide", name, kind=kind)

    # === BUSINESS METHODS - LIFE === #

    def _enforce(self):
        """Put notified suspensions into force, and tell management."""
        for suspension in self:
            suspension.write(
                {
                    "in_force_since": suspension.company_id._recouvrement_today(),
                    "state": "in_force",
                }
            )
        self._tell_management(
            DECISION,
            lambda suspension: suspension.env._("Suspension in force"),
            lambda suspension: suspension.env._(
                "Services to %(guarantor)s are suspended from now on: %(amount)s is"
                " still owed. Tell the admission desks.",
                guarantor=suspension.partner_id.display_name,
                amount=suspension.currency_id.format(suspension.remaining_amount),
            ),
        )
        self._log_milestone(
            lambda suspension: suspension.env._("Suspension in force"),
            lambda suspension: suspension.name,
        )

    def _lift(self, reason, by_email=True):
        """End a suspension, or withdraw its notice, with a letter.

        :param str reason: why, for the record
        :param bool by_email: whether the letter leaves by e-mail
        """
        self.ensure_one()
        self._check_management()
        self._check_state("notified", "in_force")
        was_in_force = self.state == "in_force"
        # Only the buttons end a suspension; the reason is on record.
        suspension_sudo = self.sudo()
        suspension_sudo.write(
            {
                "date_lifted": self.company_id._recouvrement_today(),
                "lift_reason": reason,
                "state": "lifted" if was_in_force else "cancelled",
            }
        )
        self._close_activities()
        letter = suspension_sudo._make_letter("lifting")
        if by_email:
            suspension_sudo._email_letter("lifting", letter)
        self._log_milestone(
            lambda suspension: suspension.env._("Suspension lifted")
            if was_in_force
            else suspension.env._("Suspension notice withdrawn"),
            lambda suspension: f"{suspension.name}: {reason}",
            letter,
        )

    def _postpone(self, date, reason, by_email=True):
        """Give another date, with a letter; services are granted until then.

        :param date date: new date of effect, after today
        :param str reason: why, for the record
        :param bool by_email: whether the letter leaves by e-mail
        """
        self.ensure_one()
        self._check_management()
        self._check_state("notified", "in_force")
        if date <= self.company_id._recouvrement_today():
            raise ValidationError(
                self.env._("A suspension is postponed to a day after today.")
            )
        # Only the buttons move the date; the reason is on record.
        suspension_sudo = self.sudo()
        suspension_sudo.write(
            {
                "date_effective": date,
                "in_force_since": False,
                "postponed_count": self.postponed_count + 1,
                "state": "notified",
                "unserved_on": False,
            }
        )
        self._close_activities()
        letter = suspension_sudo._make_letter("postponement")
        if by_email:
            suspension_sudo._email_letter("postponement", letter)
        self._log_milestone(
            lambda suspension: suspension.env._(
                "Suspension postponed to %s", format_date(suspension.env, date)
            ),
            lambda suspension: f"{suspension.name}: {reason}",
            letter,
        )

    def _cancel(self, reason):
        """Give up a suspension that was not notified.

        :param str reason: why, for the record
        """
        self.ensure_one()
        self._check_state("draft", "approved")
        # Only the buttons end a suspension; the reason is on record.
        self.sudo().write(
            {
                "date_lifted": self.company_id._recouvrement_today(),
                "lift_reason": reason,
                "state": "cancelled",
            }
        )
        self._close_activities()
        action_sudo = self.sudo().action_id
        if action_sudo.state == "todo":
            action_sudo.with_user(self.env.user)._skip(reason)
        self._log_milestone(
            lambda suspension: suspension.env._("Suspension given up"),
            lambda suspension: f"{suspension.name}: {reason}",
        )
