"""The two scanners that files people write are read with: the fast one must see what the other sees."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from provision.config.nodes import _SCANNED_ALIKE, _FastLoader, _Loader
from tests.case_files import read_cases

ROOT = Path(__file__).parents[1]
SYNTAX = read_cases(Path(__file__).parent / "cases/config/syntax.yaml")
MODELS = sorted((ROOT / "device_profiles").rglob("*.yaml"))[::12]
TEXTS = [case["text"] for case in SYNTAX if "text" in case] + [file.read_text("utf-8") for file in MODELS]


def shape(node: yaml.Node | None) -> object:
    """A node tree with the places of its parts."""
    if node is None:
        return None
    place = (node.start_mark.line, node.start_mark.column, node.start_mark.index)
    if isinstance(node, yaml.ScalarNode):
        return place, node.end_mark.index, node.tag, node.value
    if isinstance(node, yaml.SequenceNode):
        return place, [shape(item) for item in node.value]
    return place, [(shape(key), shape(value)) for key, value in node.value]


@pytest.mark.skipif(not yaml.__with_libyaml__, reason="this PyYAML has no libyaml")
def test_what_the_fast_scanner_reads_the_other_reads_alike() -> None:
    read = 0
    for text in filter(_SCANNED_ALIKE.match, TEXTS):
        try:
            seen = shape(_FastLoader(text).get_single_node())
        except yaml.YAMLError:  # then the other one is asked
            continue
        assert seen == shape(_Loader(text).get_single_node()), text
        read += 1
    assert read > len(MODELS) / 2
