"""The two scanners that files people write are read with: the fast one must see what the other sees."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import yaml

from provision.config.nodes import _SCANNED_OTHERWISE, _FastLoader, _Loader
from tests.case_files import read_cases

ROOT = Path(__file__).parents[1]
SYNTAX = read_cases(Path(__file__).parent / "cases/config/syntax.yaml")
MODELS = sorted((ROOT / "device_profiles").rglob("*.yaml"))[::12]
TEXTS = [case["text"] for case in SYNTAX if "text" in case] + [file.read_text("utf-8") for file in MODELS]
MARKS = [
    *"-:[]{},#&*!|>'\"%@`~ \n\r\x07\u00e9",
    ": ",
    "- ",
    "\n\n",
    "\r\n",
    "---\n",
    "...\n",
    "<<: ",
    "|2\n",
    ">+\n",
    "!!int ",
    "&a ",
    "*a",
]


def shape(node: yaml.Node | None) -> object:
    """A node tree with the places of its parts; of a value that is not there (`{key: }`) only its line."""
    if node is None:
        return None
    place = (node.start_mark.line, node.start_mark.column, node.start_mark.index)
    if isinstance(node, yaml.ScalarNode) and not node.value and not node.style:
        return place[0], node.tag
    if isinstance(node, yaml.ScalarNode):
        return place, node.end_mark.index, node.tag, node.value
    if isinstance(node, yaml.SequenceNode):
        return place, [shape(item) for item in node.value]
    return place, [(shape(key), shape(value)) for key, value in node.value]


@pytest.mark.skipif(not yaml.__with_libyaml__, reason="this PyYAML has no libyaml")
def test_what_the_fast_scanner_reads_the_other_reads_alike() -> None:
    assert sum(map(read_alike, TEXTS)) > len(MODELS) / 2


@pytest.mark.later
@pytest.mark.skipif(not yaml.__with_libyaml__, reason="this PyYAML has no libyaml")
def test_spoilt_files_are_read_alike_or_by_the_other_scanner() -> None:
    dice = random.Random(0)  # noqa: S311 # no secret
    assert sum(read_alike(spoil(dice.choice(TEXTS), dice)) for _ in range(6000)) > 500


def spoil(text: str, dice: random.Random) -> str:
    """Some marks of YAML, or other characters, put at some places of a text or instead of some of its own."""
    for _ in range(dice.randrange(1, 4)):
        place, taken = dice.randrange(len(text) + 1), dice.choice((0, 0, 1, 3))
        text = text[:place] + dice.choice(MARKS) + text[place + taken :]
    return text


def read_alike(text: str) -> bool:
    """See that what the fast scanner reads the other reads alike. What it refuses the other decides."""
    if _SCANNED_OTHERWISE.search(text):
        return False
    try:
        seen = shape(_FastLoader(text).get_single_node())
    except yaml.YAMLError:
        return False
    assert seen == shape(_Loader(text).get_single_node()), text
    return True
