"""Papers that go with tablets: each on its page with the longest texts, in the words of the screen, with no secret."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from provision.appset.model import App
from provision.paper.render import render_png
from provision.profiles.schema import Keys, Mark
from provision.register.lives import TabletLife
from provision.register.moves import Life
from provision.register.room_audit import Place, RoomAudit
from provision.report.hotline_card import describe_hotline_card
from provision.report.labels import describe_tablet_labels
from provision.report.return_sheet import describe_return_sheet
from provision.report.room_audit import describe_audit
from provision.report.slot_labels import LabelForm
from provision.report.tablet_papers import describe_patient_card, describe_ward_sheet
from provision.site.model import Site
from provision.terms import HomeKind
from provision.texts.catalogue import catalogue
from provision.texts.language import Language
from provision.wipes.statements import WipeEnd, WipeOrder, WipeOutcome
from tests.factories import make_app, make_site

KEY = "0f3a5c7e9b1d2f40" * 4
LONG = "Établissement public de santé mentale Marguerite d’Outre-Seine, site de Vexin No"
RESOURCES = Path(__file__).parents[2] / "apks/agent/res"
OWN_WORDS = yaml.safe_load((Path(__file__).parents[1] / "cases/paper/own_words.yaml").read_text())
WARDS = {"cardio-2": {"name": "Cardiologie 2", "hotline": "4242", "colour": "green"}, "geronto": {"name": "G"}}
SITE = make_site(name="CHU Exemple", kiosk={"hotline": "0000"}, wards=WARDS)
STAFFED = SITE.model_copy(update={"kiosk": SITE.kiosk.model_copy(update={"staff": "a PIN"})})


def make_long(**changes: object) -> Site:
    """The site with texts as long as site.yaml takes them."""
    ward = SITE.wards["cardio-2"].model_copy(update={"name": "W" * 20, "hotline": "9" * 60})
    kiosk = STAFFED.kiosk.model_copy(update={"hotline": "W " * 40, "place": LONG[:38]})
    return SITE.model_copy(update={"name": LONG, "kiosk": kiosk, "wards": {"cardio-2": ward}, **changes})


def call_app(label: str, **labels: str) -> App:
    return make_app(label=label, calls=True, labels=labels)


def list_texts(value: Any) -> list[str]:  # noqa: ANN401 - data of a template are of any kind
    if isinstance(value, str):
        return [value.replace("\xa0", " ").replace("\u202f", " ")]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for each in inner for text in list_texts(each)]


def read_screen(language: Language) -> set[str]:
    """Every text of the tablet's own screens."""
    folder = RESOURCES / ("values" if language is Language.EN else f"values-{language}")
    names = [ET.parse(file).getroot() for file in folder.glob("*.xml")]  # noqa: S314 - our own files
    return {(text.text or "").replace("\\'", "’").replace("\\’", "’") for root in names for text in root}


@pytest.mark.parametrize("form", LabelForm)
def test_labels_of_long_names_stay_on_their_labels(form: LabelForm) -> None:
    numbers = ["CARDIOLO-12345678", "A-0001"]
    data = describe_tablet_labels(make_long(), KEY, dict.fromkeys(numbers), form, Language.FR)
    assert len(render_png("labels", data, dpi=40)) == (1 if form is LabelForm.A4 else 2)


@pytest.mark.parametrize("ward", [None, "cardio-2"])
@pytest.mark.parametrize("apps", [[], [call_app("Visio")], [call_app("W" * 40), call_app("M" * 40)]])
def test_the_card_has_a_side_a_language(ward: str | None, apps: list[App]) -> None:
    site = make_long()
    data = describe_patient_card(site, apps, site.wards[ward] if ward else None)
    assert len(render_png("patient-card", data, dpi=40)) == 2


def test_the_card_names_apps_as_their_tiles_do() -> None:
    french, english = describe_patient_card(SITE, [call_app("Visio", fr="Voir", en="See")], None)["sides"]  # type: ignore[misc]
    assert "« Voir »" in list_texts(french["steps"])[1]
    assert "“See”" in english["steps"][1]


