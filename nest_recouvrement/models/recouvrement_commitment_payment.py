from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class RecouvrementCommitment(models.Model):
    """A promise becomes a payment on its invoices; a rejected cheque breaks it."""

    _inherit = "recouvrement.commitment"

    payment_ids = fields.One2many(
        string="Payments",
        comodel_name="account.payment",
        inverse_name="recouvrement_commitment_id",
    )

    # === ACTION METHODS === #

    def action_register_payment(self):
        """Open the payment of a promise, prefilled with what it still expects.

        :raise UserError: the promise is ended
        """
        self.ensure_one()
        payments = self.env["account.payment"]
        payments.check_access("create")
        pending = self.payment_ids.filtered(lambda payment: payment.state == "draft")
        if pending:
            return pending[0]._open_form()
        if self.state != "open":
            raise UserError(
                self.env._(
                    "%(promise)s is ended: register the payment from its invoices.",
                    promise=self.display_name,
                )
            )
        expected = {
            line.move_line_id: line.amount - line.paid_amount for line in self.line_ids
        }
        return payments._open_prefilled(
            {
                "amount": self.amount - self.paid_amount,
                "company_id": self.company_id.id,
                "date": self.company_id._recouvrement_today(),
                "means": self.means,
                "memo": self._get_payment_memo(),
                "partner_id": self.partner_id.id,
                "recouvrement_commitment_id": self.id,
            },
            expected,
        )

    def _get_payment_memo(self):
        """Return the text that names this promise on a payment."""
        self.ensure_one()
        means = dict(self._fields["means"]._description_selection(self.env))
        return self.env._(
            "%(means)s promised for %(date)s",
            means=means[self.means],
            date=format_date(self.env, self.date),
        )

    def action_view_order_documents(self):
        """Open the transfer orders that were received for a promise."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Documents"),
            "res_model": "ir.attachment",
            "view_mode": "kanban,list",
            "domain": [("id", "in", self.document_ids.ids)],
            "context": {"create": False},
        }

    # === BUSINESS METHODS === #

    def _break_by_rejection(self):
        """Judge promises again whose payment the bank rejected.

        They are open again since the payment is not matched any more. What other
        payments still cover is kept; the rest is broken, at once: the guarantor was
        believed and did not pay.

        :return: the promises that are broken, wholly or in part
        """
        self._evaluate()
        for commitment in self.filtered(lambda promise: promise.state == "open"):
            commitment._write_plainly(
                {
                    "state": "partly_kept" if commitment.paid_amount > 0 else "broken",
                    "date_ended": commitment.company_id._recouvrement_today(),
                }
            )
            commitment._log_outcome()
        return self.filtered(lambda promise: promise.state in ("broken", "partly_kept"))
