from datetime import date

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import NOW, RecouvrementCommon

SHIPPED = ("new_year", "korite", "tabaski", "magal", "christmas", "year_end")


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestOccasion(RecouvrementCommon):
    """Dates of feasts: who confirms them, and which one is on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.occasions = cls.env["recouvrement.occasion"]
        cls.shipped = {
            name: cls.env.ref(f"nest_recouvrement.recouvrement_occasion_{name}")
            for name in SHIPPED
        }
        # Some guarantor is followed: its company's manager is asked.
        cls._invoice(cls._create_guarantor(), 100)
        cls._refresh()

    def _create(self, *days, **values):
        return self.occasions.create(
            {
                "name": "Feast",
                "greeting": "<p>Happy feast</p>",
                "days_before": 2,
                "days_after": 2,
                "date_ids": [
                    Command.create({"date": self._in_days(day), "confirmed": True})
                    for day in days
                ],
                **values,
            }
        )

    def _current(self):
        return self.occasions._get_current(self.company)

    def _ask(self, occasion):
        self.occasions._cron_prepare_dates()
        return occasion.activity_ids

    def test_shipped_occasions(self):
        """Ensure that 2026 to 2028 are there: fixed ones certain, movable ones not."""
        for name, occasion in self.shipped.items():
            with self.subTest(occasion=name):
                self.assertEqual(
                    occasion.date_ids.sorted("date").mapped("year"), [2026, 2027, 2028]
                )
                self.assertEqual(
                    set(occasion.date_ids.mapped("confirmed")),
                    {occasion.kind == "fixed"},
                )
                self.assertTrue(occasion.greeting)

    def test_nearest_date_wins(self):
        """Ensure that of two occasions the nearest one is greeted for."""
        self.occasions.search([]).active = False
        self._create(-2)
        near = self._create(1)
        self.assertEqual(self._current(), near)

    def test_days_around_the_date(self):
        """Ensure that an occasion is on from its first to its last day."""
        self.occasions.search([]).active = False
        occasion = self._create(0, days_before=1, days_after=2)
        for day, expected in ((16, 0), (17, 1), (18, 1), (20, 1), (21, 0)):
            with self.subTest(day=day), freeze_time(f"2026-03-{day} 10:00:00"):
                self.assertEqual(len(self._current()), expected)
        self.assertEqual(occasion.date_ids.date_from, date(2026, 3, 17))
        self.assertEqual(occasion.date_ids.date_to, date(2026, 3, 20))

    def test_own_company_and_active_only(self):
        """Ensure that neither another company's nor an archived occasion is on."""
        self.occasions.search([]).active = False
        other = self.setup_other_company()["company"]
        occasion = self._create(0, company_id=other.id)
        self.assertFalse(self._current())
        occasion.company_id = self.company
        self.assertEqual(self._current(), occasion)
        occasion.active = False
        self.assertFalse(self._current())

    def test_manager_is_asked_a_month_before_once(self):
        """Ensure that an estimated date is asked about once, a month before."""
        korite = self.shipped["korite"]
        tabaski = self.shipped["tabaski"]  # 27 May
        self.assertEqual(len(self._ask(korite)), 1)  # the day after tomorrow
        self.assertEqual(korite.activity_ids.user_id, self.manager)
        self.assertEqual(korite.activity_ids.date_deadline, date(2026, 3, 20))
        self.assertIn("2026-03-20", korite.activity_ids.summary)
        self.assertEqual(len(self._ask(korite)), 1)
        with freeze_time("2026-04-26 06:00:00"):
            self.assertFalse(self._ask(tabaski))
        with freeze_time("2026-04-27 06:00:00"):
            self.assertEqual(len(self._ask(tabaski)), 1)

    def test_confirming_closes_the_question(self):
        """Ensure that a date confirmed by the manager is greeted for."""
        korite = self.shipped["korite"]
        self._ask(korite)
        coming = korite.date_ids.filtered(lambda day: day.year == 2026)
        coming.with_user(self.manager).action_confirm()
        self.assertFalse(korite.activity_ids)
        self.assertEqual(self._current(), korite)

    def test_year_without_dates_is_asked_about(self):
        """Ensure that a movable occasion without dates is asked about once a year."""
        occasion = self._create(kind="movable")
        self.assertEqual(len(self._ask(occasion)), 1)
        self.assertEqual(len(self._ask(occasion)), 1)
        with freeze_time("2027-01-02 06:00:00"):
            self.assertEqual(len(self._ask(occasion)), 2)

    def test_dates_after_the_last_one(self):
        """Ensure that fixed dates go on by themselves, movable ones as estimates."""
        christmas, tabaski = self.shipped["christmas"], self.shipped["tabaski"]
        with freeze_time("2028-12-26 06:00:00"):
            self.occasions._cron_prepare_dates()
        added = christmas.date_ids.filtered(lambda day: day.year == 2029)
        self.assertRecordValues(
            added, [{"date": date(2029, 12, 25), "confirmed": True}]
        )
        estimate = tabaski.date_ids.filtered(lambda day: day.year == 2029)
        # 5 May 2028 and 354 days
        self.assertRecordValues(
            estimate, [{"date": date(2029, 4, 24), "confirmed": False}]
        )

    def test_one_date_once(self):
        """Ensure that an occasion does not have the same date twice."""
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(Exception, "already has this date|date_uniq"),
            self.cr.savepoint(),
        ):
            self._create(1, 1)

    def test_officer_confirms_nothing(self):
        """Ensure that the dates are the manager's."""
        day = self.shipped["korite"].date_ids[0]
        with self.assertRaises(AccessError):
            day.with_user(self.officer).action_confirm()
