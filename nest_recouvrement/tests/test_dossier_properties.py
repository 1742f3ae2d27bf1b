from collections import defaultdict
from contextlib import closing

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo import Command
from odoo.tests import tagged
from odoo.tools import SQL

from .common import RecouvrementCommon

CENTS = st.integers(1, 300_000).map(lambda cents: cents / 100)
WHO = st.integers(0, 2)
DAYS = st.one_of(
    st.sampled_from([0, -1, -30, -31, -60, -61, -90, -91, -120, -121]),
    st.integers(-200, 30),
)
DOCUMENTS = st.lists(
    st.one_of(
        st.tuples(st.just("invoice"), WHO, CENTS, DAYS, st.booleans(), st.booleans()),
        st.tuples(st.just("refund"), WHO, CENTS, DAYS, st.just(False), st.booleans()),
        st.tuples(st.just("bank"), WHO, CENTS, DAYS, st.just(False), st.booleans()),
        st.tuples(
            st.just("misc"),
            WHO,
            st.one_of(CENTS, CENTS.map(lambda amount: -amount)),
            st.one_of(st.none(), DAYS),
            st.booleans(),
            st.just(False),
        ),
    ),
    min_size=3,
    max_size=10,
)
# Which items are matched, or claimed, among those that can be.
PICKS = st.lists(
    st.tuples(st.integers(0, 99), st.integers(0, 99)), min_size=1, max_size=4
)
CLAIMS = st.lists(
    st.tuples(
        st.sampled_from(["promise", "dispute"]), st.integers(0, 99), st.integers(1, 100)
    ),
    min_size=1,
    max_size=4,
)
LEDGERS = st.tuples(DOCUMENTS, PICKS, CLAIMS, PICKS)

# The same ledgers at every run: a failure found once is found again.
thorough = settings(
    database=None,
    deadline=None,
    derandomize=True,
    max_examples=10,
    suppress_health_check=list(HealthCheck),
)

BUCKETS = {
    "bucket_1_30": range(1, 31),
    "bucket_31_60": range(31, 61),
    "bucket_61_90": range(61, 91),
    "bucket_91_120": range(91, 121),
    "bucket_121_plus": range(121, 10_000),
}


