from odoo.tests import freeze_time, tagged

from .common import NOW
from .test_commitment_life import CommitmentCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCommitmentJudgement(CommitmentCommon):
    """What is matched later, or taken back, changes how a promise ended."""

    def _keep(self, date=2):
        """Return a promise that an ordinary payment kept, and this payment."""
        promise = self._promise(self.invoice, date=date)
        payment = self._pay(self.invoice)
        self._dossier(self.guarantor)
        self.assertEqual(promise.state, "kept")
        return promise, payment

    def test_unmatched_before_its_day(self):
        """Ensure that a promise is open again when its payment is unmatched."""
        promise, payment = self._keep()
        payment.move_id.line_ids.remove_move_reconcile()
        self.dossiers._refresh_stale()
        self.assertRecordValues(
            promise, [{"state": "open", "paid_amount": 0, "date_ended": False}]
        )
        self.assertEqual(len(self._journal("Promise open again")), 1)

    def test_unmatched_after_its_day(self):
        """Ensure that a promise whose day is over is broken, and asked about."""
        promise, payment = self._keep(date=0)
        with freeze_time("2026-03-23 06:00:00"):
            payment.move_id.line_ids.remove_move_reconcile()
            self.dossiers._refresh_stale()
        self.assertRecordValues(
            promise, [{"state": "broken", "paid_amount": 0, "is_answer_due": True}]
        )

    def test_matched_again(self):
        """Ensure that nothing changes, nor is written, for what is matched again."""
        promise, payment = self._keep()
        payment.move_id.line_ids.remove_move_reconcile()
        self._reconcile(payment.move_id, self.invoice)
        self.dossiers._refresh_stale()
        self.assertRecordValues(promise, [{"state": "kept", "paid_amount": 1000}])
        self.assertEqual(len(self._journal("Promise kept")), 1)

    def test_rejected_by_the_bank(self):
        """Ensure that a cheque registered on its invoice breaks the promise too."""
        promise, payment = self._keep(date=9)
        payment._reject_unpaid(self.today, "No funds")
        self.assertRecordValues(
            promise, [{"state": "broken", "paid_amount": 0, "is_answer_due": True}]
        )
        self.assertEqual(self._dossier(self.guarantor).claimable_amount, 1500)

    def test_rejected_part(self):
        """Ensure that what another payment covers of a promise stays kept."""
        promise = self._promise(self.invoice, date=9)
        self._pay(self.invoice, 400)
        payment = self._pay(self.invoice, 600)
        self._dossier(self.guarantor)
        payment._reject_unpaid(self.today, "No funds")
        self.assertRecordValues(promise, [{"state": "partly_kept", "paid_amount": 400}])

    def test_statement_entered_late(self):
        """Ensure that what was paid in time is kept, whenever it is entered."""
        promise = self._promise(self.invoice, date=0)
        self._evaluate(21)
        self.assertEqual(promise.state, "broken")
        with freeze_time("2026-03-23 09:00:00"):
            self._pay(self.invoice, date=1)
            self.dossiers._refresh_stale()
        self.assertRecordValues(
            promise, [{"state": "kept", "paid_amount": 1000, "is_answer_due": False}]
        )

    def test_paid_late_stays_broken(self):
        """Ensure that what is paid after the days of grace changes nothing."""
        promise = self._promise(self.invoice, date=0)
        self._evaluate(21)
        with freeze_time("2026-03-23 09:00:00"):
            self._pay(self.invoice, date=5)
            self.dossiers._refresh_stale()
        self.assertRecordValues(promise, [{"state": "broken", "paid_amount": 0}])
        self.assertEqual(len(self._journal("Promise broken")), 1)

    def test_credited_instead_of_paid(self):
        """Ensure that a promise stays kept when nothing is owed any more."""
        promise, payment = self._keep(date=0)
        with freeze_time("2026-03-23 06:00:00"):
            payment.move_id.line_ids.remove_move_reconcile()
            self._credit_note(self.guarantor, 1000, invoices=self.invoice)
            self.dossiers._refresh_stale()
        self.assertEqual(promise.state, "kept")

    def test_invoice_corrected(self):
        """Ensure that an invoice set back to draft does not break its promise."""
        promise, _payment = self._keep(date=0)
        with freeze_time("2026-03-23 06:00:00"):
            self.invoice.button_draft()
            self.dossiers._refresh_stale()
        self.assertEqual(promise.state, "kept")
