"""Wards and exports at the console."""

from __future__ import annotations

import io
import json
import zipfile

from provision.state.wards import Role
from tests.console.console_bed import House, read_words
from tests.exports.test_glpi import judge


def test_a_look_through_a_ward_is_told_and_kept(house: House) -> None:
    browser = house.open(Role.WARD)
    foreign = "provision:tablet/ffffffffffffffff/A-0001/Another"
    sent = browser.send("/wards/cardio-2/audit", {"labels": f"a-2\r\nA-0002\r\n{foreign}\r\nhello\r\nZ-0009"})
    words = read_words(sent)
    assert sent.status_code == 200
    assert [each in words for each in ("from elsewhere", "A-0002: belongs", "Z-0009: the register", "hospital: 2")] == (
        [True] * 4
    )
    assert "seen when the ward Cardiologie 2 was looked through" in read_words(browser.get("/tablets/A-0002"))


def test_nothing_scanned_and_no_such_ward_keep_nothing(house: House) -> None:
    browser = house.open(Role.WARD)
    before = b"".join(house.console.register.dump())
    assert browser.send("/wards/cardio-2/audit", {"labels": "hello"}).status_code == 422
    assert browser.send("/wards/nowhere/audit", {"labels": "A-0001"}).status_code == 404
    assert browser.get("/wards/nowhere/sheet").status_code == 404
    assert b"".join(house.console.register.dump()) == before


def test_files_are_given_as_files(house: House) -> None:
    browser = house.open(Role.TECHNICIAN)
    sheet, table, packed = (browser.get(each) for each in ("/wards/cardio-2/sheet", "/exports/csv", "/exports/glpi"))
    assert [each.headers["content-disposition"] for each in (sheet, table, packed)] == [
        f'attachment; filename="{name}"' for name in ("ward-cardio-2.pdf", "tablets.csv", "glpi.zip")
    ]
    assert (sheet.content[:5], table.content[:3]) == (b"%PDF-", b"\xef\xbb\xbf")
    with zipfile.ZipFile(io.BytesIO(packed.content)) as files:
        names = files.namelist()
        for name in names:
            judge(json.loads(files.read(name)))
    assert "A-0001.json" in names
    assert browser.get("/exports/glpi").content == packed.content
