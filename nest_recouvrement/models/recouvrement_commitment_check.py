from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date


class RecouvrementCommitment(models.Model):
    """What a promise may say: a day to come, open invoices, no more than is left."""

    _inherit = "recouvrement.commitment"

    @api.constrains("date")
    def _check_date(self):
        for commitment in self.filtered(lambda promise: promise.state == "open"):
            today = commitment.company_id._recouvrement_today()
            if commitment.date < today:
                raise ValidationError(
                    self.env._(
                        "A promise is for today or later: %(date)s is past.",
                        date=fields.Date.to_string(commitment.date),
                    )
                )
            latest = commitment._get_latest_date()
            if latest and commitment.date > latest:
                raise ValidationError(
                    self.env._(
                        "A promise for %(date)s would pause the claim for too long:"
                        " agree on %(latest)s at the latest, or by instalments.",
                        date=format_date(self.env, commitment.date),
                        latest=format_date(self.env, latest),
                    )
                )

    def _get_latest_date(self):
        """Return the last day that may be promised, or None for any.

        :rtype: datetime.date
        """
        self.ensure_one()
        days = self.company_id.recouvrement_promise_days
        today = self.company_id._recouvrement_today()
        return today + timedelta(days=days) if days else None

    @api.constrains("line_ids", "dossier_id")
    def _check_lines(self):
        for commitment in self.filtered(lambda promise: promise.state == "open"):
            if not commitment.line_ids:
                raise ValidationError(
                    self.env._(
                        "Name the invoices that the guarantor promises to pay, and the"
                        " amount on each."
                    )
                )
            commitment._check_items()

    def _check_items(self):
        """Refuse items that nothing more can be promised on, by this promise."""
        self.ensure_one()
        self.dossier_id._check_own_items(self._get_unpaid_lines().move_line_id)
        self._check_residuals()

    def _get_unpaid_lines(self):
        """Return the lines on which a payment is still expected."""
        return self.line_ids.filtered(
            lambda line: line.currency_id.compare_amounts(line.amount, line.paid_amount)
            > 0
        )

    def _check_residuals(self):
        """Refuse to promise more than what is open and not promised yet.

        What is already paid of a promise is open no more, and expected no more.
        """
        others = self.env["recouvrement.commitment.line"]._read_group(
            [
                ("move_line_id", "in", self.line_ids.move_line_id.ids),
                ("commitment_id.state", "=", "open"),
                ("commitment_id", "not in", self.ids),
            ],
            ["move_line_id"],
            ["amount:sum", "paid_amount:sum"],
        )
        promised = {item: amount - paid for item, amount, paid in others}
        for line in self._get_unpaid_lines().filtered("move_line_id"):
            item = line.move_line_id
            available = item.amount_residual - promised.get(item, 0.0)
            expected = line.amount - line.paid_amount
            if line.currency_id.compare_amounts(expected, available) > 0:
                raise ValidationError(
                    self.env._(
                        "%(invoice)s can be promised for at most %(available)s: the"
                        " rest is paid or promised already.",
                        invoice=line.name,
                        available=line.currency_id.format(max(available, 0.0)),
                    )
                )
