from odoo import models


class AccountPayment(models.Model):
    """What is received is written into the journal of the guarantor's dossier."""

    _inherit = "account.payment"

    def _get_dossiers(self):
        """Return the dossier of the one who pays, per payment that has one.

        :rtype: dict[account.payment, recouvrement.dossier]
        """
        if not self:
            return {}
        # Whoever registers a payment may write into the journal of its dossier.
        dossiers_sudo = (
            self.env["recouvrement.dossier"]
            .sudo()
            .search(
                [
                    ("partner_id", "in", self.partner_id.commercial_partner_id.ids),
                    ("company_id", "in", self.company_id.ids),
                ]
            )
        )
        by_key = {
            (dossier.company_id, dossier.partner_id): dossier
            for dossier in dossiers_sudo
        }
        found = {
            payment: by_key.get(
                (payment.company_id, payment.partner_id.commercial_partner_id)
            )
            for payment in self
        }
        return {payment: dossier for payment, dossier in found.items() if dossier}

    def _in_journal_language(self, dossier):
        """Return this payment in the language of the officer who reads the journal."""
        self.ensure_one()
        return self.with_context(lang=dossier.user_id.lang or self.env.lang)

    def _log_settled(self, lines):
        """Write into the journals which invoices were settled, and how much."""
        lines_by_payment = lines.grouped("payment_id")
        for payment, dossier in self._get_dossiers().items():
            amounts = payment._get_matched_amounts(lines_by_payment[payment])
            if not amounts:
                continue
            local = payment._in_journal_language(dossier)
            self.env["recouvrement.action"]._log_done(
                dossier,
                "payment",
                local.env._(
                    "Payment received: %(amount)s", amount=local._format(local.amount)
                ),
                amounts=amounts,
                note=local._describe_receipt(),
            )

    def _log_unallocated(self):
        """Write into the journals why something received names no invoices.

        Without a reason, it is matched by hand, or the accountant is asked for it.
        """
        if self.env.context.get("recouvrement_named_by_wizard"):
            return
        explained = self.filtered(
            lambda payment: payment.recouvrement_unallocated_reason
            and not payment.recouvrement_line_ids
        )
        for payment, dossier in explained._get_dossiers().items():
            local = payment._in_journal_language(dossier)
            reason = payment.recouvrement_unallocated_reason
            self.env["recouvrement.action"]._log_done(
                dossier,
                "payment",
                local.env._(
                    "Payment received, invoices not named: %(amount)s",
                    amount=local._format(local.amount),
                ),
                amount=payment.amount_company_currency_signed,
                note="\n".join(filter(None, (local._describe_receipt(), reason))),
            )

    def _describe_receipt(self):
        """Return the number, the journal and the reference of a payment, in a line."""
        self.ensure_one()
        return " · ".join(
            dict.fromkeys(
                filter(
                    None,
                    (
                        self.name,
                        self.journal_id.name,
                        self.memo,
                        self.payment_reference,
                    ),
                )
            )
        )

    def _get_matched_amounts(self, lines):
        """Return what this payment settles on items, in company currency.

        :param recouvrement.payment.line lines: some lines of this payment
        :rtype: dict[account.move.line, float]
        """
        moves = self._get_settling_moves()
        amounts = {
            item: sum(
                partial.amount
                for partial in item.matched_credit_ids
                if partial.credit_move_id.move_id in moves
            )
            for item in lines.move_line_id
        }
        return {item: amount for item, amount in amounts.items() if amount}
