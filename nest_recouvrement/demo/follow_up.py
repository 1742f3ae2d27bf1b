"""What guarantors promised and contest, on the open items of the demo network."""

from dataclasses import dataclass
from datetime import timedelta

from odoo.fields import Command


@dataclass(frozen=True)
class Promise:
    """A promise: ``days`` from today to its date, for the oldest open items."""

    key: str
    state: str
    days: int
    means: str
    items: int = 1
    # Of what was promised, for a promise that ended.
    paid_share: float = 0.0


@dataclass(frozen=True)
class Dispute:
    """Contested items, among the oldest overdue ones."""

    key: str
    reason: str
    days_ago: int
    items: int = 1
    share: float = 1.0


PROMISES = (
    Promise("ipm_bois_sacre", "open", 5, "transfer", items=3),
    Promise("transports_kaolinor", "open", 2, "cheque"),
    Promise("ipm_alize", "open", 0, "mobile_money"),
    # Settled items: the promise was kept when the last of them was paid.
    Promise("cimenterie_ravin", "kept", 0, "transfer", items=4, paid_share=1.0),
    Promise("ipm_mareyeurs", "kept", 0, "cheque", items=2, paid_share=1.0),
    Promise("mutuelle_pecheurs", "broken", -61, "cheque"),
    Promise("mutuelle_pecheurs", "broken", -24, "cash", items=2),
    Promise("huilerie_arachidest", "broken", -12, "transfer", items=4),
    Promise("harmattan", "partly_kept", -8, "transfer", paid_share=0.5),
)

DISPUTES = (
    Dispute("salines_lagune", "Actes non couverts par la convention", 17),
    Dispute(
        "conserverie_yaboye",
        "Patients absents des listes du personnel",
        32,
        items=2,
        share=0.4,
    ),
)

HOLDS = {
    "chantiers_anse": (6, "Service comptable en inventaire, règlement annoncé ensuite"),
}


class DemoFollowUp:
    """Records promises, disputes and holds as an officer would have."""

    def __init__(self, company, partners):
        self.company = company
        self.env = company.env
        self.today = company._recouvrement_today()
        dossiers = self.env["recouvrement.dossier"].search(
            [("company_id", "=", company.id)]
        )
        by_partner = dossiers.grouped("partner_id")
        self.dossiers = {key: by_partner[partner] for key, partner in partners.items()}

    def record(self) -> None:
        for promise in PROMISES:
            self._record_promise(promise)
        self.env["recouvrement.dispute"].create(
            [self._prepare_dispute_values(dispute) for dispute in DISPUTES]
        )
        for key, (days, reason) in HOLDS.items():
            self.dossiers[key].write(
                {
                    "hold_until": self.today + timedelta(days=days),
                    "hold_reason": reason,
                }
            )

    def _record_promise(self, promise: Promise) -> None:
        dossier = self.dossiers[promise.key]
        date = self.today + timedelta(days=promise.days)
        if promise.state == "kept":
            items, date = self._get_settled_items(dossier, promise.items)
            amounts = items.mapped("balance")
        else:
            items = self._get_overdue_items(dossier)[: promise.items]
            amounts = items.mapped("amount_residual")
        ended = promise.state != "open"
        commitment = self.env["recouvrement.commitment"].create(
            {
                "dossier_id": dossier.id,
                "user_id": dossier.user_id.id,
                "date": date,
                "means": promise.means,
                "state": promise.state,
                "date_ended": ended and min(date + timedelta(days=3), self.today),
                "line_ids": [
                    Command.create({"move_line_id": item.id, "amount": amount})
                    for item, amount in zip(items, amounts, strict=True)
                ],
            }
        )
        if ended:
            for line in commitment.line_ids:
                paid = line.currency_id.round(line.amount * promise.paid_share)
                line.write(
                    {
                        "matched_before": line.matched_before - paid,
                        "paid_amount": paid,
                    }
                )

    def _prepare_dispute_values(self, dispute: Dispute) -> dict:
        dossier = self.dossiers[dispute.key]
        items = self._get_overdue_items(dossier)[: dispute.items]
        return {
            "name": dispute.reason,
            "dossier_id": dossier.id,
            "date": self.today - timedelta(days=dispute.days_ago),
            "line_ids": [
                Command.create(
                    {
                        "move_line_id": item.id,
                        "amount": self.company.currency_id.round(
                            item.amount_residual * dispute.share
                        ),
                    }
                )
                for item in items
            ],
        }

    def _get_overdue_items(self, dossier):
        """Return the overdue items of a dossier, oldest first."""
        return self.env["account.move.line"].search(
            [
                *dossier._get_open_items_domain(),
                ("amount_residual", ">", 0),
                ("no_followup", "=", False),
                ("date_maturity", "<", self.today),
            ],
            order="date_maturity, id",
        )

    def _get_settled_items(self, dossier, count: int):
        """Return the last settled items of a dossier, and when they were."""
        partials = self.env["account.partial.reconcile"].search(
            [
                ("debit_move_id.partner_id", "child_of", dossier.partner_id.id),
                ("debit_move_id.reconciled", "=", True),
                ("company_id", "=", self.company.id),
            ],
            order="max_date desc, id",
        )
        items = partials.debit_move_id[:count]
        return items, max(items.matched_credit_ids.mapped("max_date"))
