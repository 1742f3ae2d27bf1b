from datetime import date

from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .common import NOW, RecouvrementCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCommitment(RecouvrementCommon):
    """Promises end as the matching on their named invoices says."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.guarantor = cls._create_guarantor()
        cls.invoice = cls._invoice(cls.guarantor, 1000, due=-20)

    def _evaluate(self, day):
        with freeze_time(f"2026-03-{day} 06:00:00"):
            self.env["recouvrement.commitment"]._cron_evaluate()

    def test_kept_when_matched(self):
        """Kept as soon as the named amount is matched on the named invoice."""
        promise = self._promise(self.invoice)
        self._pay(self.invoice)
        self._dossier(self.guarantor)
        self.assertRecordValues(
            promise, [{"state": "kept", "paid_amount": 1000, "date_ended": self.today}]
        )

    def test_paid_elsewhere_is_not_kept(self):
        """A payment of another invoice does not keep the promise."""
        other = self._invoice(self.guarantor, 1000, due=-10)
        promise = self._promise(self.invoice)
        self._pay(other)
        self._dossier(self.guarantor)
        self.assertEqual(promise.state, "open")

    def test_grace_then_broken(self):
        """Promised for the 20th, two days of grace: broken on the 23rd."""
        promise = self._promise(self.invoice, date=date(2026, 3, 20))
        self._evaluate(22)
        self.assertEqual(promise.state, "open")
        self._evaluate(23)
        self.assertEqual(promise.state, "broken")

    def test_partly_kept(self):
        """Part of the amount in time: partly kept."""
        promise = self._promise(self.invoice, date=date(2026, 3, 20))
        self._pay(self.invoice, amount=400)
        self._evaluate(23)
        self.assertRecordValues(promise, [{"state": "partly_kept", "paid_amount": 400}])

    def test_paid_too_late_is_broken(self):
        """A payment dated after the grace does not keep the promise."""
        promise = self._promise(self.invoice, date=date(2026, 3, 20))
        with freeze_time("2026-03-25 10:00:00"):
            self._pay(self.invoice, date=date(2026, 3, 25))
            self.env["recouvrement.commitment"]._cron_evaluate()
        self.assertEqual(promise.state, "broken")

    def test_paid_before_does_not_count(self):
        """What was matched before the promise was made does not keep it."""
        self._pay(self.invoice, amount=400)
        promise = self._promise(self.invoice, amount=600)
        self._dossier(self.guarantor)
        self.assertRecordValues(promise, [{"state": "open", "paid_amount": 0}])

    def test_two_promises_on_one_invoice(self):
        """The earliest promise is paid first."""
        first = self._promise(self.invoice, amount=600, date=date(2026, 3, 20))
        second = self._promise(self.invoice, amount=400, date=date(2026, 3, 27))
        self._pay(self.invoice, amount=700)
        dossier = self._dossier(self.guarantor)
        self.assertRecordValues(
            first + second,
            [
                {"state": "kept", "paid_amount": 600},
                {"state": "open", "paid_amount": 100},
            ],
        )
        self.assertEqual((dossier.promised_amount, dossier.claimable_amount), (300, 0))

    def test_later_promise_with_an_earlier_date(self):
        """The remainder of an earlier promise still comes before a later one."""
        first = self._promise(self.invoice, amount=500, date=date(2026, 3, 20))
        self._pay(self.invoice, amount=200)
        second = self._promise(self.invoice, amount=500, date=date(2026, 3, 27))
        self._pay(self.invoice, amount=300)
        self._dossier(self.guarantor)
        self.assertRecordValues(
            first + second,
            [
                {"state": "kept", "paid_amount": 500},
                {"state": "open", "paid_amount": 0},
            ],
        )

    def test_bad_promises(self):
        """A promise in the past, without invoice, or above what is open is refused."""
        with (
            self.assertRaisesRegex(ValidationError, "today or later"),
            self.env.cr.savepoint(),
        ):
            self._promise(self.invoice, date=-1)
        with (
            self.assertRaisesRegex(ValidationError, "Name the invoices"),
            self.env.cr.savepoint(),
        ):
            self.env["recouvrement.commitment"].create(
                {"dossier_id": self._dossier(self.guarantor).id, "date": self.today}
            )
        with (
            self.assertRaisesRegex(ValidationError, "at most"),
            self.env.cr.savepoint(),
        ):
            self._promise(self.invoice, amount=1001)

    def test_promises_never_cover_more_than_is_open(self):
        """A second promise covers at most what the first one leaves."""
        self._promise(self.invoice, amount=700)
        with (
            self.assertRaisesRegex(ValidationError, "at most"),
            self.env.cr.savepoint(),
        ):
            self._promise(self.invoice, amount=301)
        self._promise(self.invoice, amount=300)

    def test_invoice_of_another_guarantor(self):
        """A promise names invoices of its own guarantor only."""
        other = self._invoice(self._create_guarantor(name="Other"), 10)
        promise = self._promise(self.invoice)
        with (
            self.assertRaisesRegex(ValidationError, "is not owed by"),
            self.env.cr.savepoint(),
        ):
            promise.sudo().line_ids.move_line_id = self._items(other)
            promise.write({"line_ids": []})

    def test_cancelled_with_a_reason(self):
        """A promise is cancelled with a reason, never deleted while it counts."""
        promise = self._promise(self.invoice)
        with (
            self.assertRaisesRegex(ValidationError, "Write why"),
            self.env.cr.savepoint(),
        ):
            promise.action_cancel()
        with self.assertRaisesRegex(UserError, "cancel it"), self.env.cr.savepoint():
            promise.unlink()
        promise.cancel_reason = "Typed twice"
        promise.action_cancel()
        dossier = self._search_dossiers(self.guarantor)
        self.assertEqual((promise.state, dossier.promised_amount), ("cancelled", 0))
