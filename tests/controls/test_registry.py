"""Every control has all its parts; one that lacks some fails by its name."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml
from control_cases import FOLDER

from provision.agent.rows import AGENT_CONTROLS
from provision.controls.registry import ATTACKED, BY_SHELL, CONTROLS, SPECS, THROUGH_AGENT
from provision.controls.spec import ControlSpec
from provision.facts.collect import Facts
from provision.home.create import Details, create_home
from provision.site.model import list_settings
from provision.terms import Control, HomeKind
from provision.texts.catalogue import Language, catalogue
from tests.case_files import read_cases

PACKAGE = Path(str(resources.files("provision")))


def stem(control: Control) -> str:
    return control.replace(".", "_")


def cases(control: Control) -> list[dict[str, Any]]:
    return list(read_cases(FOLDER / f"{stem(control)}.yaml"))


@cache
def new_site(language: Language) -> Mapping[str, Any]:
    """The `site.yaml` of a new home."""
    with TemporaryDirectory() as folder:
        create_home(Path(folder) / "home", HomeKind.TRAINING, details=Details(language=language))
        text = (Path(folder) / "home/site.yaml").read_text("utf-8")
    return dict(yaml.load(text, yaml.BaseLoader))  # noqa: S506 # strings only: `on` is a key here


def missing_parts(spec: ControlSpec) -> Iterator[str]:
    """What a control lacks, in words that say what to add."""
    name, texts = stem(spec.control), catalogue()
    files = (f"provision/controls/{name}.py", f"tests/cases/controls/{name}.yaml")
    yield from (file for file in files if not (PACKAGE.parent / file).exists())
    keys = (f"control.{spec.control}", f"plan.open.{spec.control}", *(f"plan.why.{why}" for why in spec.whys))
    yield from (f"the text {key}" for key in keys if key not in texts)
    attacked, through_agent = bool(spec.attempts or spec.gaps), spec.compare is not None
    required = {
        "attempts, gaps, or why there are none (unproved)": attacked or spec.unproved,
        "a place in ATTACKED": not attacked or spec in ATTACKED,
        "rows in apks/agent/capabilities.json": not through_agent or spec.control in AGENT_CONTROLS,
        "compare: an agent brings it about": through_agent or spec.control not in AGENT_CONTROLS,
        "members of the policy": not through_agent or spec.policy,
    }
    yield from (words for words, is_there in required.items() if not is_there)
    for setting, language in product(list_settings(spec.control), Language):
        if setting.key not in new_site(language).get(setting.section, {}):
            yield f"{setting.section}.{setting.key} in the site.yaml of a new home ({language})"
    yield from (f"a fact named {read}" for read in spec.reads if read not in Facts.__dataclass_fields__)


@pytest.mark.parametrize("control", Control)
def test_a_control_has_all_its_parts(control: Control) -> None:
    assert control in SPECS, f"{control}: no ControlSpec in provision/controls/registry.py"
    assert list(missing_parts(SPECS[control])) == []


def test_every_order_has_every_control_once() -> None:
    assert len(CONTROLS) == len(BY_SHELL) == len(SPECS) == len(Control)
    assert {spec.control for spec in BY_SHELL} == set(SPECS)
    assert THROUGH_AGENT == AGENT_CONTROLS


@pytest.mark.parametrize("control", Control)
def test_every_reason_a_control_can_give_is_met_by_a_case(control: Control) -> None:
    """A reason that several controls share is met by one of them."""
    met = {case["expect"]["why"] for each in Control for case in cases(each) if "expect" in case}
    assert set(SPECS[control].whys) <= met


@pytest.mark.parametrize("language", Language)
def test_the_catalogue_says_why_and_what_stays_open_for_all_and_nothing_else(language: Language) -> None:
    whys = {why for spec in CONTROLS for why in spec.whys}
    wanted = {f"plan.why.{why}" for why in whys} | {f"plan.open.{control}" for control in Control}
    texts = catalogue()
    assert {key for key in texts if key.startswith(("plan.why.", "plan.open."))} == wanted
    assert all(texts[key][language].endswith(".") and "{" not in texts[key][language] for key in wanted)


@pytest.mark.parametrize("control", Control)
def test_a_control_reads_the_facts_that_it_names(control: Control) -> None:
    tree = ast.parse((PACKAGE / "controls" / f"{stem(control)}.py").read_text("utf-8"))
    read = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "facts"
    }
    assert read <= set(SPECS[control].reads)


@pytest.mark.parametrize(
    ("control", "told"),
    [
        (Control.LOCATION_ON, ["location.on"]),
        (Control.KIOSK_LOCK_TASK, ["kiosk.lock_task"]),
        (Control.WIFI_OTHER_NETWORKS, ["wifi.other_networks: remove"]),
        (Control.SCREEN_TIMEOUT, []),
    ],
)
def test_a_setting_says_itself_which_control_it_asks_for(control: Control, told: list[str]) -> None:
    assert [str(one) for one in list_settings(control)] == told
