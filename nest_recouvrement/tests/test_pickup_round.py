from datetime import datetime

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common import NOW
from .common_courier import PHOTO, CourierCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestPickupRound(CourierCommon):
    """The courier's stops of today, in the order of the way."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.write(
            {"partner_latitude": 14.66, "partner_longitude": -17.43}
        )
        cls.near, cls.middle, cls.far = (
            cls._create_stop(name, district, latitude)
            for name, district, latitude in (
                ("Near", "Plateau", 14.67),
                ("Middle", "Plateau", 14.69),
                ("Far", "Yoff", 14.75),
            )
        )
        cls.stops = cls.far + cls.near + cls.middle
        cls.mine = cls.env["recouvrement.pickup"].with_user(cls.courier)

    @classmethod
    def _create_stop(cls, name, district, latitude):
        guarantor = cls._create_guarantor(
            name=name,
            street2=district,
            partner_latitude=latitude,
            partner_longitude=-17.43,
        )
        cls._invoice(guarantor, 100)
        return cls._letter(guarantor)

    def _open_round(self, context=None):
        """Open the screen as the courier's phone does; return names in their order."""
        answer = self.mine.with_context(
            recouvrement_round=True, **(context or {})
        ).web_search_read(
            [("state", "in", ("to_collect", "to_deliver"))],
            {"partner_id": {"fields": {"display_name": {}}}},
            order="sequence, date, id",
        )
        return [row["partner_id"]["display_name"] for row in answer["records"]]

    def test_ordered_when_opened(self):
        """Ensure that the round is in order as soon as the courier opens it."""
        self.assertEqual(self.stops.mapped("sequence"), [1000] * 3)
        self.assertEqual(self._open_round(), ["Near", "Middle", "Far"])
        self.assertEqual(self.stops.mapped("round_date"), [self.today] * 3)

    def test_office_does_not_order_it(self):
        """Ensure that looking at errands elsewhere leaves the rounds alone."""
        self.mine.web_search_read([], {"name": {}})
        self.assertEqual(self.stops.mapped("sequence"), [1000] * 3)

    def test_late_stops_come_first(self):
        """Ensure that yesterday's stop is of today, late, and before the others."""
        self.far.sudo().date = self._in_days(-1)
        self.assertEqual(self._open_round(), ["Far", "Middle", "Near"])
        self.assertTrue(self.far.is_late)
        self.assertFalse(self.near.is_late)
        summary = self.mine.get_round_summary()
        self.assertEqual((summary["left"], summary["late"]), (3, 1))

    def test_tomorrow_is_not_today(self):
        """Ensure that a stop of tomorrow has no place in today's round."""
        self.near.date = self._in_days(1)
        self._open_round()
        self.assertRecordValues(self.near, [{"sequence": 1000, "round_date": False}])
        self.assertEqual(self.mine.get_round_summary()["left"], 2)

    def test_groups_in_the_order_of_the_way(self):
        """Ensure that districts stand in the order in which they are visited."""
        self.far.sudo().date = self._in_days(-1)
        answer = self.mine.with_context(recouvrement_round=True).web_read_group(
            [("state", "in", ("to_collect", "to_deliver"))],
            ["district"],
            auto_unfold=True,
            unfold_read_specification={"sequence": {}},
        )
        self.assertEqual(
            [group["district"] for group in answer["groups"]], ["Yoff", "Plateau"]
        )
        self.assertEqual(
            [row["sequence"] for row in answer["groups"][1]["__records"]], [2, 3]
        )

    def test_new_stop_from_where_the_courier_is(self):
        """Ensure that a new errand is fitted in from the last stop, not the office."""
        self._open_round()
        with freeze_time("2026-03-18 11:00:00"):
            self.far.with_user(self.courier)._deliver("Awa", photo=PHOTO)
            new = self._create_stop("New", "Plateau", 14.70)
            self.assertEqual(self._open_round(), ["New", "Middle", "Near"])
        self.assertEqual(new.sequence, 1)

    def test_ordered_on_demand(self):
        """Ensure that the button orders again, and says when nothing is left."""
        self._open_round()
        self.near.sequence = 9
        self.mine.action_order_round()
        self.assertEqual(self.near.sequence, 1)
        nobody = self.mine.with_user(self.courier_2)
        with self.assertRefused("Nothing is left", UserError):
            nobody.action_order_round()

    def test_other_courier_leaves_the_round(self):
        """Ensure that a stop given to another courier has no place in the old round."""
        self._open_round()
        self.near.user_id = self.courier_2
        self.assertRecordValues(self.near, [{"sequence": 1000, "round_date": False}])
        self.assertEqual(self._open_round(), ["Middle", "Far"])

    def test_what_the_courier_carries(self):
        """Ensure that the bar shows how many cheques are carried, and for how much."""
        for amount in (1000, 500):
            errand = self._errand(self._invoice(self.guarantor, amount))
            self._collect(errand, number=str(amount))
        summary = self.mine.get_round_summary()
        self.assertEqual(summary["carried"], 2)
        self.assertEqual(
            summary["carried_amount"], self.company.currency_id.format(1500)
        )
        other = self.mine.with_user(self.courier_2).get_round_summary()
        self.assertEqual(other["carried"], 0)

    def test_days_begin_in_the_company_s_timezone(self):
        """Ensure that the day of a round is the company's."""
        self.company.partner_id.tz = "Pacific/Auckland"
        with freeze_time(datetime(2026, 3, 18, 12)):
            # It is the 19th in Auckland.
            self.far.date = "2026-03-19"
            self.assertEqual(self.mine.get_round_summary()["left"], 3)
