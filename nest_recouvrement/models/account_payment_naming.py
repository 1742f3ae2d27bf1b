from odoo import Command, api, fields, models
from odoo.exceptions import ValidationError


class AccountPayment(models.Model):
    """What is proposed to whoever names the invoices of a payment, and amounts."""

    _inherit = "account.payment"

    # === ONCHANGE METHODS === #

    @api.onchange("amount")
    def _onchange_amount_spread(self):
        """Fit the names to an amount lower than announced, and ask to confirm it."""
        if self.recouvrement_unnamed_amount >= 0 or not self.recouvrement_line_ids:
            return None
        announced = self._format(self.recouvrement_named_amount)
        self._spread_named_amount()
        return {
            "warning": {
                "title": self.env._("Less than announced"),
                "message": self.env._(
                    "%(announced)s were announced on these invoices: the payment of"
                    " %(amount)s settles the oldest ones first. Check the amounts on"
                    " the invoices before you confirm.",
                    announced=announced,
                    amount=self._format(self.amount),
                ),
            }
        }

    def _spread_named_amount(self):
        """Spread the amount received over the named items, oldest first."""
        self.ensure_one()
        left = self.amount
        dropped = self.recouvrement_line_ids.browse()
        for line in self.recouvrement_line_ids.sorted(
            lambda line: (line.date_maturity or self.date, line._origin.id)
        ):
            line.amount = min(line.amount, max(left, 0.0))
            left -= line.amount
            if not line.amount:
                dropped += line
        self.recouvrement_line_ids -= dropped

    # === ACTION METHODS === #

    def action_propose_oldest(self):
        """Name the oldest open items for what remains of the payments.

        :raise ValidationError: nothing is open, or nothing remains to be named
        """
        self.check_access("write")
        for payment in self:
            if payment._compare(payment.recouvrement_unnamed_amount, 0) <= 0:
                raise payment._named_error(
                    self.env._("The whole payment names its invoices already.")
                )
            commands = payment._prepare_oldest_lines()
            if not commands:
                raise payment._named_error(
                    self.env._(
                        "No other invoice of %(guarantor)s is open.",
                        guarantor=payment.recouvrement_partner_id.display_name or "-",
                    )
                )
            payment.recouvrement_line_ids = commands

    def _prepare_oldest_lines(self):
        """Return the commands that name the oldest items for what remains."""
        self.ensure_one()
        left = self.recouvrement_unnamed_amount
        named = {line.move_line_id: line for line in self.recouvrement_line_ids}
        commands = []
        for item in self._search_open_items():
            if self._compare(left, 0) <= 0:
                break
            line = named.get(item)
            pending = line.amount - line.settled_amount if line else 0.0
            amount = min(left, self._get_residual(item) - pending)
            if self._compare(amount, 0) <= 0 or (line and line.settled_amount):
                continue
            left -= amount
            commands.append(
                Command.update(line.id, {"amount": line.amount + amount})
                if line
                else Command.create({"move_line_id": item.id, "amount": amount})
            )
        return commands

    def _search_open_items(self):
        """Return the open debts of the one who pays, the oldest first."""
        self.ensure_one()
        return self.env["account.move.line"].search(
            [
                (
                    "partner_id.commercial_partner_id",
                    "=",
                    self.recouvrement_partner_id.id,
                ),
                ("company_id", "child_of", self.company_id.root_id.id),
                ("parent_state", "=", "posted"),
                ("account_id", "=", self.destination_account_id.id),
                ("account_id.account_type", "=", "asset_receivable"),
                ("amount_residual", ">", 0),
            ],
            order="date_maturity, date, id",
        )

    # === BUSINESS METHODS - AMOUNTS === #

    def _is_customer_receipt(self):
        self.ensure_one()
        return self.payment_type == "inbound" and self.partner_type == "customer"

    def _get_residual(self, item):
        """Return what is open on an item, in the currency and on the day of payment."""
        return self._convert_from(item, item.amount_residual_currency)

    def _convert_from(self, item, amount):
        """Convert from the currency of an item to that of the payment."""
        currency = item.currency_id or self.currency_id
        if not self.currency_id or currency == self.currency_id:
            return amount
        return currency._convert(
            amount, self.currency_id, self.company_id, self.date or fields.Date.today()
        )

    def _convert_to(self, item, amount):
        """Convert from the currency of the payment to that of an item."""
        if not self.currency_id or item.currency_id == self.currency_id:
            return amount
        return self.currency_id._convert(
            amount, item.currency_id, self.company_id, self.date or fields.Date.today()
        )

    def _compare(self, amount, other):
        currency = self.currency_id or self.company_id.currency_id
        return currency.compare_amounts(amount, other)

    def _format(self, amount):
        return self.currency_id.format(amount)

    def _named_error(self, sentence):
        """Return the error that refuses a payment, with the payment's name first."""
        name = self[:1].name
        return ValidationError(f"{name}: {sentence}" if name else sentence)
