from datetime import date

from odoo.tests import freeze_time, tagged

from .common import NOW
from .common_courier import CourierCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestPickupClaims(CourierCommon):
    """Nobody presses for a cheque that is in our own hands."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._invoice(cls.guarantor, 1000, due=-20)
        cls.dossier = cls._dossier(cls.guarantor)

    def _evaluate(self, day):
        with freeze_time(f"2026-03-{day} 06:00:00"):
            self.env["recouvrement.commitment"]._cron_evaluate()

    def assertClaim(self, promised, claimable, day=18):
        with freeze_time(f"2026-03-{day} 06:00:00"):
            self.dossier._refresh()
        self.assertFigures(
            self.dossier, promised_amount=promised, claimable_amount=claimable
        )

    def test_announced_is_no_cheque(self):
        """Ensure that an errand alone does not stop anything: a promise does."""
        self._errand(self.invoice)
        self.assertClaim(0, 1000)

    def test_cheque_in_hand_is_not_pressed_for(self):
        """Ensure that what a collected cheque names counts as promised, at once."""
        self._collect(self._errand(self.invoice, amount=600))
        self.assertFigures(self.dossier, promised_amount=600, claimable_amount=400)

    def test_handed_over_is_not_pressed_for(self):
        """Ensure that it stays so at the accountant's, however long it takes."""
        errand = self._collect(self._errand(self.invoice))
        self._hand_over(errand)
        self.assertClaim(1000, 0, day=31)

    def test_failed_is_pressed_for_again(self):
        """Ensure that a cheque that is given back no longer stops the follow-up."""
        errand = self._collect(self._errand(self.invoice))
        self.assertFigures(self.dossier, claimable_amount=0)
        errand.with_user(self.officer)._fail(self.reason)
        self.assertFigures(self.dossier, promised_amount=0, claimable_amount=1000)

    def test_failed_has_its_points_at_once(self):
        """Ensure that the worklist is ordered by a failed errand without a refresh."""
        errand = self._errand(self.invoice)
        errand.with_user(self.courier)._fail(self.reason)
        self.assertIn(
            "pickup_failed", [chip["tone"] for chip in self.dossier.score_chips]
        )

    def test_rejected_is_pressed_for_again(self):
        """Ensure that a cheque that the bank rejects no longer stops the follow-up."""
        errand = self._collect(self._errand(self.invoice))
        self._hand_over(errand)
        errand.sudo().state = "rejected"
        self.assertFigures(self.dossier, promised_amount=0, claimable_amount=1000)

    def test_promise_and_its_cheque_count_once(self):
        """Ensure that an open promise and its cheque never count twice.

        600 promised, the cheque is for 800: 800 in all, not 1400.
        """
        promise = self._promise(self.invoice, amount=600)
        errand = self._errand(self.invoice, amount=800, commitment_id=promise.id)
        self.assertClaim(600, 400)
        self._collect(errand)
        self.assertFigures(self.dossier, promised_amount=800, claimable_amount=200)

    def test_promise_is_not_broken_while_its_cheque_is_in_hand(self):
        """Ensure that a promise for the 20th waits for the bank after the 22nd."""
        promise = self._promise(self.invoice, date=date(2026, 3, 20))
        errand = self._errand(self.invoice, commitment_id=promise.id)
        self._collect(errand, date=10)
        self._hand_over(errand)
        self._evaluate(27)
        self.assertEqual(promise.state, "open")
        self.assertClaim(1000, 0, day=27)

    def test_promise_breaks_without_a_cheque(self):
        """Ensure that an errand that nobody could do does not save the promise."""
        promise = self._promise(self.invoice, date=date(2026, 3, 20))
        self._errand(self.invoice, commitment_id=promise.id)
        self._evaluate(23)
        self.assertEqual(promise.state, "broken")

    def test_promise_breaks_when_its_cheque_is_given_back(self):
        """Ensure that an overdue promise breaks as soon as its cheque is gone."""
        promise = self._promise(self.invoice, date=date(2026, 3, 20))
        errand = self._errand(self.invoice, commitment_id=promise.id)
        self._collect(errand)
        with freeze_time("2026-03-25 10:00:00"):
            errand.with_user(self.officer)._fail(self.reason)
            self.assertEqual(promise.state, "broken")

    def test_paid_by_the_cheque_is_kept(self):
        """Ensure that the promise is kept once the cheque is matched."""
        promise = self._promise(self.invoice, date=date(2026, 3, 20))
        errand = self._errand(self.invoice, commitment_id=promise.id)
        self._collect(errand)
        self._hand_over(errand)
        self._pay(self.invoice)
        errand.sudo().state = "paid"
        self.assertEqual(promise.state, "kept")
        self.assertFigures(self.dossier, promised_amount=0, claimable_amount=0)

    def test_never_more_than_what_is_open(self):
        """Ensure that dispute, promise and cheque never exceed what is open."""
        self._dispute(self.invoice, amount=500)
        self._collect(self._errand(self.invoice))
        self.dossier._refresh()
        self.assertFigures(
            self.dossier, disputed_amount=500, promised_amount=500, claimable_amount=0
        )

    def test_statements_do_not_grow_with_the_promises(self):
        """Ensure that ten broken promises are evaluated by as many queries as two."""
        invoices = self._invoices(self.guarantor, *[(100, -9)] * 10)
        promises = self.env["recouvrement.commitment"].union(
            *(self._promise(invoice, date=date(2026, 3, 20)) for invoice in invoices)
        )
        for promise in promises[::2]:
            self._collect(
                self._errand(
                    promise.line_ids.move_line_id.move_id, commitment_id=promise.id
                ),
                number=str(promise.id),
            )
        self.env.flush_all()
        counts = []
        with freeze_time("2026-03-25 10:00:00"):
            for some in (promises[:2], promises[2:]):
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                some._evaluate()
                counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(set(promises[::2].mapped("state")), {"open"})
        self.assertEqual(set(promises[1::2].mapped("state")), {"broken"})
        self.assertLessEqual(counts[1], counts[0])
