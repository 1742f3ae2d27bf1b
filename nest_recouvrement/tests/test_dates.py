from datetime import date, datetime

from odoo.tests import BaseCase, tagged

from odoo.addons.nest_recouvrement.tools.dates import add_working_days, day_in_timezone


@tagged("post_install", "-at_install")
class TestDates(BaseCase):
    """Calendar arithmetic, without any record."""

    def test_day_begins_in_the_timezone(self):
        """At 23:30 UTC it is tomorrow in Paris, and still today in Dakar."""
        moment = datetime(2026, 3, 18, 23, 30)
        self.assertEqual(day_in_timezone(moment, "Africa/Dakar"), date(2026, 3, 18))
        self.assertEqual(day_in_timezone(moment, "Europe/Paris"), date(2026, 3, 19))

    def test_day_may_be_the_day_before(self):
        """At 00:30 UTC it is still yesterday west of Greenwich."""
        moment = datetime(2026, 1, 1, 0, 30)
        self.assertEqual(
            day_in_timezone(moment, "America/Sao_Paulo"), date(2025, 12, 31)
        )

    def test_summer_time_moves_the_day(self):
        """At 22:30 UTC it is tomorrow in Paris in summer, not in winter."""
        for month, day in ((1, 18), (7, 19)):
            self.assertEqual(
                day_in_timezone(datetime(2026, month, 18, 22, 30), "Europe/Paris"),
                date(2026, month, day),
            )

    def test_unknown_timezone_is_utc(self):
        """A missing or unknown timezone counts as UTC."""
        moment = datetime(2026, 3, 18, 23, 30)
        for name in (False, None, "", "Atlantis/Capital"):
            self.assertEqual(day_in_timezone(moment, name), date(2026, 3, 18), name)

    def test_working_days_leave_out_weekends(self):
        """Three working days after a Wednesday is the Monday."""
        wednesday = date(2026, 3, 18)
        for days, expected in (
            (0, wednesday),
            (1, date(2026, 3, 19)),
            (2, date(2026, 3, 20)),
            (3, date(2026, 3, 23)),
            (5, date(2026, 3, 25)),
            (10, date(2026, 4, 1)),
        ):
            self.assertEqual(add_working_days(wednesday, days), expected, days)

    def test_working_days_start_on_a_working_day(self):
        """From a weekend, working days are counted from the Monday after."""
        for start in (date(2026, 3, 21), date(2026, 3, 22)):
            self.assertEqual(add_working_days(start, 0), date(2026, 3, 23))
            self.assertEqual(add_working_days(start, 1), date(2026, 3, 24))
