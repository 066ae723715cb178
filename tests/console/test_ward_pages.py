"""Wards and exports at the console."""

from __future__ import annotations

import io
import json
import zipfile

from sqlalchemy import Connection

from provision.register.sql.merging import keep_writer
from provision.register.sql.ward_rows import keep_wards
from provision.site.wards import Ward
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


def edit(house: House, name: str, old: str, new: str) -> None:
    file = house.console.home.path / name
    file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")


def test_wards_are_those_of_the_files_at_this_moment(house: House) -> None:
    browser = house.open(Role.WARD)
    edit(house, "site.yaml", "wards:\n", "wards:\n  new-1: {name: Neurologie}\n")
    assert "Neurologie" in read_words(browser.get("/wards"))
    assert browser.send("/wards/new-1/audit", {"labels": "A-0003"}).status_code == 200
    edit(house, "site.yaml", "name: Neurologie", "nom: Neurologie")
    assert (browser.get("/wards").status_code, "provision check" in browser.get("/wards").text) == (503, True)
    edit(house, "site.yaml", "  new-1: {nom: Neurologie}\n", "")
    assert "Neurologie" not in read_words(browser.get("/wards"))


def test_wards_of_the_other_benches_are_there_too(house: House) -> None:
    def tell(connection: Connection) -> None:
        keep_writer(connection, "other/1", "other")
        keep_wards(connection, "other/1", "other", {"far-1": Ward(name="Rhumatologie")})

    house.console.register.local.write(tell)
    shares = "register: {url: postgresql://bench@127.0.0.1:1/house}\n"
    file = house.console.home.path / "bench.yaml"
    own = file.read_text("utf-8")
    file.write_text(f"{own}\n{shares}", "utf-8")
    words = read_words(house.open(Role.WARD).get("/wards"))
    file.write_text(own, "utf-8")
    assert ("Rhumatologie" in words, "Cardiologie 2" in words) == (True, True)


def test_a_look_with_too_many_lines_is_taken_not_at_all(house: House) -> None:
    before = b"".join(house.console.register.dump())
    labels = "A-0001\n" * 1001
    sent = house.open(Role.WARD).send("/wards/cardio-2/audit", {"labels": labels})
    assert (sent.status_code, "More than 1000 lines" in sent.text, labels.strip() in sent.text) == (422, True, True)
    assert b"".join(house.console.register.dump()) == before
