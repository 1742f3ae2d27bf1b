from itertools import permutations

from odoo.tests import BaseCase, tagged

from odoo.addons.nest_recouvrement.tools.route import (
    Point,
    Stop,
    distance_km,
    length_km,
    make_point,
    order_stops,
)

PLATEAU = Point(14.6670, -17.4380)


@tagged("post_install", "-at_install")
class TestRoute(BaseCase):
    """The order of a courier's stops, without any record."""

    def _order(self, *stops, start=PLATEAU):
        return "".join(stop.key for stop in order_stops(start, stops))

    def test_distance(self):
        """One degree along a meridian is 111.19 km; Dakar to Thies is about 56 km."""
        self.assertAlmostEqual(distance_km(Point(0, 0), Point(1, 0)), 111.195, 3)
        self.assertEqual(distance_km(PLATEAU, PLATEAU), 0)
        thies = Point(14.7910, -16.9359)
        self.assertAlmostEqual(distance_km(PLATEAU, thies), 55.7, 0)

    def test_missing_coordinates(self):
        """Zero, half-missing or impossible coordinates are told from real ones."""
        self.assertIsNone(make_point(0.0, 0.0))
        self.assertIsNone(make_point(None, False))
        self.assertIsNone(make_point(91.0, 10.0))
        self.assertIsNone(make_point(10.0, -181.0))
        self.assertEqual(make_point(14.0, -17.0), Point(14.0, -17.0))

    def test_nearest_stop_comes_next(self):
        """Each stop is the nearest to the one before it."""
        stops = [
            Stop(key, Point(14.67 + north, -17.43))
            for key, north in (("c", 0.03), ("a", 0.01), ("d", 0.04), ("b", 0.02))
        ]
        self.assertEqual(self._order(*stops), "abcd")

    def test_detours_are_removed(self):
        """No order of the stops that turns a part round is shorter (2-opt).

        From 0, the nearest neighbour goes 1, -1.5, 4 ... and comes back twice; the
        shortest way visits one side, then the other.
        """
        places = {"a": 1.0, "b": -1.5, "c": 4.0, "d": -5.0}
        stops = [Stop(key, Point(0.0, east)) for key, east in places.items()]
        start = Point(0.0, 0.0001)
        best = min(
            length_km(start, [stop.point for stop in way])
            for way in permutations(stops)
        )
        found = order_stops(start, stops)
        self.assertAlmostEqual(length_km(start, [s.point for s in found]), best, 6)

    def test_a_district_is_finished_before_the_next(self):
        """A stop of another district on the way waits for its district."""
        stops = (
            Stop("x", Point(14.70, -17.43), "Fann"),
            Stop("a", Point(14.68, -17.43), "Medina"),
            Stop("b", Point(14.71, -17.43), "medina "),
            Stop("y", Point(14.74, -17.43), "Fann"),
        )
        self.assertEqual(self._order(*stops), "abxy")

    def test_late_stops_come_first(self):
        """The district of a late stop comes first, and in it the late stop."""
        stops = (
            Stop("a", Point(14.668, -17.43), "Plateau"),
            Stop("b", Point(14.70, -17.43), "Fann"),
            Stop("c", Point(14.76, -17.43), "Fann", late=True),
        )
        self.assertEqual(self._order(*stops), "cba")

    def test_unknown_places_come_last(self):
        """Without coordinates: last of its district; unknown districts by name."""
        stops = (
            Stop("z", None, "Yoff"),
            Stop("n", None, "Ngor"),
            Stop("u", None, "Fann"),
            Stop("f", Point(14.70, -17.43), "Fann"),
        )
        self.assertEqual(self._order(*stops), "funz")

    def test_nothing_known_at_all(self):
        """Without a start and without coordinates every stop is still there, once."""
        stops = [Stop(str(number), None, "") for number in range(9)]
        self.assertEqual(self._order(*stops, start=None), "012345678")
        self.assertEqual(order_stops(None, []), [])

    def test_start_is_unknown(self):
        """Without a start the way begins at an end, not in the middle."""
        stops = (
            Stop("a", Point(14.70, -17.43)),
            Stop("b", Point(14.68, -17.43)),
            Stop("c", Point(14.72, -17.43)),
        )
        found = order_stops(None, stops)
        self.assertAlmostEqual(
            length_km(None, [stop.point for stop in found]),
            distance_km(Point(14.68, -17.43), Point(14.72, -17.43)),
            6,
        )
