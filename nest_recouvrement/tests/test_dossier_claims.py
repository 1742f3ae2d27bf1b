from odoo.tests import freeze_time, tagged

from .common import RecouvrementCommon


@tagged("post_install", "-at_install")
class TestDossierClaims(RecouvrementCommon):
    """Design, section 3: what is disputed, promised, and left to claim."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.guarantor = cls._create_guarantor()

    # === PROMISED === #

    def test_promised_amount_is_the_promised_part(self):
        """Only the promised part of an overdue invoice is no longer claimed."""
        invoice = self._invoice(self.guarantor, 1000, due=-10)
        self._promise(invoice, 400)
        self.assertFigures(
            self._dossier(self.guarantor),
            overdue_amount=1000,
            promised_amount=400,
            claimable_amount=600,
        )

    def test_promise_paid_in_part_covers_the_rest(self):
        """What is paid on a promise is promised no more; the rest still is."""
        invoice = self._invoice(self.guarantor, 1000, due=-10)
        self._promise(invoice, 600)
        self._pay(invoice, 200)
        self.assertFigures(
            self._dossier(self.guarantor),
            overdue_amount=800,
            promised_amount=400,
            claimable_amount=400,
        )

    def test_promise_of_what_is_not_due_is_not_promised(self):
        """Only the overdue part of a promise counts."""
        invoices = self._invoices(self.guarantor, (1000, -1), (500, 0))
        self._promise(invoices)
        self.assertFigures(
            self._dossier(self.guarantor), promised_amount=1000, claimable_amount=0
        )

    def test_expired_promise_is_not_counted(self):
        """A promise covers its invoices until its date and the days of grace."""
        invoice = self._invoice(self.guarantor, 1000, due=-10)
        promise = self._promise(invoice, 700, date="2026-03-20")
        dossier = promise.dossier_id
        with freeze_time("2026-03-22 10:00:00"):
            dossier._refresh()
            self.assertFigures(dossier, promised_amount=700, claimable_amount=300)
        with freeze_time("2026-03-23 10:00:00"):
            dossier._refresh()
            self.assertFigures(dossier, promised_amount=0, claimable_amount=1000)
        self.assertEqual(promise.state, "broken")

    def test_ended_promises_are_not_counted(self):
        """A kept or cancelled promise covers nothing any more."""
        kept, cancelled = self._invoices(self.guarantor, (1000, -10), (200, -5))
        self._promise(kept, 300)
        self._promise(cancelled).write({"cancel_reason": "Wrong invoice"})
        self.env["recouvrement.commitment"].search(
            [("amount", "=", 200)]
        ).action_cancel()
        self._pay(kept, 300)
        self.assertFigures(
            self._dossier(self.guarantor),
            overdue_amount=900,
            promised_amount=0,
            claimable_amount=900,
        )

    # === DISPUTED === #

    def test_disputed_amount_is_what_is_contested(self):
        """An overdue invoice under an open dispute is not claimed, the others are."""
        late, other, later = self._invoices(
            self.guarantor, (1000, -10), (200, -5), (50, 5)
        )
        self._dispute(late + later)
        self.assertTrue(other)
        self.assertFigures(
            self._dossier(self.guarantor),
            disputed_amount=1000,
            claimable_amount=200,
            overdue_amount=1200,
            not_due_amount=50,
        )

    def test_disputed_amount_is_capped_by_the_residual(self):
        """A dispute never weighs more than what is left of its invoice."""
        invoice = self._invoice(self.guarantor, 1000, due=-10)
        self._dispute(invoice, 800)
        self._pay(invoice, 500)
        self.assertFigures(
            self._dossier(self.guarantor),
            overdue_amount=500,
            disputed_amount=500,
            claimable_amount=0,
        )

    def test_two_disputes_of_an_invoice_are_capped_together(self):
        """Disputes of one invoice add up to its residual at most."""
        invoice = self._invoice(self.guarantor, 1000, due=-10)
        self._dispute(invoice, 700)
        self._dispute(invoice, 800)
        self.assertFigures(
            self._dossier(self.guarantor), disputed_amount=1000, claimable_amount=0
        )

    def test_resolved_dispute_is_claimed_again(self):
        """Once a dispute is resolved its invoices are claimed again."""
        invoice = self._invoice(self.guarantor, 1000, due=-10)
        dispute = self._dispute(invoice)
        self.assertFigures(dispute.dossier_id, claimable_amount=0)
        dispute.resolution = "The care was covered."
        dispute.action_resolve()
        self.assertFigures(dispute.dossier_id, disputed_amount=0, claimable_amount=1000)

    # === BOTH === #

    def test_disputed_and_promised_never_exceed_the_residual(self):
        """What is both disputed and promised counts once, as disputed."""
        invoice = self._invoice(self.guarantor, 1000, due=-10)
        self._promise(invoice, 600)
        self._dispute(invoice, 700)
        self.assertFigures(
            self._dossier(self.guarantor),
            disputed_amount=700,
            promised_amount=300,
            claimable_amount=0,
        )

    def test_promise_of_a_disputed_invoice_adds_nothing(self):
        """A promise on a wholly disputed invoice leaves the other claims alone."""
        invoice, _other = self._invoices(self.guarantor, (1000, -10), (200, -5))
        self._promise(invoice)
        self._dispute(invoice)
        self.assertFigures(
            self._dossier(self.guarantor),
            disputed_amount=1000,
            promised_amount=0,
            claimable_amount=200,
        )

    def test_claimable_is_never_negative(self):
        """When credits exceed what is claimed, nothing is claimed."""
        invoices = self._invoices(self.guarantor, (1000, -10), (100, -5))
        self._dispute(invoices[0], 600)
        self._promise(invoices[0], 400)
        self._receive(self.guarantor, 250)
        self.assertFigures(
            self._dossier(self.guarantor),
            overdue_amount=1100,
            disputed_amount=600,
            promised_amount=400,
            unallocated_credit=250,
            claimable_amount=0,
            balance=850,
        )

    def test_oldest_due_date_is_of_what_is_claimed(self):
        """Disputed, promised and excluded items do not age a dossier."""
        disputed, promised, excluded, _claimed, _newer = self._invoices(
            self.guarantor, (10, -100), (20, -50), (30, -40), (40, -20), (50, -15)
        )
        self._dispute(disputed)
        self._promise(promised)
        excluded.no_followup = True
        self.assertFigures(
            self._dossier(self.guarantor),
            oldest_due_date=self._in_days(-20),
            days_overdue=20,
        )

    def test_oldest_due_date_of_a_partly_disputed_invoice(self):
        """An invoice that is disputed in part is claimed for the rest, and ages."""
        older, _newer = self._invoices(self.guarantor, (100, -100), (20, -50))
        self._dispute(older, 99)
        self.assertFigures(
            self._dossier(self.guarantor),
            oldest_due_date=self._in_days(-100),
            claimable_amount=21,
        )

    def test_no_oldest_due_date_when_all_is_covered(self):
        """With everything disputed or promised, nothing is late to claim."""
        disputed, promised = self._invoices(self.guarantor, (10, -100), (20, -50))
        self._dispute(disputed)
        self._promise(promised)
        self.assertFigures(
            self._dossier(self.guarantor),
            oldest_due_date=False,
            days_overdue=0,
            claimable_amount=0,
            overdue_amount=30,
        )
