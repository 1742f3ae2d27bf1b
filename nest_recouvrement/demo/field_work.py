"""Errands, visits, suspensions, transfers: what people did in the demo network.

Everything goes through the buttons of the models, by whom they are meant for, so that
the journal of each dossier tells it as it would have happened.
"""

from datetime import datetime, time, timedelta

from odoo.fields import Command
from odoo.tools import format_date

from .proofs import draw_cheque, draw_document

# How far each cheque got, by guarantor.
CHEQUES = (
    ("transports_kaolinor", "to_collect"),
    ("mutuelle_artisans", "to_collect"),
    ("gardiennage_fortin", "to_collect"),
    ("ecole_flamboyants", "collected"),
    ("imprimerie_encrier", "handed_over"),
    ("ipm_filaos", "received"),
    ("mutuelle_rail", "paid"),
    ("centre_kora", "rejected"),
    ("ipm_tamarinier", "failed"),
)
# How far each visit, and what followed it, got.
VISITS = (
    ("boulangerie_fournil", "proposed"),
    ("regie_bacs", "approved"),
    ("agence_puits", "scheduled"),
    ("ipm_teranga", "held"),
    ("textiles_indigo", "draft"),
    ("mutuelle_ker_yaye", "notified"),
    ("huilerie_arachidest", "in_force"),
    ("mutuelle_pecheurs", "lifted"),
)
# Whether the transfer order came with the announcement.
TRANSFERS = (("calebasse", True), ("cimenterie_ravin", False))
BANKS = ("CBAO", "Ecobank", "SGBS", "BHS")


