"""Dates as letters write them."""

from odoo.tools import format_date


def format_long_date(env, day, lang_code):
    """Return a day written out: 18 March 2026, 18 mars 2026, 1er avril 2026.

    :param str lang_code: language of the reader
    """
    if not day:
        return ""
    written = format_date(env, day, lang_code=lang_code, date_format="d MMMM y")
    if day.day == 1 and (lang_code or "").startswith("fr"):
        return f"1er{written[1:]}"
    return written
