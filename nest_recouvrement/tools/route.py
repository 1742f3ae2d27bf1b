"""The order of a courier's stops: plain functions, no ORM.

Late stops come first, a district is left when it is finished, and each stop is near
the one before it: nearest neighbour, then exchanges that shorten the way (2-opt).
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

EARTH_RADIUS_KM = 6371.0


@dataclass(frozen=True)
class Point:
    """A place on earth, in degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True)
class Stop:
    """A place to go to. ``point`` is None as long as nobody knows where it is."""

    key: Hashable
    point: Point | None = None
    district: str = ""
    late: bool = False


def make_point(latitude: float | None, longitude: float | None) -> Point | None:
    """Return a point, or None for coordinates that are missing or impossible.

    Both at zero means missing: this point lies in the ocean.
    """
    latitude, longitude = latitude or 0.0, longitude or 0.0
    if not (latitude or longitude) or abs(latitude) > 90 or abs(longitude) > 180:
        return None
    return Point(latitude, longitude)


def distance_km(one: Point, other: Point) -> float:
    """Return the great-circle distance between two points (haversine), in km."""
    rise = radians(other.latitude - one.latitude) / 2
    run = radians(other.longitude - one.longitude) / 2
    chord = (
        sin(rise) ** 2
        + cos(radians(one.latitude)) * cos(radians(other.latitude)) * sin(run) ** 2
    )
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(chord)))


def length_km(start: Point | None, points: Sequence[Point]) -> float:
    """Return the length of the way from ``start`` through all points."""
    way = [*([start] if start else []), *points]
    return sum(
        distance_km(one, other) for one, other in zip(way, way[1:], strict=False)
    )


def order_stops(start: Point | None, stops: Sequence[Stop]) -> list[Stop]:
    """Return the stops of a round in the order in which to make them.

    Districts with late stops come first, then the others, each time the nearest one;
    inside a district the late stops come first. Stops without coordinates are the last
    of their district, and districts without any coordinates the last of all, by name.
    """
    districts: dict[str, list[Stop]] = {}
    for stop in stops:
        districts.setdefault(stop.district.strip().casefold(), []).append(stop)
    ordered: list[Stop] = []
    position = start
    for late in (True, False):
        names = [
            name
            for name, members in districts.items()
            if any(stop.late for stop in members) == late
        ]
        for name in _order_districts(position, names, districts):
            for members in _split(districts[name]):
                chain = _order_district(position, members)
                ordered += chain
                position = _last_point(chain) or position
    return ordered


def _order_districts(
    position: Point | None, names: list[str], districts: dict[str, list[Stop]]
) -> list[str]:
    """Return district names by the distance of their middles, the unknown last."""
    middles = {name: _get_middle(districts[name]) for name in names}
    located = [name for name in sorted(names) if middles[name]]
    unknown = [name for name in sorted(names) if not middles[name]]
    return _order(position, located, lambda name: middles[name]) + unknown


def _order_district(position: Point | None, stops: list[Stop]) -> list[Stop]:
    """Return stops by distance from the previous one, the unknown last."""
    located = [stop for stop in stops if stop.point]
    unknown = [stop for stop in stops if not stop.point]
    return _order(position, located, lambda stop: stop.point) + unknown


def _split(stops: list[Stop]) -> tuple[list[Stop], list[Stop]]:
    """Return the late stops and the others."""
    return (
        [stop for stop in stops if stop.late],
        [stop for stop in stops if not stop.late],
    )


def _get_middle(stops: list[Stop]) -> Point | None:
    points = [stop.point for stop in stops if stop.point]
    if not points:
        return None
    return Point(
        sum(point.latitude for point in points) / len(points),
        sum(point.longitude for point in points) / len(points),
    )


def _last_point(stops: list[Stop]) -> Point | None:
    return next((stop.point for stop in reversed(stops) if stop.point), None)


def _order(start: Point | None, items: list, locate: Callable) -> list:
    """Return items so that the way through their points is short."""
    return _shorten(start, _chain(start, items, locate), locate)


def _chain(start: Point | None, items: list, locate: Callable) -> list:
    """Return items, each the nearest to the one before it."""
    left = list(items)
    chained = []
    position = start
    while left:
        nearest = left[0]
        if position:
            nearest = min(left, key=lambda item: distance_km(position, locate(item)))
        left.remove(nearest)
        chained.append(nearest)
        position = locate(nearest)
    return chained


def _shorten(start: Point | None, items: list, locate: Callable) -> list:
    """Turn parts of the way round as long as it becomes shorter (2-opt)."""
    shorter = True
    while shorter:
        shorter = False
        for first in range(len(items) - 1):
            for last in range(first + 1, len(items)):
                if _gain(start, items, locate, first, last) > 1e-9:
                    items[first : last + 1] = items[first : last + 1][::-1]
                    shorter = True
    return items


def _gain(start, items: list, locate: Callable, first: int, last: int) -> float:
    """Return by how much turning ``items[first:last + 1]`` round shortens the way."""
    before = locate(items[first - 1]) if first else start
    after = locate(items[last + 1]) if last + 1 < len(items) else None
    head, tail = locate(items[first]), locate(items[last])
    gain = 0.0
    if before:
        gain += distance_km(before, head) - distance_km(before, tail)
    if after:
        gain += distance_km(tail, after) - distance_km(head, after)
    return gain
