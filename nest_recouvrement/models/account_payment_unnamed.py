from datetime import timedelta

from odoo import Command, api, fields, models

# Payments older than that, matched before the addon came, are history.
RECENT_DAYS = 30


class AccountPayment(models.Model):
    """Payments posted without naming their invoices: recorded later, or asked for."""

    _inherit = "account.payment"

    @api.model
    def _cron_name_payments(self, batch_size=500):
        """Record what was matched by hand since, then ask for what is not named."""
        cron = self.env["ir.cron"]
        last_id = 0
        while payments := self._search_matched_by_hand(last_id, batch_size):
            payments._record_matched()
            last_id = payments[-1].id
            if not cron._commit_progress(len(payments)):
                return
        self._ask_to_name()

    @api.model
    def _search_matched_by_hand(self, last_id, limit):
        """Return recent payments of guarantors that were matched without any name.

        Payments of long ago, loaded lately with their invoices, are no news.
        """
        since = fields.Datetime.now() - timedelta(days=RECENT_DAYS)
        return self.search(
            [
                ("id", ">", last_id),
                ("create_date", ">=", since),
                ("date", ">=", since.date()),
                ("payment_type", "=", "inbound"),
                ("partner_type", "=", "customer"),
                ("state", "in", ("in_process", "paid")),
                ("is_reconciled", "=", True),
                ("recouvrement_line_ids", "=", False),
                (
                    "partner_id.commercial_partner_id.recouvrement_dossier_ids",
                    "!=",
                    False,
                ),
            ],
            order="id",
            limit=limit,
        )

    @api.model
    def _ask_to_name(self):
        """Ask the accountants for the invoices of what waits since yesterday, once.

        A reason given is enough: the payment waits among the unallocated receipts.
        What was matched meanwhile is not asked for any more.
        """
        xmlid = "nest_recouvrement.mail_activity_type_name_invoices"
        unallocated = self.env["recouvrement.unallocated.report"].search(
            [("payment_id", "!=", False), ("days", ">=", 1)]
        )
        pending = unallocated.payment_id.filtered(
            lambda payment: payment.recouvrement_policy != "off"
            and payment._is_unexplained()
        )
        asked = self.search([("activity_ids.activity_type_id", "=", self._ref(xmlid))])
        (asked - pending).activity_unlink([xmlid])
        for company, payments in (pending - asked).grouped("company_id").items():
            accountant = company._recouvrement_responsible("accountant")
            # The list of the day tells the accountant, not one e-mail each.
            payments.with_context(mail_activity_quick_update=True).activity_schedule(
                xmlid, user_id=(accountant or self.env.user).id
            )

    @api.model
    def _ref(self, xmlid):
        return self.env["ir.model.data"]._xmlid_to_res_id(xmlid)

    def _record_matched(self):
        """Name what these payments are matched with: they were registered on it."""
        for payment in self.filtered(
            lambda payment: payment.recouvrement_policy != "off"
            or payment.recouvrement_line_ids
        ):
            matched = {}
            for partial in payment._get_receivable_partials():
                item = partial.debit_move_id
                matched.setdefault(item, 0.0)
                matched[item] += partial.credit_amount_currency
            payment.recouvrement_line_ids = [
                Command.create({"move_line_id": item.id, "amount": amount})
                for item, amount in matched.items()
                if amount > 0 and item not in payment.recouvrement_line_ids.move_line_id
            ]
        self._on_named_settled(self.recouvrement_line_ids)

    def _get_receivable_partials(self):
        """Return what is matched with the receivable items of these payments."""
        return (
            self._get_settling_moves()
            .line_ids.filtered(
                lambda item: item.account_id.account_type == "asset_receivable"
            )
            .matched_debit_ids
        )