def test_a_ward_sheet_has_every_tablet() -> None:
    numbers = [f"A-{number:04d}" for number in range(60)]
    data = describe_ward_sheet(make_long(), "cardio-2", numbers, Language.FR)
    assert data["numbers"] == numbers
    assert len(render_png("ward-sheet", data, dpi=40)) <= 4


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("site", [SITE, STAFFED])
def test_papers_quote_the_screen_in_its_own_words(site: Site, language: Language) -> None:
    """What stands between quotation marks on the ward's sheet is a key of the tablet's screen."""
    texts = list_texts(describe_ward_sheet(site, "cardio-2", [], language))
    quoted = {found for text in texts for found in re.findall(r"[“«] ?([^”»]+?) ?[”»]", text)}
    assert quoted
    assert quoted <= read_screen(language)


def test_the_ways_of_staff_need_a_code_of_the_ward() -> None:
    """Without a PIN in site.yaml the screen has no staff menu, and the sheet tells of none."""
    assert "Erase all" in str(describe_ward_sheet(STAFFED, "cardio-2", [], Language.EN))
    assert "Erase all" not in str(describe_ward_sheet(SITE, "cardio-2", [], Language.EN))


def list_words(texts: Iterable[str]) -> set[str]:
    """Their words in small letters, without places for values."""
    return {word for text in texts for word in re.findall(r"[^\W\d_]+", re.sub(r"{\w+}", "", text).lower())}


@pytest.mark.parametrize("language", Language)
def test_papers_and_screens_have_one_word_for_one_thing(language: Language) -> None:
    """A word of a paper is on the tablet's screens, or in the list of what paper alone speaks of."""
    rooms = ("paper.card.", "paper.ward.", "paper.tablets.")
    papers = [texts[language] for key, texts in catalogue().items() if key.startswith(rooms)]
    own = list_words(papers) - list_words(read_screen(language))
    assert own == set(OWN_WORDS[language].split())


LIFE = TabletLife("A-0009", Life.DEPLOYED, ward="Cardiologie 2", room="12", maker="samsung", model="SM-T510")


@pytest.mark.parametrize(("keys", "has_menu"), [("Hold power", True), ("Hold power; choose Wipe data", False)])
def test_the_hotline_asks_who_calls_before_any_answer(keys: str, has_menu: bool) -> None:  # noqa: FBT001
    site, known = make_long(), Keys(en=keys, fr=keys, mark=Mark.REPORTED, source="x")
    card: Any = describe_hotline_card(site, KEY, LIFE, site.wards["cardio-2"], known, "2026-01-02", Language.EN)
    told = [one["head"] for one in card["helps"]]
    assert told.index("Before any answer: who calls?") < told.index("Open it by telephone")
    assert [one["write"] for one in card["helps"]].count("Ring back:") == 1
    assert ("Reboot system now" in card["keys"]["how"], keys in card["keys"]["how"]) == (has_menu, True)
    assert len(render_png("hotline-card", {"title": "x", "language": "en", "cards": [card]}, dpi=40)) == 1


@pytest.mark.parametrize("kind", HomeKind)
@pytest.mark.parametrize("language", Language)
def test_the_owner_of_a_tablet_reads_plain_words(kind: HomeKind, language: Language) -> None:
    who = ("samsung", "SM-T510", "R52N123", "a" * 64, "")
    order = WipeOrder(kind, "A-0009", *who, "tech", "asked back", "2026-03-04T05:06:07Z")
    end = WipeEnd(WipeOutcome.SEEN, "tech", "2026-03-05T05:06:07Z", ())
    sheet: Any = describe_return_sheet(SITE, order, end, language)
    assert (sheet["contact"][1], "NIST" in str(sheet["parts"])) == ("", False)  # 0000 is nobody's number
    assert (sheet["training"] != "") == (kind is HomeKind.TRAINING)


def test_what_nobody_knows_comes_from_nowhere() -> None:
    audit = RoomAudit(Place("Cardiologie 2", "cardio-2"), (LIFE,), (), (), ("Z-0009",), {})
    sheet: Any = describe_audit(audit, SITE, datetime(2026, 1, 2, tzinfo=UTC), Language.FR)
    told = {part["head"]: [row[0] for row in part["rows"]] for part in sheet["parts"] if part["rows"]}
    assert told == {"Inconnues de l’inventaire (1)": ["Z-0009"], "Présentes (1)": ["A-0009"]}
    assert ("chambre 12" in str(sheet["parts"]), "4242" in sheet["hotline"]) == (True, True)
