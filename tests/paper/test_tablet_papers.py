"""Papers that go with tablets: each on its page with the longest texts, in the words of the screen, with no secret."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml

from provision.appset.model import App
from provision.paper.render import render_png
from provision.report.labels import describe_tablet_labels
from provision.report.slot_labels import LabelForm
from provision.report.tablet_papers import describe_patient_card, describe_ward_sheet
from provision.site.model import Site
from provision.texts.catalogue import catalogue
from provision.texts.language import Language
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
