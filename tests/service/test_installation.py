"""The files of a service in a tree that no systemd runs from."""

from __future__ import annotations

from pathlib import Path

from provision.service.installation import Places, install_unit, make_account, remove


def test_what_was_installed_is_removed(tmp_path: Path) -> None:
    places = Places(tmp_path, calls=False)
    assert make_account(places, "u provision\n") is None
    assert install_unit(places, "[Unit]\n") is None
    assert places.unit.read_text() == "[Unit]\n"
    assert places.account.read_text() == "u provision\n"
    assert remove(places) is None
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == []
    assert remove(places) is None, "a second time changes nothing"
