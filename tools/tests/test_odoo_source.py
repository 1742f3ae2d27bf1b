"""Finding Odoo's source, and refusing another version."""

import pytest
from workbench.console import WorkbenchError
from workbench.odoo_source import read_source, read_version, relink


def make_source(folder, version="19, 0", account="odoo/addons"):
    """A folder that looks like an Odoo source."""
    (folder / "odoo").mkdir(parents=True)
    (folder / "odoo" / "release.py").write_text(
        f"FINAL = 'final'\nversion_info = ({version}, 0, FINAL, 0, '')\n"
    )
    (folder / account / "account").mkdir(parents=True)
    (folder / account / "account" / "__manifest__.py").write_text("{}")


def test_version_is_read_without_running_the_source(tmp_path):
    make_source(tmp_path)
    assert read_version(tmp_path / "odoo" / "release.py") == (19, 0)


def test_a_checkout_has_two_addons_folders(tmp_path):
    make_source(tmp_path, account="addons")
    source = read_source(tmp_path)
    assert source.parent == tmp_path
    assert source.addons == (tmp_path / "odoo" / "addons", tmp_path / "addons")


def test_an_installed_source_has_one(tmp_path):
    make_source(tmp_path / "usr/lib/python3/dist-packages")
    source = read_source(tmp_path)
    assert source.parent == tmp_path / "usr/lib/python3/dist-packages"
    assert source.addons == (source.parent / "odoo" / "addons",)


def test_another_version_is_refused_in_words(tmp_path):
    make_source(tmp_path, version="18, 0")
    with pytest.raises(WorkbenchError, match=r"is Odoo 18\.0.*Odoo 19\.0"):
        read_source(tmp_path)


def test_a_saas_version_is_refused(tmp_path):
    make_source(tmp_path, version="'saas~19', 1")
    with pytest.raises(WorkbenchError, match="is for Odoo 19"):
        read_source(tmp_path)


def test_a_folder_without_odoo_is_refused(tmp_path):
    with pytest.raises(WorkbenchError, match="holds no Odoo source"):
        read_source(tmp_path)


def test_links_are_made_to_lead_inside(tmp_path):
    target = tmp_path / "usr/share/fonts/font.ttf"
    target.parent.mkdir(parents=True)
    target.write_text("font")
    link = tmp_path / "usr/lib/odoo/font.ttf"
    link.parent.mkdir(parents=True)
    link.symlink_to("/usr/share/fonts/font.ttf")
    relink(tmp_path)
    assert not link.readlink().is_absolute()
    assert link.read_text() == "font"


def test_a_link_to_nowhere_is_reported(tmp_path):
    (tmp_path / "lost").symlink_to("/usr/share/nothing")
    with pytest.raises(WorkbenchError, match="lost -> /usr/share/nothing"):
        relink(tmp_path)


def test_a_renamed_font_takes_the_place_of_the_old_name(tmp_path):
    font = tmp_path / "usr/share/fonts/new/Inconsolata-Regular.otf"
    font.parent.mkdir(parents=True)
    font.write_text("font")
    (tmp_path / "link.otf").symlink_to("usr/share/fonts/old/Inconsolata.otf")
    relink(tmp_path)
    assert (tmp_path / "link.otf").read_text() == "font"
