from odoo import api, fields, models
from odoo.exceptions import UserError

OVERRIDE = "nest_recouvrement.group_suspension_override"


class AccountMove(models.Model):
    """Invoices of a guarantor whose services are suspended (`sources/1`, step 8).

    The company says whether they are blocked, or only warned about. Credit notes are
    never concerned.
    """

    _inherit = "account.move"

    recouvrement_exception_ids = fields.One2many(
        string="Allowed despite a Suspension",
        comodel_name="recouvrement.suspension.exception",
        inverse_name="move_id",
        groups="nest_recouvrement.group_officer,account.group_account_invoice",
    )
    # The chatter tells once for each suspension why the invoice stays a draft.
    recouvrement_blocked_id = fields.Many2one(
        string="Blocking Suspension",
        comodel_name="recouvrement.suspension",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
        copy=False,
        groups="nest_recouvrement.group_officer,account.group_account_invoice",
    )
    recouvrement_is_blocked = fields.Boolean(
        string="Blocked by a Suspension", compute="_compute_recouvrement_is_blocked"
    )

    @api.depends("commercial_partner_id", "company_id", "move_type", "state")
    def _compute_recouvrement_is_blocked(self):
        blocked = self._get_blocked_by_suspension()
        for move in self:
            move.recouvrement_is_blocked = move in blocked

    def _get_alerts(self):
        """Show on new invoices that the services are suspended."""
        alerts = super()._get_alerts()
        suspension = self._get_suspensions().get(self)
        if suspension and self.state == "draft":
            status = self.partner_id._prepare_service_status(suspension)
            alerts["recouvrement_suspension"] = {
                "level": "danger",
                "message": status["reason"],
            }
        return alerts

    def _get_suspensions(self):
        """Return the suspension in force that concerns each customer invoice.

        :rtype: dict[account.move, recouvrement.suspension]
        """
        invoices = self.filtered(
            lambda move: move.move_type in ("out_invoice", "out_receipt")
        )
        if not invoices:
            return {}
        # Whoever invoices must know, without any right in collection.
        suspensions_sudo = (
            self.env["recouvrement.suspension"]
            .sudo()
            .search(
                [
                    ("state", "=", "in_force"),
                    ("company_id", "in", invoices.company_id.ids),
                    ("partner_id", "in", invoices.commercial_partner_id.ids),
                ]
            )
        )
        by_key = {
            (record.company_id.id, record.partner_id.id): record
            for record in suspensions_sudo
        }
        return {
            move: by_key[key]
            for move in invoices
            if (key := (move.company_id.id, move.commercial_partner_id.id)) in by_key
        }

    def _get_blocked_by_suspension(self):
        """Return the suspension of each draft invoice that may not be confirmed.

        An invoice that somebody with the right allowed, with a reason, is not blocked.

        :rtype: dict[account.move, recouvrement.suspension]
        """
        return {
            move: suspension
            for move, suspension in self._get_suspensions().items()
            if move.state == "draft"
            and move.company_id.sudo().recouvrement_suspension_policy == "block"
            # What was allowed is allowed for whoever confirms the invoice.
            and suspension not in move.sudo().recouvrement_exception_ids.suspension_id
        }

    def action_post(self):
        """On the screen, ask those who may override a suspension for the reason.

        As Odoo's own confirmations, not in automated flows: these get the error.
        """
        on_screen = not self.env.context.get("disable_abnormal_invoice_detection", True)
        blocked = on_screen and self._get_blocked_by_suspension()
        if blocked and self.env.user.has_group(OVERRIDE):
            return self.browse(move.id for move in blocked).action_allow_suspended()
        return super().action_post()

    def action_allow_suspended(self):
        """Ask why these invoices are confirmed although services are suspended."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Invoice despite the suspension"),
            "res_model": "recouvrement.suspension.allow",
            "view_mode": "form",
            "target": "new",
            "context": {"default_move_ids": self.ids},
        }

    def _post(self, soft=True):
        """Leave the invoices of suspended guarantors in draft, and post the others.

        A batch, or the scheduler, goes on without them: each says why in its chatter.

        :raise UserError: if no invoice is left to post
        """
        blocked = self._get_blocked_by_suspension()
        if not blocked:
            posted = super()._post(soft=soft)
            posted._log_posted_despite_suspension()
            return posted
        allowed = self.filtered(lambda move: move not in blocked)
        if not allowed:
            raise UserError("\n".join(self._explain_blocked(blocked)))
        self._log_blocked(blocked)
        return super(AccountMove, allowed)._post(soft=soft)

    def _explain_blocked(self, blocked):
        """Return one sentence per blocked invoice, without repeating any.

        :param dict blocked: suspensions by invoice
        :rtype: list[str]
        """
        return list(
            dict.fromkeys(
                self.env._(
                    "%(reason)s This invoice is not confirmed; a person with the right"
                    " to override a suspension may allow it, with a reason.",
                    reason=move.partner_id._prepare_service_status(suspension)[
                        "reason"
                    ],
                )
                for move, suspension in blocked.items()
            )
        )

    def _log_blocked(self, blocked):
        """Say in the chatter, once, why invoices stay in draft."""
        for move, suspension in blocked.items():
            # The chatter tells whoever may read the invoice.
            move_sudo = move.sudo()
            if move_sudo.recouvrement_blocked_id != suspension:
                move_sudo.recouvrement_blocked_id = suspension
                move_sudo.message_post(
                    body=self._explain_blocked({move: suspension})[0]
                )

    def _log_posted_despite_suspension(self):
        """Keep on the invoice that it was confirmed during a suspension."""
        for move, suspension in self._get_suspensions().items():
            # Exceptions are read for the chatter, whoever confirms the invoice.
            exceptions_sudo = move.sudo().recouvrement_exception_ids.filtered(
                lambda record, suspension=suspension: record.suspension_id == suspension
            )
            if not exceptions_sudo:
                move._message_log(
                    body=self.env._(
                        "Confirmed although services are suspended (%s).",
                        suspension.name,
                    )
                )
