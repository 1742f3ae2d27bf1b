"""The French of the addon: complete, and merged without losing a translation."""

from pathlib import Path

import polib
from scripts.merge_translations import merge

ADDON = Path(__file__).parents[2] / "nest_recouvrement"


def catalogue(path, *entries):
    """A catalogue with (source, translation) entries."""
    po = polib.POFile()
    po.metadata = {"Content-Type": "text/plain; charset=utf-8"}
    po.extend(polib.POEntry(msgid=source, msgstr=text) for source, text in entries)
    po.save(str(path))
    return str(path)


def test_translations_are_kept_by_their_source(tmp_path):
    template = catalogue(tmp_path / "t.pot", ("Call", ""), ("Visit", ""), ("New", ""))
    french = catalogue(tmp_path / "fr.po", ("Visit", "Visite"), ("Gone", "Parti"))
    more = catalogue(tmp_path / "more.po", ("Call", "Appel"), ("Visit", "Autre"))
    assert merge(template, french, more) == ["New"]
    found = {entry.msgid: entry.msgstr for entry in polib.pofile(french)}
    assert found == {"Call": "Appel", "Visit": "Visite", "New": ""}


def test_french_is_complete():
    french = polib.pofile(str(ADDON / "i18n" / "fr.po"))
    assert [entry.msgid for entry in french if not entry.msgstr] == []


def test_french_has_the_terms_of_the_template():
    french = polib.pofile(str(ADDON / "i18n" / "fr.po"))
    template = polib.pofile(str(ADDON / "i18n" / "nest_recouvrement.pot"))
    assert {entry.msgid for entry in french} == {entry.msgid for entry in template}


def placeholders(text):
    """The named placeholders of a message, in no order."""
    return sorted(part.split(")")[0] for part in text.split("%(")[1:])


def test_french_keeps_the_placeholders():
    french = polib.pofile(str(ADDON / "i18n" / "fr.po"))
    changed = [
        entry.msgid
        for entry in french
        if placeholders(entry.msgstr) != placeholders(entry.msgid)
    ]
    assert changed == []
