"""Bring a catalogue up to date with its template: ``TEMPLATE CATALOGUE [MORE...]``.

Run by ``make i18n``. ``MORE`` are further catalogues to take missing translations from.
"""

import sys
from pathlib import Path

import polib

WIDTH = 78


def merge(template: str, catalogue: str, *more: str) -> list[str]:
    """Write ``catalogue`` with exactly the terms of ``template``.

    :return: the terms that have no translation yet
    """
    present = polib.pofile(catalogue, wrapwidth=WIDTH)
    known = {}
    for path in reversed((catalogue, *more)):
        known |= {
            entry.msgid: entry.msgstr for entry in polib.pofile(path) if entry.msgstr
        }
    result = polib.pofile(template, wrapwidth=WIDTH)
    result.metadata = present.metadata
    result.header = present.header
    for entry in result:
        entry.msgstr = known.get(entry.msgid, "")
    result.save(catalogue)
    return [entry.msgid for entry in result if not entry.msgstr]


if __name__ == "__main__":
    missing = merge(*sys.argv[1:])
    for term in missing:
        sys.stdout.write(f"no translation: {term[:100]!r}\n")
    sys.stdout.write(f"{Path(sys.argv[2]).name}: {len(missing)} terms to translate\n")
    sys.exit(1 if missing else 0)