@tagged("post_install", "-at_install")
class TestDossierProperties(RecouvrementCommon):
    """Design, section 3, on ledgers that nobody thought of; amounts have cents."""

    country_code = "FR"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dollar = cls.setup_other_currency(
            "USD", rates=[("2020-01-01", 1.25), ("2026-01-01", 1.1)]
        )
        cls.guarantors = cls.env["res.partner"].union(
            *(cls._create_guarantor(name=f"Guarantor {rank}") for rank in range(2))
        )
        contact = cls.env["res.partner"].create(
            {"name": "Contact", "parent_id": cls.guarantors[0].id}
        )
        cls.everyone = list(cls.guarantors + contact)

    # === BUILDING A LEDGER === #

    def _build(self, ledger):
        """Post the documents of a ledger, match some items, claim some, match more."""
        documents, before, claims, after = ledger
        moves = self.env["account.move"].create(
            [self._prepare_document(*document) for document in documents]
        )
        for move, (_kind, _who, _amount, _due, excluded, _foreign) in zip(
            moves, documents, strict=True
        ):
            self._items(move).no_followup = excluded
        moves.action_post()
        self._match(before)
        self.promises, self.disputes = {}, defaultdict(float)
        for kind, pick, percent in claims:
            self._claim(kind, pick, percent)
        self._match(after)

    def _prepare_document(self, kind, who, amount, due, _excluded, foreign):
        partner = self.everyone[who]
        if kind in ("invoice", "refund"):
            return self._prepare_invoice_values(
                partner,
                amount,
                due,
                move_type=f"out_{kind}",
                currency_id=(self.dollar if foreign else self.company.currency_id).id,
            )
        if kind == "bank":
            amount, journal = -amount, self.bank_journal
        else:
            journal = self.misc_journal
        day = min(self._in_days(due or 0), self.today)
        currency = {}
        if foreign:
            rate = self.dollar._get_rates(self.company, day)[self.dollar.id]
            currency = {"currency_id": self.dollar.id}
            amounts = amount, self.dollar.round(amount * rate)
        else:
            amounts = amount, amount
        return {
            "move_type": "entry",
            "journal_id": journal.id,
            "date": day,
            "line_ids": [
                Command.create(
                    {
                        "account_id": account.id,
                        "partner_id": partner.id,
                        "balance": sign * amounts[0],
                        "amount_currency": sign * amounts[1],
                        "date_maturity": maturity,
                        **currency,
                    }
                )
                for account, sign, maturity in (
                    (
                        self.receivable_account,
                        1,
                        due is not None and self._in_days(due),
                    ),
                    (self.revenue_account, -1, False),
                )
            ],
        }

    def _open_items(self):
        return self.env["account.move.line"].search(
            [
                ("company_id", "=", self.company.id),
                ("account_id", "=", self.receivable_account.id),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
            ],
            order="id",
        )

    def _match(self, picks):
        """Match pairs of a debit and a credit of one guarantor."""
        for first, second in picks:
            items = self._open_items()
            debits = items.filtered(lambda item: item.amount_residual > 0)
            if not debits:
                return
            debit = debits[first % len(debits)]
            entity = debit.partner_id.commercial_partner_id
            credits = items.filtered(
                lambda item, entity=entity: item.amount_residual < 0
                and item.partner_id.commercial_partner_id == entity
            )
            if credits:
                (debit + credits[second % len(credits)]).reconcile()

    def _claim(self, kind, pick, percent):
        """Promise or dispute a part of an open item; one promise an item."""
        debits = self._open_items().filtered(lambda item: item.amount_residual > 0)
        if not debits:
            return
        item = debits[pick % len(debits)]
        residual = item.amount_residual
        amount = max(self.company.currency_id.round(residual * percent / 100), 0.01)
        if kind == "promise" and item not in self.promises:
            self._create_promise(item, amount)
            self.promises[item] = (amount, self._paid(item))
        elif kind == "dispute":
            self._create_dispute(item, amount)
            self.disputes[item] += amount

    # === THE SAME FIGURES, ITEM BY ITEM === #

    def _expect(self, guarantor):
        """Work out the amounts of section 3 in the plainest way."""
        figures = defaultdict(float)
        oldest = None
        for item in self._open_items():
            if item.partner_id.commercial_partner_id != guarantor:
                continue
            residual = item.amount_residual
            due = item.date_maturity or item.date
            late = (self.today - due).days
            figures["balance"] += residual
            if residual < 0:
                figures["unallocated_credit"] -= residual
            elif late <= 0:
                figures["not_due_amount"] += residual
            elif item.no_followup:
                figures["excluded_amount"] += residual
            else:
                figures["overdue_amount"] += residual
                for name, days in BUCKETS.items():
                    figures[name] += residual if late in days else 0
                disputed = min(self.disputes[item], residual)
                promised = min(self._still_promised(item), residual - disputed)
                figures["disputed_amount"] += disputed
                figures["promised_amount"] += promised
                if residual - disputed - promised > 0.001:
                    oldest = min(due, oldest or due)
        figures["claimable_amount"] = max(
            0,
            figures["overdue_amount"]
            - figures["disputed_amount"]
            - figures["promised_amount"]
            - figures["unallocated_credit"],
        )
        return figures, oldest

    def _still_promised(self, item):
        """Return what no payment came for yet; credit notes pay no promise."""
        amount, paid_before = self.promises.get(item, (0, 0))
        return max(amount - (self._paid(item) - paid_before), 0)

    def _paid(self, item):
        return sum(
            partial.amount
            for partial in item.matched_credit_ids
            if partial.credit_move_id.journal_id == self.bank_journal
        )

    def _general_ledger(self, guarantor):
        """Return the balance of the receivable accounts, and what is open on them."""
        return self.env.execute_query(
            SQL(
                """
                SELECT COALESCE(SUM(item.balance), 0),
                       COALESCE(SUM(item.amount_residual), 0)
                  FROM account_move_line item
                  JOIN res_partner partner ON partner.id = item.partner_id
                  JOIN account_account account ON account.id = item.account_id
                 WHERE account.account_type = 'asset_receivable'
                   AND item.parent_state = 'posted'
                   AND item.company_id = %s
                   AND partner.commercial_partner_id = %s
                """,
                self.company.id,
                guarantor.id,
            )
        )[0]

    def _read(self, dossiers):
        """Return every stored figure of dossiers, but for the time of refresh."""
        names = [
            name
            for name, field in dossiers._fields.items()
            if field.store and name not in ("refreshed_on", "write_date", "write_uid")
        ]
        return dossiers.sorted("id").read(names)

    # === PROPERTIES === #

    @thorough
    @given(LEDGERS)
    def test_figures_follow_the_ledger(self, ledger):
        """Whatever the ledger, a dossier says what its items say, to the cent."""
        with closing(self.cr.savepoint()):
            self._build(ledger)
            self._refresh()
            for guarantor in self.guarantors:
                dossier = self._search_dossiers(guarantor)
                by_entries, by_items = self._general_ledger(guarantor)
                self.assertAlmostEqual(dossier.balance, by_entries, 4)
                self.assertAlmostEqual(dossier.balance, by_items, 4)
                figures, oldest = self._expect(guarantor)
                for name, amount in figures.items():
                    self.assertAlmostEqual(dossier[name], amount, 4, name)
                self.assertEqual(dossier.oldest_due_date, oldest or False)
                self.assertAlmostEqual(
                    dossier.overdue_amount, sum(dossier[name] for name in BUCKETS), 4
                )

    @settings(thorough, max_examples=5)
    @given(LEDGERS, st.randoms(use_true_random=False))
    def test_refresh_is_repeatable_in_any_order(self, ledger, random):
        """Refreshing again, one by one, in any order, by any half changes nothing."""
        with closing(self.cr.savepoint()):
            self._build(ledger)
            dossiers = self._refresh()
            expected = self._read(dossiers)
            ids = random.sample(dossiers.ids, len(dossiers))
            dossiers.browse(ids)._refresh()
            self.assertEqual(self._read(dossiers), expected)
            for dossier in dossiers.browse(ids):
                dossier._refresh()
            self.assertEqual(self._read(dossiers), expected)
            self._refresh()
            self.assertEqual(self._read(dossiers), expected)
