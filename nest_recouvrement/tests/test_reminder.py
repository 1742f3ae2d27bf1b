from datetime import date

from odoo.tests import freeze_time, tagged

from .common import NOW, RecouvrementCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestReminder(RecouvrementCommon):
    """What the reminder says (sources/1, step 5), promises first."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "recouvrement_no_pdf": True})
        cls.guarantor = cls._create_guarantor()
        cls.first = cls._invoice(cls.guarantor, 600, due=-40)
        cls.second = cls._invoice(cls.guarantor, 250, due=-30)
        cls.dossier = cls._dossier(cls.guarantor)
        cls._promise(cls.first + cls.second, date="2026-03-19")

    def _run(self):
        run = self.env["recouvrement.run"].create({"company_id": self.company.id})
        run.action_execute()

    def _broken(self):
        """Let the promise be broken, 19 March and two days of grace being over."""
        self.dossier._refresh()
        return self.dossier._get_broken_promises()

    @freeze_time("2026-03-23 10:00:00")
    def test_step_5_broken_promise(self):
        """Ensure that a broken promise is mentioned with its date and invoices."""
        (promise,) = self._broken()
        self.assertEqual(promise["commitment"].state, "broken")
        self.assertEqual((promise["date"], promise["amount"]), (date(2026, 3, 19), 850))
        self.assertEqual(promise["invoices"], f"{self.first.name}, {self.second.name}")

    @freeze_time("2026-03-23 10:00:00")
    def test_step_5_reminder_mentions_it(self):
        """Ensure that the reminder says what was promised, for when, on what."""
        self.dossier._refresh()
        self._run()
        reminder = self.dossier.action_ids.filtered("mail_message_id")
        body = reminder._get_queued_mails().body_html
        self.assertIn("was promised to us", body)
        self.assertIn("03/19/2026", body)
        self.assertIn(self.second.name, body)

    @freeze_time("2026-03-23 10:00:00")
    def test_paid_late_is_not_mentioned(self):
        """Ensure that what was paid, even late, is no longer held against anyone."""
        self.dossier._refresh()
        self._pay(self.first)
        (promise,) = self._broken()
        self.assertEqual(promise["amount"], 250)
        self.assertEqual(promise["invoices"], self.second.name)
        self._pay(self.second)
        self.assertFalse(self._broken())

    def test_running_promise_is_not_mentioned(self):
        """Ensure that a promise whose date is to come is none of it."""
        self.assertFalse(self._broken())

    @freeze_time("2026-03-23 10:00:00")
    def test_other_cycle_is_not_mentioned(self):
        """Ensure that a promise broken in a former cycle is not brought up."""
        self.dossier._refresh()
        self._pay(self.first + self.second)
        self.dossier._refresh()
        with freeze_time("2026-04-20 10:00:00"):
            self._invoice(self.guarantor, 100, due="2026-04-18")
            self.dossier._refresh()
            self.assertFalse(self.dossier._get_broken_promises())
