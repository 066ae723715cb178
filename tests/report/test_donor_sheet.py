"""The donor's sheet: complete in both languages, its menus are the profiles', and its contact is the site's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from factories import make_site

from provision.paper.render import render_png
from provision.profiles.load import load_profiles
from provision.profiles.model import MatchedOn
from provision.report.donor_sheet import describe_sheet
from provision.texts.catalogue import Language
from tests.case_files import load_shipped


def describe(language: Language, **site: object) -> dict[str, Any]:
    return describe_sheet(make_site(**site), load_shipped(), language)


@pytest.mark.parametrize("language", Language)
def test_the_sheet_has_two_pages(language: Language) -> None:
    assert len(render_png("donor-sheet", describe(language), dpi=30)) == 2


def test_a_long_name_and_hotline_stay_on_them() -> None:
    long = describe(Language.FR, name="Centre hospitalier " * 4, kiosk={"hotline": "poste 4242, " * 6})
    assert len(render_png("donor-sheet", long, dpi=30)) == 2


def test_the_contact_is_the_sites_own() -> None:
    told = describe(Language.EN, name="CHU Exemple", kiosk={"hotline": "01 23 45"})
    assert told["contact"] == "Questions? CHU Exemple: 01 23 45"
    assert told["title"] == "Giving a tablet to CHU Exemple"


@pytest.mark.parametrize("language", Language)
def test_every_maker_with_menus_of_its_own_has_a_row_and_the_last_is_for_all_others(language: Language) -> None:
    profiles = load_shipped()
    makers = [each for each in profiles.known if each.matched_on is MatchedOn.VENDOR]
    own = {each.name for each in makers if each.origins["giving"] == each.file}
    rows = describe(language)["menus"]["rows"]
    assert {row[0].casefold() for row in rows[:-1]} == own
    assert profiles.common.giving is not None
    assert rows[-1][1].split(" › ") == list(getattr(profiles.common.giving.accounts, str(language)))


def test_what_a_donor_reads_changes_no_digest_of_a_profile(tmp_path: Path) -> None:
    """Records name the digest; a menu on paper decides nothing that a tablet gets."""
    path = "{en: [a, b], fr: [c, d]}"
    plain = "status: draft\n"
    (tmp_path / "common.yaml").write_text(plain)
    before = load_profiles(tmp_path).common
    (tmp_path / "common.yaml").write_text(f"{plain}giving: {{accounts: {path}, reset: {path}, mark: P, source: x}}\n")
    after = load_profiles(tmp_path).common
    assert after.giving != before.giving
    assert after.digest == before.digest
