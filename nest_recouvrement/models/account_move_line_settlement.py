from odoo import api, models


class AccountMoveLine(models.Model):
    """Matching for a named amount, where Odoo takes all that is left of both items."""

    _inherit = "account.move.line"

    @api.model
    def _prepare_reconciliation_single_partial(
        self, debit_values, credit_values, shadowed_aml_values=None
    ):
        """Let a payment give an invoice no more than the amount named on it.

        The amounts, in the currency of the payment, stand in the context by (invoice
        item, payment item). Only the named share of the payment is offered; rates,
        exchange differences and rounding are Odoo's own.
        """
        pair = (debit_values["aml"].id, credit_values["aml"].id)
        named = self.env.context.get("recouvrement_named_amounts", {}).get(pair)
        if named is None:
            return super()._prepare_reconciliation_single_partial(
                debit_values, credit_values, shadowed_aml_values=shadowed_aml_values
            )
        share = self._get_named_share(credit_values, named)
        before = dict(share)
        results = super()._prepare_reconciliation_single_partial(
            debit_values, share, shadowed_aml_values=shadowed_aml_values
        )
        for field_name in ("amount_residual", "amount_residual_currency"):
            credit_values[field_name] -= before[field_name] - share[field_name]
        # The share is used up: nothing more of this payment goes to this invoice.
        results["credit_values"] = None
        return results

    @api.model
    def _get_named_share(self, credit_values, named):
        """Return the values of a payment's item reduced to a named amount."""
        item = credit_values["aml"]
        left = -credit_values["amount_residual_currency"]
        if item.currency_id.compare_amounts(named, left) >= 0:
            return dict(credit_values)
        return {
            **credit_values,
            "amount_residual": item.company_currency_id.round(
                credit_values["amount_residual"] * named / left
            ),
            "amount_residual_currency": -item.currency_id.round(named),
        }
