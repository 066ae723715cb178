"""Manifests as the releases' own parsers are asked about them: the asked part of tests/vectors/android/manifests.json.

python -m tests.appset.parser_table      write it anew from tests/cases/appset/manifests.yaml; the answers come
                                         from scripts/test_agent --services --classes ManifestParserTest --write-answers
"""

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests/appset")]

from compiled_xml import compile_manifest  # noqa: E402 # as tests find it

from tests.case_files import read_cases  # noqa: E402

TABLE = ROOT / "tests/vectors/android/manifests.json"
CASES: list[dict[str, Any]] = read_cases(ROOT / "tests/cases/appset/manifests.yaml")


def compile_case(case: dict[str, Any]) -> bytes:
    """The manifest of one case."""
    parts = {name: case[name] for name in ("body", "top", "sdk") if name in case}
    return compile_manifest(**parts, utf8=True)


def list_asked() -> list[dict[str, str]]:
    """Each case with its manifest in base64."""
    return [{"line": case["name"], "manifest": base64.b64encode(compile_case(case)).decode()} for case in CASES]


def main() -> None:
    """Write the table, its answers as they were."""
    old = json.loads(TABLE.read_text("utf-8")) if TABLE.exists() else {"about": "", "answers": {}}
    TABLE.write_text(json.dumps(old | {"cases": list_asked()}), "utf-8")


if __name__ == "__main__":
    main()
