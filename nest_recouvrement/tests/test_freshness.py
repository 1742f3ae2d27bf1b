from contextlib import closing, contextmanager

from odoo import Command
from odoo.tests import tagged

from .common import RecouvrementCommon


@tagged("post_install", "-at_install")
class TestFreshness(RecouvrementCommon):
    """Design, section 3: nobody is followed up on yesterday's figures."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.guarantor = cls._create_guarantor()
        cls.other = cls._create_guarantor(name="Assurances du Fleuve")
        cls.customer = cls._create_guarantor(name="Customer", is_guarantor=False)
        cls.cron = cls.env.ref("nest_recouvrement.ir_cron_refresh_stale").sudo()

    def _changes(self):
        return self.env["recouvrement.ledger.change"].sudo().search([])

    @contextmanager
    def _statements(self, *tables):
        """Collect the statements that name one of ``tables``."""
        collected, statements = [], []
        with contextmanager(self._patchExecute)(collected):
            yield statements
        statements += [
            query
            for query in map(str, collected)
            if any(table in query for table in tables)
        ]

    @contextmanager
    def assertMarksOnce(self, *partners):
        """Check that the dossiers of partners get stale by one single statement."""
        self._refresh()
        self.assertFalse(self._changes())
        with self._statements(
            "recouvrement_ledger_change", "recouvrement_dossier"
        ) as statements:
            yield
        self.assertEqual(len(statements), 1, statements)
        self.assertIn('INSERT INTO "recouvrement_ledger_change"', statements[0])
        self.assertCountEqual(
            {(change.company_id, change.partner_id) for change in self._changes()},
            [(self.company, partner) for partner in partners],
        )

    # === WHAT MAKES A DOSSIER STALE === #

    def test_posting_a_batch_marks_once(self):
        """Posting many invoices makes their dossiers stale in one INSERT."""
        invoices = self.env["account.move"].create(
            [
                self._prepare_invoice_values(partner, 10 * rank)
                for rank in range(1, 4)
                for partner in (self.guarantor, self.other, self.customer)
            ]
        )
        with self.assertMarksOnce(self.guarantor, self.other):
            invoices.action_post()
        self.assertEqual(set(invoices.mapped("state")), {"posted"})

    def test_back_to_draft_marks_once(self):
        """Invoices that leave the ledger make their dossiers stale."""
        invoices = self._invoices(self.guarantor, (10, -1), (20, -2))
        invoices += self._invoice(self.other, 30)
        with self.assertMarksOnce(self.guarantor, self.other):
            invoices.button_draft()

    def test_cancelling_marks_once(self):
        """Cancelled invoices make their dossiers stale."""
        invoices = self._invoices(self.guarantor, (10, -1), (20, -2))
        with self.assertMarksOnce(self.guarantor):
            invoices.button_cancel()

    def test_matching_marks_once(self):
        """Matching a payment with several invoices makes their dossier stale."""
        invoices = self._invoices(self.guarantor, (10, -1), (20, -2))
        payment = self._receive(self.guarantor, 25)
        with self.assertMarksOnce(self.guarantor):
            self._reconcile(invoices, payment.move_id)

    def test_unmatching_marks_once(self):
        """Undoing matches makes the dossiers stale again."""
        invoices = self._invoices(self.guarantor, (10, -1), (20, -2))
        self._pay(invoices)
        with self.assertMarksOnce(self.guarantor):
            self._items(invoices).remove_move_reconcile()

    def test_followup_exclusion_marks_once(self):
        """Excluding invoices from follow-up makes their dossiers stale."""
        invoices = self._invoices(self.guarantor, (10, -1), (20, -2))
        invoices += self._invoice(self.other, 30)
        with self.assertMarksOnce(self.guarantor, self.other):
            self._items(invoices).no_followup = True

    def test_followup_exclusion_of_an_invoice_marks(self):
        """Excluding an invoice on its own form makes its dossier stale."""
        invoice = self._invoice(self.guarantor, 10)
        with self.assertMarksOnce(self.guarantor):
            invoice.no_followup = True

    def test_due_date_of_items_marks_once(self):
        """Other due dates make the dossiers stale."""
        invoices = self._invoices(self.guarantor, (10, -1), (20, -2))
        with self.assertMarksOnce(self.guarantor):
            self._items(invoices).date_maturity = self._in_days(3)

    def test_due_date_of_an_invoice_marks(self):
        """Another due date on a posted invoice makes its dossier stale."""
        invoice = self._invoice(self.guarantor, 10, due=-1)
        dossier = self._dossier(self.guarantor)
        invoice.invoice_date_due = self._in_days(3)
        self.assertTrue(dossier.is_stale)
        dossier._refresh_stale()
        self.assertFigures(dossier, overdue_amount=0, not_due_amount=10)

    def test_partner_of_an_entry_marks_both(self):
        """An item that changes hands makes both dossiers stale."""
        entry = self._entry(self.guarantor, 10, due=-1)
        with self.assertMarksOnce(self.guarantor, self.other):
            self._items(entry).partner_id = self.other

    def test_account_of_an_item_marks(self):
        """An item that leaves the receivable accounts makes its dossier stale."""
        entry = self._entry(self.guarantor, 10, due=-1)
        with self.assertMarksOnce(self.guarantor):
            self._items(entry).account_id = self.revenue_account

    def test_reconciled_bank_transaction_marks(self):
        """A bank transaction put on the guarantor's account makes its dossier stale.

        Reconciliation screens replace the items of an entry that is posted already.
        """
        transaction = self.env["account.bank.statement.line"].create(
            {
                "payment_ref": "Transfer",
                "journal_id": self.bank_journal.id,
                "amount": 33,
                "partner_id": self.guarantor.id,
                "date": self.today,
            }
        )
        _liquidity, suspense, _others = transaction._seek_for_lines()
        with self.assertMarksOnce(self.guarantor):
            transaction.move_id.with_context(
                force_delete=True, skip_readonly_check=True
            ).line_ids = [
                Command.delete(suspense.id),
                Command.create(
                    {
                        "account_id": self.receivable_account.id,
                        "partner_id": self.guarantor.id,
                        "balance": -33,
                    }
                ),
            ]

    def test_entity_of_a_contact_marks(self):
        """What a partner owes follows it to the entity that it joins."""
        self._invoice(self.guarantor, 100, due=-1)
        self._invoice(self.customer, 7, due=-1)
        dossier = self._dossier(self.guarantor)
        self.customer.write({"is_company": False, "parent_id": self.guarantor.id})
        self.assertTrue(dossier.is_stale)
        dossier._refresh_stale()
        self.assertFigures(dossier, overdue_amount=107)

    def test_other_customers_cost_nothing(self):
        """Nothing is written, nor read, for customers who are not followed up."""
        self.cr.precommit.clear()
        with self._statements(
            "recouvrement_ledger_change", "recouvrement_dossier", "ir_cron_trigger"
        ) as statements:
            invoices = self._invoices(self.customer, (10, -1), (20, -2))
            self._pay(invoices)
            self._items(invoices).no_followup = True
            invoices.button_draft()
        self.assertEqual(statements, [])

    # === WHO REFRESHES IT === #

    def test_form_refreshes_first(self):
        """Opening a stale dossier shows what the ledger says now."""
        invoice = self._invoice(self.guarantor, 1000, due=-10)
        dossier = self._dossier(self.guarantor)
        self._invoice(self.other, 5)
        self._pay(invoice, 900)
        self.assertEqual(dossier.overdue_amount, 1000)
        (values,) = dossier.with_user(self.officer).web_read(
            {"is_stale": {}, "overdue_amount": {}}
        )
        self.assertEqual(
            values, {"id": dossier.id, "is_stale": False, "overdue_amount": 100}
        )
        self.assertEqual(self._changes().partner_id, self.other)

    def test_form_looks_for_what_is_stale_once(self):
        """What a form reads along with the dossier, as its promises, is as fresh.

        So does a list, which reads its records in a second call.
        """
        self._promise(self._invoice(self.guarantor, 100_000))
        dossier = self._dossier(self.guarantor)
        self.env.flush_all()
        with self._statements("recouvrement_ledger_change") as statements:
            dossier.web_read({"commitment_ids": {"fields": {"amount": {}}}})
        self.assertEqual(len(statements), 1, statements)
        with self._statements("recouvrement_ledger_change") as statements:
            self.dossiers.web_search_read([], {"balance": {}})
        self.assertEqual(len(statements), 1, statements)

    def test_list_refreshes_first(self):
        """A list finds and shows stale dossiers, and new ones, by what is true now."""
        invoice = self._invoice(self.guarantor, 1000, due=-10)
        self._refresh()
        self._pay(invoice)
        self._invoice(self.other, 5, due=-1)
        found = self.dossiers.with_user(self.officer).web_search_read(
            [("overdue_amount", ">", 0)], {"partner_id": {}, "overdue_amount": {}}
        )
        self.assertEqual(
            [(row["partner_id"], row["overdue_amount"]) for row in found["records"]],
            [(self.other.id, 5)],
        )
        self.assertFalse(self._changes())

    def test_grouped_screens_refresh_first(self):
        """Grouped lists, kanbans, pivots and graphs show what is true now."""
        invoice = self._invoice(self.guarantor, 1000, due=-10)
        self._refresh()
        officer_view = self.dossiers.with_user(self.officer)
        self._pay(invoice, 900)
        (group,) = officer_view.web_read_group([], ["stage"], ["overdue_amount:sum"])[
            "groups"
        ]
        self.assertEqual(group["overdue_amount:sum"], 100)
        self._pay(invoice, 60)
        (group,) = officer_view.formatted_read_group(
            [], ["category_id"], ["overdue_amount:sum"]
        )
        self.assertEqual(group["overdue_amount:sum"], 40)

    def test_refresh_of_some_leaves_the_others_stale(self):
        """Refreshing one dossier does not forget what changed in another."""
        self._invoice(self.guarantor, 10)
        self._invoice(self.other, 20)
        dossiers = self._refresh()
        self._invoice(self.guarantor, 10)
        self._invoice(self.other, 20)
        dossiers[0]._refresh()
        self.assertEqual(dossiers.mapped("is_stale"), [False, True])
        self.assertEqual(dossiers.mapped("overdue_amount"), [20, 20])

    def test_refresh_of_some_takes_no_change_of_others(self):
        """Dossiers of two companies leave the other dossiers of these partners stale.

        The guarantor's dossier here and the other's there say nothing of the
        guarantor's dossier there.
        """
        company_2 = self.setup_other_company(name="Thiès")["company"]
        partners = self.guarantor + self.other
        for company in (self.company, company_2):
            for partner in partners:
                self._invoice(partner, 10, company=company)
        here = self._refresh(partners)
        there = self._refresh(partners, company_2)
        for partner in partners:
            self._invoice(partner, 5, company=company_2)
        (here[0] + there[1])._refresh()
        self.assertEqual(there.mapped("is_stale"), [True, False])
        (here[1] + there[0])._refresh_stale()
        self.assertEqual(there.mapped("is_stale"), [False, False])
        self.assertEqual(there.mapped("overdue_amount"), [15, 15])

    def test_cron_refreshes_what_is_stale(self):
        """The cron takes every change, batch after batch, and makes new dossiers."""
        partners = self.guarantor + self.other
        partners += self._create_guarantor(name="Third")
        self._invoice(self.guarantor, 1)
        self._refresh()
        for amount, partner in enumerate(partners, 10):
            self._invoice(partner, amount)
        self.cron.code = "model._cron_refresh_stale(batch_size=2)"
        with self.enter_registry_test_mode():
            self.cron.method_direct_trigger()
        self.assertFalse(self._changes())
        self.assertEqual(
            {
                dossier.partner_id: dossier.overdue_amount
                for dossier in self._search_dossiers()
            },
            dict(zip(partners, [11, 11, 12], strict=True)),
        )

    def test_cron_is_woken_once(self):
        """The cron is woken by the first change of a transaction only."""
        triggers = self.env["ir.cron.trigger"].sudo()
        domain = [("cron_id", "=", self.cron.id)]
        self.cr.precommit.clear()
        before = triggers.search_count(domain)
        self._invoice(self.guarantor, 10)
        self._invoice(self.other, 10)
        self.assertEqual(triggers.search_count(domain), before + 1)

    def test_cron_is_woken_after_a_rollback(self):
        """A change that comes after a rolled back one wakes the cron as well."""
        triggers = self.env["ir.cron.trigger"].sudo()
        domain = [("cron_id", "=", self.cron.id)]
        self.cr.precommit.clear()
        before = triggers.search_count(domain)
        with closing(self.cr.savepoint()):
            self._invoice(self.guarantor, 10)
        self.assertEqual(triggers.search_count(domain), before)
        self._invoice(self.guarantor, 10)
        self.assertEqual(triggers.search_count(domain), before + 1)

    # === WHO IS FOLLOWED UP, AND BY WHOM === #

    def test_flagging_creates_the_dossier(self):
        """Flagging a customer, even through its contact, opens its dossier."""
        self._invoice(self.customer, 10)
        self._refresh()
        self.assertFalse(self._search_dossiers(self.customer))
        contact = self.env["res.partner"].create(
            {"name": "Contact", "parent_id": self.customer.id}
        )
        contact.action_flag_guarantor()
        self.assertTrue(self.customer.is_guarantor)
        self.dossiers._refresh_stale()
        self.assertFigures(self._search_dossiers(self.customer), overdue_amount=10)

    def test_unflagging_archives_the_dossier(self):
        """A former guarantor leaves the lists, and is back when it is flagged again."""
        self._invoice(self.guarantor, 10)
        dossier = self._dossier(self.guarantor)
        self.guarantor.action_unflag_guarantor()
        self.assertFalse(dossier.active)
        self._invoice(self.guarantor, 10)
        self.assertFalse(self._refresh(self.guarantor))
        self.guarantor.action_flag_guarantor()
        self.assertTrue(dossier.active)
        self.dossiers._refresh_stale()
        self.assertFigures(dossier, overdue_amount=20)

    def test_default_officer_gets_new_dossiers(self):
        """New dossiers go to the default officer of the company, old ones stay."""
        self._invoice(self.guarantor, 10)
        dossier = self._dossier(self.guarantor)
        dossier.user_id = self.officer
        self.company.recouvrement_officer_id = self.officer_2
        self._invoice(self.other, 10)
        self._refresh()
        self.assertEqual(dossier.user_id, self.officer)
        self.assertEqual(self._search_dossiers(self.other).user_id, self.officer_2)

    def test_least_loaded_officer_gets_new_dossiers(self):
        """Without a default, each new dossier goes to the officer who has fewest."""
        old = self.guarantor + self.other
        for partner in old:
            self._invoice(partner, 10)
        self._refresh().user_id = self.officer
        new = [self._create_guarantor(name=f"New {rank}") for rank in range(3)]
        for partner in new:
            self._invoice(partner, 10)
        self._refresh()
        self.assertEqual(
            [self._search_dossiers(partner).user_id for partner in new],
            [self.officer_2, self.officer_2, self.officer],
        )
