from odoo import Command, api, models


class AccountPayment(models.Model):
    """Payments registered from a promise or from a courier's errand."""

    _inherit = "account.payment"

    # === ERRANDS === #

    def _check_errand(self):
        """Refuse to post the cheque of an errand twice.

        :raise ValidationError: naming the payment that exists
        """
        for payment in self.filtered("recouvrement_pickup_id"):
            # Who posts a payment sees it whole, whatever else they may see.
            pickup_sudo = payment.recouvrement_pickup_id.sudo()
            others = (pickup_sudo.payment_ids - payment).filtered(
                lambda other: other.state in ("in_process", "paid")
            )
            if others:
                raise payment._named_error(
                    self.env._(
                        "The cheque of %(errand)s is registered already: see"
                        " %(payment)s.",
                        errand=pickup_sudo.display_name,
                        payment=others[0].display_name,
                    )
                )

    def _update_errands(self):
        """Bring the errands of these payments up to date with what is matched."""
        # What is matched decides, whoever matches.
        self.sudo().recouvrement_pickup_id._on_payments_matched()

    def _is_matched_with_items(self):
        """Return whether any invoice is matched with the payment.

        :rtype: bool
        """
        return any(
            item.matched_debit_ids
            for item in self._get_settling_moves().line_ids
            if item.account_id.account_type == "asset_receivable"
        )

    # === PREFILLED FORMS === #

    def _open_form(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Payment"),
            "res_model": "account.payment",
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    @api.model
    def _open_prefilled(self, values, amounts):
        """Open the form of a new payment that settles exactly what is named.

        :param dict values: values of the payment; ``means`` chooses its journal
        :param dict amounts: company currency amounts by account.move.line
        """
        company = self.env["res.company"].browse(values["company_id"])
        payment = self.new(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "journal_id": self._get_journal(company, values.pop("means")).id,
                **values,
            }
        )
        lines = self._prepare_named_lines(payment, amounts)
        accounts = (
            payment.env["account.move.line"]
            .browse([line["move_line_id"] for line in lines])
            .account_id
        )
        prefilled = {
            "payment_type": "inbound",
            "partner_type": "customer",
            "journal_id": payment.journal_id.id,
            **values,
            "recouvrement_line_ids": [Command.create(line) for line in lines],
        }
        if len(accounts) == 1:
            prefilled["destination_account_id"] = accounts.id
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Register a Payment"),
            "res_model": "account.payment",
            "view_mode": "form",
            "views": [(False, "form")],
            "context": {
                f"default_{field_name}": value
                for field_name, value in prefilled.items()
            },
        }

    @api.model
    def _get_journal(self, company, means):
        """Return the journal in which money that comes by a means is received."""
        journals = self.env["account.journal"].search(
            [
                *self.env["account.journal"]._check_company_domain(company),
                ("type", "in", ("bank", "cash")),
            ]
        )
        wanted = "cash" if means == "cash" else "bank"
        return (journals.filtered(lambda journal: journal.type == wanted) or journals)[
            :1
        ]

    @api.model
    def _prepare_named_lines(self, payment, amounts):
        """Return the lines for what is named and still open, within the payment.

        The oldest items come first, where the payment is lower than announced.
        """
        left = payment.amount
        lines = []
        for item in sorted(
            (item for item in amounts if item and item.amount_residual > 0),
            key=lambda item: (item.date_maturity or item.date, item.id),
        ):
            residual = payment._get_residual(item)
            # What is announced in company currency, as a share of what is open.
            share = min(amounts[item] / item.amount_residual, 1.0)
            amount = min(payment.currency_id.round(residual * share), left)
            if payment._compare(amount, 0) > 0:
                lines.append({"move_line_id": item.id, "amount": amount})
                left -= amount
        return lines
