from odoo import models
from odoo.tools import format_date


class AccountPayment(models.Model):
    """A cheque that the bank returns unpaid: its invoices are owed again.

    The entry of the payment stays as it was posted. A reversal, dated on the day of the
    rejection, takes its place; the debt is again on the invoices, with their own due
    dates, and not on an account of unpaid cheques: what is overdue, and since when,
    stays true.
    """

    _inherit = "account.payment"

    def action_reject_cheque(self):
        """Ask when and why the bank returned the payment unpaid."""
        self.ensure_one()
        self.check_access("write")
        self._check_rejectable()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Rejected by the Bank"),
            "res_model": "recouvrement.payment.reject",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_payment_id": self.id,
                "default_pickup_id": self.recouvrement_pickup_id.id,
            },
        }

    def _check_rejectable(self):
        """Refuse to reject what was never received, or is rejected already.

        :raise ValidationError: with the state of the payment
        """
        for payment in self:
            if payment.state not in ("in_process", "paid") or not (
                payment._is_customer_receipt()
            ):
                states = dict(self._fields["state"]._description_selection(self.env))
                raise payment._named_error(
                    self.env._(
                        "Only a posted payment from a customer is rejected by the bank:"
                        " this one is %(state)s.",
                        state=states.get(payment.state, "").lower(),
                    )
                )

    def _reject_unpaid(self, date, reason, fees=None):
        """Book the rejection of a payment by the bank, and reopen what it settled.

        :param datetime.date date: day of the rejection; the next day that is not
            locked, if that day is
        :param str reason: why, as the bank says
        :param str fees: what the bank charges for it
        """
        self.ensure_one()
        self._check_rejectable()
        # The accountant, who only reads promises, says what the bank did. What keeps a
        # promise may have been registered elsewhere than from it.
        promises = self.sudo()._get_promises() | self._get_kept_promises()
        amounts = self._unmatch_items()
        self.env["recouvrement.commitment.line"]._forget_rejected(self, amounts)
        reversal = self._reverse_on(date, reason)
        self.invoice_ids = False
        self.state = "rejected"
        self.message_post(
            body=self.env._(
                "Rejected by the bank on %(date)s: %(reason)s",
                date=format_date(self.env, reversal.date or date),
                reason=reason,
            )
        )
        broken = promises._break_by_rejection()
        for promise in broken:
            promise._message_log(
                body=self.env._(
                    "The bank rejected %(payment)s: %(reason)s",
                    payment=self.display_name,
                    reason=reason,
                )
            )
        self._log_rejection(amounts, reason, fees)

    def _get_kept_promises(self):
        """Return the promises kept, wholly or in part, by what the payment settled."""
        partials = self._get_receivable_partials()
        ended = self.env["recouvrement.commitment"]._search_ended(
            partials.debit_move_id
        )
        return ended.filtered(lambda promise: promise.state != "broken")

    def _unmatch_items(self):
        """Undo the matching of a payment with what it settled.

        The bank transaction that is matched with it, if any, stays so: the money came,
        and went.

        :return: what was settled, in company currency, by account.move.line
        :rtype: dict
        """
        self.ensure_one()
        items = self._get_settling_moves().line_ids.filtered(
            lambda item: item.account_id.account_type == "asset_receivable"
        )
        amounts = {}
        for partial in items.matched_debit_ids:
            item = partial.debit_move_id
            amounts[item] = amounts.get(item, 0.0) + partial.amount
        (items.matched_debit_ids | items.matched_credit_ids).unlink()
        return amounts

    def _reverse_on(self, date, reason):
        """Post the reversal of a payment's entry, matched with it.

        The liquidity part is matched too, unless a bank transaction is: then it waits
        for the transaction by which the bank takes the money back.

        :return: the reversal; empty for a payment without an entry
        """
        move = self.move_id
        if not move:
            return move
        reversal = move._reverse_moves(
            [
                {
                    "date": date,
                    "journal_id": move.journal_id.id,
                    "ref": self.env._(
                        "%(payment)s rejected: %(reason)s",
                        payment=self.name,
                        reason=reason,
                    ),
                }
            ]
        )
        reversal.action_post()
        lines = (move | reversal).line_ids.filtered(
            lambda item: item.account_id.reconcile and not item.reconciled
        )
        for items in lines.grouped("account_id").values():
            if len(items.move_id) > 1:
                items.reconcile()
        return reversal

    def _log_rejection(self, amounts, reason, fees):
        """Tell the officer, and the journal, that a payment was rejected.

        :param dict amounts: what it had settled, by account.move.line
        """
        self.recouvrement_pickup_id._reopen_cheque()
        for payment, dossier in self._get_dossiers().items():
            local = payment._in_journal_language(dossier)
            note = "\n".join(
                filter(None, (local._describe_receipt(), reason, fees or ""))
            )
            name = local.env._(
                "Rejected by the bank: %(amount)s", amount=local._format(local.amount)
            )
            dossier._report_rejection(name, note, amounts)
