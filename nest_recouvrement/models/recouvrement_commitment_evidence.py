from odoo import api, models
from odoo.exceptions import UserError

# What comes from the ledger and the buttons: nobody writes it.
SYSTEM_FIELDS = frozenset(
    (
        "amount",
        "answered_by_id",
        "answered_on",
        "company_id",
        "date_ended",
        "is_answer_due",
        "is_to_judge",
        "kept_share",
        "paid_amount",
        "partner_id",
        "transfer_order_missing",
    )
)
# What was promised: it stays as it was said.
PROMISE_FIELDS = frozenset(
    ("cancel_reason", "date", "dossier_id", "line_ids", "means", "replaces_id")
)


class RecouvrementCommitment(models.Model):
    """A promise is evidence: its end is the ledger's, its words are the guarantor's."""

    _inherit = "recouvrement.commitment"

    @api.model_create_multi
    def create(self, vals_list):
        """A promise starts open, with nothing paid.

        :raise UserError: for anything else
        """
        for vals in [] if self.env.su else vals_list:
            if SYSTEM_FIELDS & vals.keys() or vals.get("state", "open") != "open":
                self._refuse_by_hand()
        return super().create(vals_list)

    def write(self, vals):
        """Keep what the ledger says, and what was promised once it is ended.

        :raise UserError: for what the buttons and the ledger write
        """
        if not self.env.su:
            ended = any(commitment.state != "open" for commitment in self)
            if (SYSTEM_FIELDS | {"state"}) & vals.keys() or (
                ended and PROMISE_FIELDS & vals.keys()
            ):
                self._refuse_by_hand()
        return super().write(vals)

    def _refuse_by_hand(self):
        raise UserError(
            self.env._(
                "A promise is evidence: cancel it with a reason, or replace it. Whether"
                " it is kept comes from the ledger."
            )
        )
