"""Calendar arithmetic of the follow-up: plain functions, no ORM."""

from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

SATURDAY = 5


def day_in_timezone(moment: datetime, tz_name: str | None) -> date:
    """Return the calendar day of a naive UTC ``moment`` in the timezone ``tz_name``.

    An unknown or missing timezone counts as UTC.
    """
    try:
        zone = ZoneInfo(tz_name) if tz_name else timezone.utc
    except ZoneInfoNotFoundError:
        zone = timezone.utc
    return moment.replace(tzinfo=timezone.utc).astimezone(zone).date()


def add_working_days(start: date, days: int) -> date:
    """Return the day that is ``days`` working days (Monday to Friday) after ``start``.

    With ``days`` at zero: ``start`` itself, or the Monday after if it is a weekend.
    """
    current = start
    while current.weekday() >= SATURDAY:
        current += timedelta(days=1)
    for _step in range(days):
        current += timedelta(days=1)
        while current.weekday() >= SATURDAY:
            current += timedelta(days=1)
    return current