class DemoFieldWork:
    """Records what couriers, accountants and management did."""

    def __init__(self, company, dossiers):
        self.company = company
        self.env = company.env
        self.today = company._recouvrement_today()
        self.dossiers = dossiers
        self.courier = self.env.ref("nest_recouvrement.user_courier")
        self.accountant = self.env.ref("nest_recouvrement.user_accountant")
        self.manager = self.env.ref("nest_recouvrement.user_manager")

    def record(self) -> None:
        for key, with_order in TRANSFERS:
            self._record_transfer(self.dossiers[key], with_order)
        for number, (key, state) in enumerate(CHEQUES):
            self._record_cheque(self.dossiers[key], state, number)
        for key, state in VISITS:
            self._record_visit(self.dossiers[key], state)
        self._verify_contacts()

    def _day(self) -> str:
        return format_date(self.env, self.today)

    # === TRANSFERS === #

    def _record_transfer(self, dossier, with_order: bool) -> None:
        """Announce a transfer, on what is claimed first."""
        order = [
            Command.create(
                {
                    "name": "Ordre de virement.png",
                    "datas": draw_document(
                        "Ordre de virement", dossier.partner_id.name, self._day()
                    ),
                },
            )
        ]
        self.env["recouvrement.commitment"].create(
            {
                "date": self.today + timedelta(days=3),
                "document_ids": order if with_order else [],
                "dossier_id": dossier.id,
                "line_ids": dossier._prepare_claimed_lines()[:1],
                "means": "transfer",
                "user_id": dossier.user_id.id,
            }
        )

    # === CHEQUES === #

    def _record_cheque(self, dossier, state: str, number: int) -> None:
        """Send the courier for a cheque, and let it go as far as it did."""
        pickup = self.env["recouvrement.pickup"].create(
            {
                "date": self.today,
                "dossier_id": dossier.id,
                "hour_from": 9.0 + number % 4,
                "hour_to": 12.0 + number % 4,
                "line_ids": dossier._prepare_claimed_lines()[:1],
                "user_id": self.courier.id,
            }
        )
        if state == "to_collect":
            return
        carried = pickup.with_user(self.courier)
        if state == "failed":
            carried._fail(
                self.env.ref(
                    "nest_recouvrement.recouvrement_pickup_failure_reason_not_signed"
                )
            )
            return
        cheque_number, bank = f"{4127300 + 17 * number}", BANKS[number % len(BANKS)]
        carried._collect(
            cheque_number,
            bank,
            pickup.amount,
            self.today,
            photo=draw_cheque(
                bank,
                cheque_number,
                dossier.partner_id.name,
                pickup.currency_id.format(pickup.amount),
                self._day(),
            ),
        )
        if state != "collected":
            self._hand_over(carried, state)

    def _hand_over(self, pickup, state: str) -> None:
        """Hand a cheque over; received, it is paid, or the bank returns it."""
        slip = pickup._hand_over().with_user(self.accountant)
        if state == "handed_over":
            return
        slip._confirm({}, pickup.cheque_amount)
        received = pickup.with_user(self.accountant)
        if state == "paid":
            self._register_payment(received)
        elif state == "rejected":
            self.env["recouvrement.payment.reject"].with_user(self.accountant).create(
                {"pickup_id": received.id, "reason": "Provision insuffisante"}
            ).action_confirm()

    def _register_payment(self, pickup) -> None:
        """Register a payment as the accountant does, from its errand."""
        action = pickup.action_register_payment()
        payments = self.env["account.payment"].with_user(self.accountant)
        payments.with_context(**action["context"]).create({}).action_post()

    # === VISITS AND SUSPENSIONS === #

    def _record_visit(self, dossier, state: str) -> None:
        """Propose a visit, and what came of it."""
        visit = (
            self.env["recouvrement.visit"]
            .create(
                {
                    "date_proposed": self.today - timedelta(days=20),
                    "dossier_id": dossier.id,
                    "objectives": "Obtenir un règlement et une date pour le solde.",
                    "reason": "Deux relances et deux appels sont restés sans suite.",
                    "user_id": self.manager.id,
                }
            )
            .with_user(self.manager)
        )
        if state == "proposed":
            return
        visit.action_approve()
        if state == "approved":
            return
        if state == "scheduled":
            day = self.today + timedelta(days=2)
            visit.start = datetime.combine(day, time(10))
            visit.action_schedule()
            return
        days_ago = 1 if state == "held" else 15
        visit.write(
            {
                "held_on": self.today - timedelta(days=days_ago),
                "outcome": "refusal",
                "report": "<p>Le directeur financier invoque une trésorerie tendue ;"
                " il ne s'engage sur aucune date.</p>",
            }
        )
        visit.action_hold()
        if state != "held":
            self._record_suspension(visit, state)

    def _record_suspension(self, visit, state: str) -> None:
        """Draft the notice that follows a visit, and what came of it."""
        suspension = self.env["recouvrement.suspension"]._draft_after_visits(
            visit.sudo()
        )
        suspension = suspension.with_user(self.manager)
        if state == "draft":
            return
        suspension.action_approve()
        days = 10 if state == "notified" else 0
        suspension._notify(
            self.today + timedelta(days=days),
            by_email=False,
            courier={
                "contact_id": visit.partner_id.id,
                "date": self.today,
                "user_id": self.courier.id,
            },
        )
        if state == "notified":
            return
        letter = self.env["recouvrement.pickup"].search(
            [
                ("dossier_id", "=", visit.dossier_id.id),
                ("state", "=", "to_deliver"),
            ]
        )
        letter.with_user(self.courier)._deliver(
            "Secrétariat",
            photo=draw_document(
                "Décharge", "Courrier remis au secrétariat", self._day()
            ),
        )
        if suspension.state == "notified":
            suspension.sudo()._enforce()
        if state == "lifted":
            suspension._lift("Échéancier accepté par la Direction.", by_email=False)

    # === CONTACTS === #

    def _verify_contacts(self) -> None:
        """Confirm the contact data of two guarantors out of three."""
        for number, dossier in enumerate(self.dossiers.values()):
            if number % 3:
                dossier.with_user(
                    dossier.user_id or self.manager
                ).action_confirm_contact()
