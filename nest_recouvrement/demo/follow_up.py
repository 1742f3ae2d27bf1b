"""What guarantors promised and contest, on the open items of the demo network."""

from dataclasses import dataclass
from datetime import timedelta

from odoo.fields import Command


@dataclass(frozen=True)
class Promise:
    """A promise: ``days`` from today to its date, for the oldest overdue items.

    A kept one is for the last settled items, and for the day when they were.
    """

    key: str
    state: str
    days: int
    means: str
    items: int = 1


@dataclass(frozen=True)
class Dispute:
    """Contested items, among the oldest overdue ones."""

    key: str
    reason: str
    days_ago: int
    items: int = 1
    share: float = 1.0


PROMISES = (
    Promise("ipm_bois_sacre", "open", 5, "transfer", items=2),
    Promise("transports_kaolinor", "open", 2, "cheque"),
    Promise("ipm_alize", "open", 0, "mobile_money"),
    Promise("cimenterie_ravin", "kept", 0, "transfer", items=4),
    Promise("ipm_mareyeurs", "kept", 0, "cheque", items=2),
    Promise("mutuelle_pecheurs", "broken", -61, "cheque"),
    Promise("mutuelle_pecheurs", "broken", -24, "cash", items=2),
    Promise("huilerie_arachidest", "broken", -12, "transfer", items=4),
    # Half of it came in time: see ``partial`` in ``billing.py``.
    Promise("harmattan", "partly_kept", -8, "cheque"),
)

DISPUTES = (
    Dispute("gouye_assurances", "Actes non couverts par la convention", 17),
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
        date = ended_on = self.today + timedelta(days=promise.days)
        if promise.state == "kept":
            items, date = self._get_settled_items(dossier, promise.items)
            ended_on = date
        else:
            items = self._get_overdue_items(dossier)[: promise.items]
            # The days of grace were over.
            ended_on += timedelta(days=3)
        is_open = promise.state == "open"
        commitment = self.env["recouvrement.commitment"].create(
            {
                "dossier_id": dossier.id,
                "user_id": dossier.user_id.id,
                "date": date,
                "means": promise.means,
                "state": promise.state,
                "date_ended": not is_open and ended_on,
                "line_ids": [
                    Command.create(
                        {
                            "move_line_id": item.id,
                            "amount": item.amount_residual if is_open else item.balance,
                        }
                    )
                    for item in items
                ],
            }
        )
        if not is_open:
            # What was matched on these items was matched after the promise.
            for line in commitment.line_ids:
                line.write({"matched_before": 0.0, "paid_amount": line.matched_before})

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
