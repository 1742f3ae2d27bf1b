from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError


class RecouvrementPickup(models.Model):
    """From the courier's bag to the accountant's desk."""

    _inherit = "recouvrement.pickup"

    slip_line_ids = fields.One2many(
        string="Slips",
        comodel_name="recouvrement.pickup.slip.line",
        inverse_name="pickup_id",
        readonly=True,
    )

    @api.model
    def action_hand_over_mine(self):
        """Ask which of the user's collected cheques are handed over now."""
        mine = self.search(
            [("user_id", "=", self.env.uid), ("state", "=", "collected")]
        )
        if not mine:
            raise UserError(
                self.env._("You carry no cheque: nothing is to be handed over.")
            )
        return mine.action_hand_over()

    def action_hand_over(self):
        """Ask which of these cheques are handed over to the accountant."""
        collected = self.filtered(lambda pickup: pickup.state == "collected")
        collected._check_may_complete()
        if not collected:
            raise UserError(
                self.env._("None of these cheques is in a courier's hands.")
            )
        return {
            **collected[:1]._open_dialog(
                "recouvrement.pickup.hand.over",
                self.env._("Hand Over to the Accountant"),
            ),
            "context": {
                "default_candidate_ids": collected.ids,
                "default_pickup_ids": collected.ids,
                "recouvrement_show_cheque": True,
            },
        }

    def _hand_over(self):
        """Hand collected cheques over: one slip per courier and company.

        :rtype: recouvrement.pickup.slip
        """
        pickups_sudo = self._check_may_complete()
        pickups_sudo._lock()
        pickups_sudo._check_state("collected")
        slips_sudo = self.env["recouvrement.pickup.slip"].sudo()
        for group in pickups_sudo.grouped(
            lambda pickup: (pickup.company_id, pickup.user_id)
        ).values():
            slip = slips_sudo._create_for(group)
            slips_sudo += slip
            group.write({"state": "handed_over", "received_on": False})
            group._on_handed_over(slip)
        return slips_sudo.with_env(self.env)

    def _on_handed_over(self, slip):
        accountant = self.company_id._recouvrement_responsible("accountant")
        self._pass_on(
            "handed_over",
            slip.user_id.name,
            accountant.name or self.env._("Accounting"),
            note=slip.name,
        )
        for pickup in self:
            pickup._log_journal(
                lambda errand: errand.env._(
                    "Cheque %(number)s handed over to the accountant, slip %(slip)s",
                    number=errand.cheque_number,
                    slip=slip.name,
                ),
                amounts=pickup._get_named_amounts(),
            )

    def _tell_of_refusal(self, reason):
        """Tell courier and officer that the accountant does not have a cheque."""
        self.ensure_one()
        courier = self.with_context(lang=self.user_id.lang)
        self.activity_schedule(
            "nest_recouvrement.mail_activity_type_courier",
            date_deadline=self.company_id._recouvrement_today(),
            summary=courier.env._("Cheque not received by the accountant"),
            note=Markup("<p>%s</p>") % reason,
            user_id=self.user_id.id,
        )
        self._tell_officer(
            lambda errand: errand.env._("Cheque not received by the accountant"),
            reason,
        )
