from datetime import datetime

from odoo import Command
from odoo.tests import freeze_time, tagged

from .common import RecouvrementCommon


@tagged("post_install", "-at_install")
class TestDossierLedger(RecouvrementCommon):
    """Design, section 3: what is owed, by age, and the three traps of Odoo."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.guarantor = cls._create_guarantor()

    # === NOT DUE, OVERDUE, EXCLUDED === #

    def test_due_today_is_not_overdue(self):
        """An item due today is not overdue; one due yesterday is, by one day."""
        self._invoices(self.guarantor, (1000, 0), (200, 1), (30, -1))
        self.assertFigures(
            self._dossier(self.guarantor),
            not_due_amount=1200,
            overdue_amount=30,
            balance=1230,
            days_overdue=1,
            oldest_due_date=self._in_days(-1),
        )

    def test_missing_due_date_is_the_entry_date(self):
        """An item without a due date is due on the date of its entry."""
        entry = self._entry(self.guarantor, 500, due=None, date=-31)
        item = self._items(entry)
        item.write({"date_maturity": False, "no_followup": False})
        self.assertFalse(item.date_maturity)
        self.assertFigures(
            self._dossier(self.guarantor),
            overdue_amount=500,
            bucket_31_60=500,
            oldest_due_date=self._in_days(-31),
            days_overdue=31,
        )

    def test_excluded_items_are_not_overdue(self):
        """An overdue item marked as not followed up is excluded, and still owed."""
        invoices = self._invoices(self.guarantor, (100, -5), (20, -90), (3, 5))
        invoices[1:].no_followup = True
        self.assertFigures(
            self._dossier(self.guarantor),
            not_due_amount=3,
            overdue_amount=100,
            excluded_amount=20,
            balance=123,
            claimable_amount=100,
            bucket_61_90=0,
            overdue_invoice_count=1,
            oldest_due_date=self._in_days(-5),
        )

    def test_drafts_and_payables_are_not_owed(self):
        """Only posted receivable items count: no draft, no cancelled, no bill."""
        self._invoice(self.guarantor, 10, due=-5)
        self._invoice(self.guarantor, 100, due=-5, post=False)
        self._invoice(self.guarantor, 200, due=-5, post=False).button_cancel()
        bill = self._invoice(self.guarantor, 400, due=-5, move_type="in_invoice")
        self.assertEqual(bill.state, "posted")
        self.assertFigures(self._dossier(self.guarantor), overdue_amount=10, balance=10)

    def test_buckets_split_overdue_by_days_late(self):
        """The first and the last day of each bucket are in it, and nowhere else."""
        terms = [0, 1, 30, 31, 60, 61, 90, 91, 120, 121]
        self._invoices(
            self.guarantor, *((2**rank, -days) for rank, days in enumerate(terms))
        )
        self.assertFigures(
            self._dossier(self.guarantor),
            not_due_amount=1,
            bucket_1_30=2 + 4,
            bucket_31_60=8 + 16,
            bucket_61_90=32 + 64,
            bucket_91_120=128 + 256,
            bucket_121_plus=512,
            overdue_amount=1022,
            balance=1023,
            oldest_due_date=self._in_days(-121),
            days_overdue=121,
        )

    def test_days_late_grow_by_themselves(self):
        """What is due today is overdue tomorrow, at the next refresh."""
        self._invoice(self.guarantor, 70, due=0)
        dossier = self._dossier(self.guarantor)
        self.assertFigures(dossier, overdue_amount=0, days_overdue=0)
        with freeze_time("2026-03-19 00:30:00"):
            dossier._refresh()
        self.assertFigures(dossier, overdue_amount=70, days_overdue=1)

    def test_refresh_is_stamped(self):
        """The figures say when they were read."""
        self._invoice(self.guarantor, 70)
        dossier = self._dossier(self.guarantor)
        self.assertEqual(dossier.refreshed_on, datetime(2026, 3, 18, 10, 0))
        with freeze_time("2026-03-18 15:00:00"):
            dossier.action_refresh()
        self.assertEqual(dossier.refreshed_on, datetime(2026, 3, 18, 15, 0))

    # === CREDITS === #

    def test_partial_payment_leaves_the_residual(self):
        """A partly paid invoice is owed for what is left of it."""
        invoice = self._invoice(self.guarantor, 1000, due=-40)
        self._pay(invoice, 250)
        self.assertFigures(
            self._dossier(self.guarantor),
            overdue_amount=750,
            bucket_31_60=750,
            unallocated_credit=0,
            balance=750,
        )

    def test_unmatched_payment_is_unallocated_credit(self):
        """A payment that is not matched leaves overdue alone, and the claim lower."""
        self._invoice(self.guarantor, 1000, due=-40)
        self._receive(self.guarantor, 300)
        self.assertFigures(
            self._dossier(self.guarantor),
            overdue_amount=1000,
            unallocated_credit=300,
            balance=700,
            claimable_amount=700,
        )

    def test_overpayment_is_a_credit(self):
        """What is paid over an invoice is unallocated; the balance is negative."""
        invoice = self._invoice(self.guarantor, 1000, due=-40)
        self._pay(invoice, 1200)
        self.assertFigures(
            self._dossier(self.guarantor),
            overdue_amount=0,
            unallocated_credit=200,
            balance=-200,
            claimable_amount=0,
            open_invoice_count=0,
        )

    def test_credit_note_unmatched_then_matched(self):
        """A credit note is a credit until it is matched, and lowers overdue after."""
        invoice = self._invoice(self.guarantor, 1000, due=-10)
        credit_note = self._credit_note(self.guarantor, 400)
        dossier = self._dossier(self.guarantor)
        self.assertFigures(
            dossier, overdue_amount=1000, unallocated_credit=400, balance=600
        )
        self._reconcile(invoice, credit_note)
        dossier._refresh()
        self.assertFigures(
            dossier, overdue_amount=600, unallocated_credit=0, balance=600
        )

    # === WHOSE ITEMS === #

    def test_contact_counts_on_its_commercial_entity(self):
        """What is invoiced to a contact is owed by its commercial entity."""
        contact = self.env["res.partner"].create(
            {"name": "Awa Diop", "parent_id": self.guarantor.id}
        )
        self._invoice(self.guarantor, 100, due=-1)
        self._invoice(contact, 20, due=-2)
        entry = self._entry(contact, 3, due=-3)
        self._items(entry).no_followup = False
        self.assertEqual(self._items(entry).partner_id, contact)
        self.assertFigures(
            self._dossier(contact),
            partner_id=self.guarantor.id,
            overdue_amount=123,
            days_overdue=3,
            overdue_invoice_count=2,
        )

    def test_dossiers_are_created_for_guarantors_with_a_ledger(self):
        """A dossier is made for a flagged partner that has posted items, only."""
        idle = self._create_guarantor(name="Idle")
        customer = self._create_guarantor(name="Customer", is_guarantor=False)
        self._invoice(self.guarantor, 1)
        self._invoice(customer, 1)
        self._invoice(idle, 1, post=False)
        self.assertEqual(self._refresh().partner_id, self.guarantor)

    def test_setting_follows_every_company_customer(self):
        """With the setting, every customer that is a company gets a dossier."""
        self.company.recouvrement_scope = "companies"
        customer = self._create_guarantor(name="Customer", is_guarantor=False)
        person = self._create_guarantor(
            name="Person", is_guarantor=False, is_company=False
        )
        self._invoice(customer, 1)
        self._invoice(person, 1)
        self.assertEqual(self._refresh().partner_id, customer)

    def test_each_company_has_its_own_dossier_and_day(self):
        """A guarantor of two companies has two dossiers, each on its own calendar.

        When it is 10:00 on the 18th in Dakar, the 19th begins in Kiritimati.
        """
        company_2 = self.setup_other_company(name="Christmas Island")["company"]
        company_2.partner_id.tz = "Pacific/Kiritimati"
        self._invoice(self.guarantor, 100, due=0)
        self._invoice(self.guarantor, 30, due=0, company=company_2)
        self._invoice(self.guarantor, 4, due=1, company=company_2)
        both = self.company + company_2
        self.dossiers.with_context(allowed_company_ids=both.ids)._refresh()
        self.assertFigures(
            self._search_dossiers(self.guarantor),
            not_due_amount=100,
            overdue_amount=0,
        )
        self.assertFigures(
            self._search_dossiers(self.guarantor, company_2),
            not_due_amount=4,
            overdue_amount=30,
            days_overdue=1,
        )

    # === CURRENCIES, INSTALMENTS, COUNTS === #

    def test_foreign_currency_counts_in_company_currency(self):
        """An invoice in euros is owed at its own rate, whatever the rate of payment.

        100 EUR at 500 XOF; 40 EUR are paid at 400 XOF: 60 EUR at 500 are left.
        """
        euro = self.setup_other_currency(
            "EUR", rates=[("2026-01-01", 1 / 500), ("2026-03-01", 1 / 400)]
        )
        invoice = self._invoice(
            self.guarantor, 100, due="2026-02-16", currency_id=euro.id
        )
        dossier = self._dossier(self.guarantor)
        self.assertFigures(dossier, overdue_amount=50_000, bucket_1_30=50_000)
        self._pay(invoice, 40, currency_id=euro.id)
        dossier._refresh()
        self.assertFigures(
            dossier, overdue_amount=30_000, unallocated_credit=0, balance=30_000
        )

    def test_instalments_have_their_own_due_dates(self):
        """Each instalment is due on its own day; the invoice counts once."""
        terms = self.env["account.payment.term"].create(
            {
                "name": "30 % now, 40 % after 30 days, 30 % after 60 days",
                "line_ids": [
                    Command.create({"value_amount": share, "nb_days": days})
                    for share, days in ((30, 0), (40, 30), (30, 60))
                ],
            }
        )
        self._invoice(
            self.guarantor, 1000, due=None, date=-45, invoice_payment_term_id=terms.id
        )
        self.assertFigures(
            self._dossier(self.guarantor),
            not_due_amount=300,
            bucket_1_30=400,
            bucket_31_60=300,
            overdue_amount=700,
            days_overdue=45,
            open_invoice_count=1,
            overdue_invoice_count=1,
        )

    def test_counts_are_of_invoices(self):
        """Paid invoices and credits are not counted; partly paid ones are."""
        paid, partly, *_others = self._invoices(
            self.guarantor, (10, -3), (20, -2), (30, -1), (40, 0)
        )
        self._pay(paid)
        self._pay(partly, 5)
        self._credit_note(self.guarantor, 7)
        self._entry(self.guarantor, 9, due=-9)
        self.assertFigures(
            self._dossier(self.guarantor),
            open_invoice_count=3,
            overdue_invoice_count=2,
        )

    # === THE THREE TRAPS === #

    def test_trap_opening_balances_are_excluded_by_default(self):
        """Odoo excludes items of general journals: the manager may include them."""
        opening = self._entry(self.guarantor, 5000, due=-10)
        self.assertTrue(self._items(opening).no_followup)
        dossier = self._dossier(self.guarantor)
        self.assertFigures(
            dossier,
            excluded_amount=5000,
            overdue_amount=0,
            balance=5000,
            claimable_amount=0,
        )
        self._items(opening).with_user(self.manager).action_include_in_followup()
        dossier._refresh()
        self.assertFigures(
            dossier,
            excluded_amount=0,
            overdue_amount=5000,
            balance=5000,
            claimable_amount=5000,
        )

    def test_trap_paid_by_a_transfer_between_accounts(self):
        """An invoice moved to doubtful debts shows as paid, and is still owed."""
        invoice = self._invoice(self.guarantor, 1000, due=-10)
        self._reconcile(invoice, self._entry(self.guarantor, -1000))
        doubtful = self.copy_account(self.receivable_account)
        debt = self._entry(self.guarantor, 1000, due=-10, account=doubtful)
        self.assertEqual(invoice.payment_state, "paid")
        dossier = self._dossier(self.guarantor)
        self.assertFigures(
            dossier, balance=1000, excluded_amount=1000, unallocated_credit=0
        )
        self._items(debt).no_followup = False
        dossier._refresh()
        self.assertFigures(dossier, balance=1000, overdue_amount=1000)

    def test_trap_payment_without_journal_entry(self):
        """A payment without an entry marks its invoice paid, and pays nothing yet."""
        invoice = self._invoice(self.guarantor, 1000, due=-10)
        payment = self.env["account.payment"].create(
            {
                "partner_id": self.guarantor.id,
                "amount": 1000,
                "invoice_ids": [Command.link(invoice.id)],
            }
        )
        # So it is with a payment method that has no account of its own.
        payment.outstanding_account_id = False
        payment.action_post()
        self.assertFalse(payment.move_id)
        self.assertEqual(invoice.payment_state, "paid")
        self.assertFigures(
            self._dossier(self.guarantor),
            overdue_amount=1000,
            balance=1000,
            claimable_amount=1000,
            overdue_invoice_count=1,
        )
