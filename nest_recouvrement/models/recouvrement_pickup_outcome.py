from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from .recouvrement_action_rank import AFTER_PROMISE_RANK


class RecouvrementPickup(models.Model):
    """How an errand ends otherwise: delivered, put off, failed, cancelled, given again.

    Each is written into the journal of the dossier, and the officer is told when she
    has something to do about it.
    """

    _inherit = "recouvrement.pickup"

    received_by = fields.Char(
        help="Who received the letter.", readonly=True, copy=False, tracking=True
    )
    signature = fields.Image(
        help="Of whoever received the letter.",
        max_width=1024,
        max_height=1024,
        readonly=True,
        copy=False,
    )
    failure_reason_id = fields.Many2one(
        string="Reason of the Failure",
        comodel_name="recouvrement.pickup.failure.reason",
        ondelete="restrict",
        readonly=True,
        copy=False,
        tracking=True,
    )
    outcome_note = fields.Text(string="Courier's Note", readonly=True, copy=False)
    postponed_count = fields.Integer(
        string="Times Postponed", readonly=True, copy=False
    )
    cancel_reason = fields.Char(readonly=True, copy=False, tracking=True)

    # === ACTION METHODS === #

    def action_report_problem(self):
        """Ask why nothing could be collected or delivered, and what comes next."""
        self.ensure_one()
        self._check_may_complete()
        self._check_state("to_collect", "to_deliver")
        return self._open_dialog("recouvrement.pickup.fail", self.env._("Not Possible"))

    def action_deliver(self):
        """Ask who received the letter, and for the proof."""
        self.ensure_one()
        self._check_may_complete()
        self._check_state("to_deliver")
        return self._open_dialog(
            "recouvrement.pickup.deliver", self.env._("Letter Delivered")
        )

    def action_cancel(self):
        """Ask why the errand is cancelled."""
        self.check_access("write")
        return self._open_dialog(
            "recouvrement.pickup.cancel", self.env._("Cancel the Errand")
        )

    def action_reopen(self):
        """Give failed errands again, for today."""
        self.check_access("write")
        self._check_state("failed")
        # What the courier had noted is kept by the journal.
        for pickup_sudo in self.sudo():
            pickup_sudo.write(
                {
                    "state": "to_deliver"
                    if pickup_sudo.kind == "deliver"
                    else "to_collect",
                    "date": pickup_sudo.company_id._recouvrement_today(),
                    "date_done": False,
                    "failure_reason_id": False,
                    "outcome_note": False,
                }
            )
            pickup_sudo._check_lines()
            pickup_sudo._log_journal(lambda errand: errand.env._("Errand given again"))

    def action_view_dossier(self):
        """Open the dossier that the errand is for."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "recouvrement.dossier",
            "res_id": self.dossier_id.id,
            "view_mode": "form",
        }

    @api.model
    def _open_dialog(self, model, name):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_pickup_id": self.id, "default_pickup_ids": self.ids},
        }

    # === BUSINESS METHODS === #

    def _check_reason(self, reason):
        """Refuse a reason that does not fit what the errand is for.

        :param recouvrement.pickup.failure.reason reason: chosen by the courier
        :raise ValidationError: naming the reason and the errand
        """
        self.ensure_one()
        if reason.kind in (self.kind, "both"):
            return
        if self.kind == "deliver":
            raise ValidationError(
                self.env._(
                    "« %(reason)s » is no reason why a letter is not delivered: choose"
                    " another one for %(errand)s.",
                    errand=self.display_name,
                    reason=reason.name or "-",
                )
            )
        raise ValidationError(
            self.env._(
                "« %(reason)s » is no reason why a cheque is not collected: choose"
                " another one for %(errand)s.",
                errand=self.display_name,
                reason=reason.name or "-",
            )
        )

    def _postpone(self, date, reason, note=None):
        """Come back another day: the errand stays the courier's.

        :param datetime.date date: a later day
        :param recouvrement.pickup.failure.reason reason: why not today
        """
        self.ensure_one()
        pickup_sudo = self._check_may_complete()
        pickup_sudo._lock()
        pickup_sudo._check_state("to_collect", "to_deliver")
        pickup_sudo._check_reason(reason)
        if not date or date <= pickup_sudo.company_id._recouvrement_today():
            raise ValidationError(
                self.env._("Choose a later day on which to come back.")
            )
        pickup_sudo.write(
            {"date": date, "postponed_count": pickup_sudo.postponed_count + 1}
        )
        pickup_sudo._log_journal(
            lambda errand: errand.env._(
                "Courier comes back on %(date)s: %(reason)s",
                date=format_date(errand.env, date),
                reason=reason.with_env(errand.env).name,
            ),
            note=note,
        )

    def _fail(self, reason, note=None, photo=None):
        """Give the errand back to the office, which decides what comes next.

        :param recouvrement.pickup.failure.reason reason: why
        """
        self.ensure_one()
        pickup_sudo = self._check_may_complete()
        pickup_sudo._lock()
        pickup_sudo._check_state("to_collect", "to_deliver", "collected")
        pickup_sudo._check_reason(reason)
        pickup_sudo.write(
            {
                "state": "failed",
                "date_done": fields.Datetime.now(),
                "failure_reason_id": reason.id,
                "outcome_note": note,
            }
        )
        pickup_sudo._on_failed(photo)

    def _deliver(self, received_by, date=None, photo=None, signature=None, note=None):
        """Note that a letter was handed over, to whom, with the proof.

        :param datetime.datetime date: now by default
        :raise ValidationError: without a name or a proof, or for a time to come
        """
        self.ensure_one()
        pickup_sudo = self._check_may_complete()
        pickup_sudo._lock()
        pickup_sudo._check_state("to_deliver")
        date = date or fields.Datetime.now()
        if not (received_by or "").strip():
            raise ValidationError(self.env._("Enter who received the letter."))
        if not (photo or signature):
            raise ValidationError(
                self.env._("Have the letter signed for, or take a photo as proof.")
            )
        if date > fields.Datetime.now():
            raise ValidationError(
                self.env._("A letter cannot be delivered at a time to come.")
            )
        pickup_sudo.write(
            {
                "state": "delivered",
                "date_done": date,
                "received_by": received_by.strip(),
                "photo": photo,
                "signature": signature,
                "outcome_note": note,
            }
        )
        pickup_sudo._after_delivery()

    def _on_delivered(self):
        """React to the delivery of letters; ``date_done`` and ``received_by`` are set.

        A hook for those who gave a letter to the courier: nothing by default.
        """

    def _cancel(self, reason):
        """Cancel errands that are no longer needed, with a reason.

        :raise ValidationError: without a reason
        """
        self.check_access("write")
        self._check_state("to_collect", "to_deliver", "failed")
        if not (reason or "").strip():
            raise ValidationError(self.env._("Write why the errand is cancelled."))
        # The reason is written by this method only.
        for pickup_sudo in self.sudo():
            pickup_sudo.write({"state": "cancelled", "cancel_reason": reason.strip()})
            pickup_sudo._close_activity()
            pickup_sudo._log_journal(
                lambda errand: errand.env._("Errand cancelled"),
                note=reason,
                rank=AFTER_PROMISE_RANK,
            )
