from odoo import Command
from odoo.tests import tagged
from odoo.tools import SQL

from .common import RecouvrementCommon

# What is read once and for all is read before anything is counted.
WARM = 2
FEW = 10
# The ORM writes so many rows at a time.
HUNDRED = 100


@tagged("post_install", "-at_install")
class TestQueryCount(RecouvrementCommon):
    """Design, section 3: a refresh takes a fixed number of statements."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.followed = cls.dossiers.browse()
        cls.counts_of_creation, cls.counts_of_everything = [], []
        for count in (WARM, FEW, HUNDRED, HUNDRED):
            guarantors = cls._create_guarantors(count)
            cls.counts_of_creation.append(cls._count(cls._refresh))
            cls.counts_of_everything.append(cls._count(cls._refresh))
            cls.followed += cls._search_dossiers(guarantors)

    @classmethod
    def _create_guarantors(cls, count):
        """Create guarantors who owe something, all in one entry."""
        guarantors = cls.env["res.partner"].create(
            [
                {"name": f"Guarantor {rank}", "is_company": True, "is_guarantor": True}
                for rank in range(count)
            ]
        )
        entry = cls.env["account.move"].create(
            {
                "move_type": "entry",
                "date": cls.today,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": cls.receivable_account.id,
                            "partner_id": guarantor.id,
                            "balance": 100 + rank,
                            "date_maturity": cls._in_days(-rank),
                            "no_followup": False,
                        }
                    )
                    for rank, guarantor in enumerate(guarantors)
                ]
                + [
                    Command.create(
                        {
                            "account_id": cls.revenue_account.id,
                            "balance": -sum(range(100, 100 + count)),
                        }
                    )
                ],
            }
        )
        entry.action_post()
        return guarantors

    @classmethod
    def _count(cls, function, *records):
        """Return how many statements ``function`` takes, from an empty cache."""
        cls.env.flush_all()
        cls.env.invalidate_all()
        before = cls.cr.sql_log_count
        function(*records)
        cls.env.flush_all()
        return cls.cr.sql_log_count - before

    def assertSameCount(self, function, prepare=None, many=2 * HUNDRED):
        """Compare the statements for few dossiers with those for many.

        :param function: given some dossiers, does what is counted
        :param prepare: given these dossiers, makes them ready
        """
        counts = []
        first = 0
        for count in (WARM, FEW, many):
            dossiers = self.followed[first : first + count]
            self.assertEqual(len(dossiers), count)
            if prepare:
                prepare(dossiers)
            counts.append(self._count(function, dossiers))
            first += count
        self.assertEqual(counts[2], counts[1], counts)

    def test_creation(self):
        """Opening new dossiers takes as many statements for 10 as for 100."""
        self.assertEqual(len(self.followed), WARM + FEW + 2 * HUNDRED)
        self.assertEqual(len(set(self.counts_of_creation[1:])), 1)

    def test_refresh_of_everything(self):
        """Refreshing a company takes as many statements for 12 dossiers as for 212."""
        self.assertEqual(len(set(self.counts_of_everything[1:])), 1)

    def test_refresh_of_some(self):
        """Refreshing chosen dossiers takes as many statements for 10 as for 200."""
        self.assertSameCount(lambda dossiers: dossiers._refresh())

    def test_refresh_of_what_is_stale(self):
        """Refreshing what changed takes as many statements for 10 as for 200."""

        def change(dossiers):
            self.env["recouvrement.ledger.change"]._mark(
                (dossier.company_id, dossier.partner_id) for dossier in dossiers
            )

        self.assertSameCount(lambda _stale: self.dossiers._refresh_stale(), change)

    def test_category_changes(self):
        """Noting new categories takes as many statements for 10 as for 100."""

        def misplace(dossiers):
            self._update(dossiers, "category_id", self.category_large.id)

        self.assertSameCount(lambda dossiers: dossiers._refresh(), misplace, HUNDRED)
        self.assertEqual(len(self.followed.message_ids), WARM + FEW + HUNDRED)

    def test_promises_that_end(self):
        """Ending promises takes as many statements for 10 as for 100."""

        def promise(dossiers):
            promises = self.env["recouvrement.commitment"].create(
                [
                    {
                        "dossier_id": dossier.id,
                        "date": self.today,
                        "line_ids": [
                            Command.create({"move_line_id": item.id, "amount": 10})
                        ],
                    }
                    for dossier in dossiers
                    for item in dossier.open_item_ids
                ]
            )
            # They were due long ago.
            self._update(promises, "date", self._in_days(-30))

        self.assertSameCount(lambda dossiers: dossiers._refresh(), promise, HUNDRED)
        self.assertEqual(
            self.env["recouvrement.commitment"].search([]).mapped("state"),
            ["broken"] * (WARM + FEW + HUNDRED),
        )

    def _update(self, records, column, value):
        """Write what nobody may write by hand."""
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                "UPDATE %s SET %s = %s WHERE id IN %s",
                SQL.identifier(records._table),
                SQL.identifier(column),
                value,
                tuple(records.ids),
            )
        )
