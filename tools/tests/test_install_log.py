"""Which lines of an installation's log are held against the addon."""

from pathlib import Path

from workbench.install_log import offences

ROOT = Path("/home/someone/recouvrement")
STAMP = "2026-01-02 03:04:05,678 42"


def log(*lines):
    """A log of these records."""
    return "\n".join(f"{STAMP} {line}" for line in lines)


def test_a_warning_of_ours_counts():
    found = offences(log("WARNING db odoo.addons.nest_recouvrement: no"), ROOT)
    assert found == ["WARNING odoo.addons.nest_recouvrement: no"]


def test_a_warning_about_us_in_a_later_line_counts():
    text = log("WARNING db odoo.tools.convert: trouble") + "\nin recouvrement.dossier"
    assert len(offences(text, ROOT)) == 1


def test_a_warning_of_others_does_not():
    assert not offences(log("WARNING db odoo.addons.account: hm"), ROOT)


def test_the_clone_may_be_named_like_the_addon():
    assert not offences(log(f"WARNING db odoo.config: {ROOT}/addons is empty"), ROOT)


def test_an_error_counts_whoever_logged_it():
    assert (
        len(offences(log("ERROR db odoo.registry: failed", "INFO db x: y"), ROOT)) == 1
    )


def test_information_does_not():
    assert not offences(log("INFO db odoo.addons.nest_recouvrement: loaded"), ROOT)
