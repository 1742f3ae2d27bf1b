"""Names in free text: plain functions, no ORM."""

import re
import unicodedata

# A shorter name would be found in almost any text.
SHORTEST_NAME = 4
SHORTEST_NUMBER = 8


def normalise(text: str | None) -> str:
    """Return the words of ``text`` without accents, case or punctuation."""
    plain = unicodedata.normalize("NFKD", text or "")
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return " ".join(re.findall(r"[a-z0-9]+", plain.lower()))


def is_named(name: str, text: str) -> bool:
    """Return whether ``text`` contains the whole words of ``name``.

    Both are normalised. A name too short to mean anything is never found.
    """
    return len(name) >= SHORTEST_NAME and f" {name} " in f" {text} "


def is_numbered(number: str, text: str) -> bool:
    """Return whether ``text`` contains an account number, however it is spaced.

    Both are normalised.
    """
    digits = number.replace(" ", "")
    return len(digits) >= SHORTEST_NUMBER and digits in text.replace(" ", "")
