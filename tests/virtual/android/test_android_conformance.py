"""Every line of tests/cases/virtual/android: a call, the release, and what the reference says it answers.

Fields of a case: `what` (a sentence), `ref` and `mark` (where the reference says so), `api` (one or
several), `given` (edits of a hand), `answers` and `patch` (model options), `files` (APK fixtures by
path), `before` (calls made first), `wait` (seconds), `run` (the call), `feed` (fixture on standard
input), `model` (fields of the model file to replace), `reboot` (after the calls made first, to the
end of the boot), then the expectation: `out`, `err` exact, `out_has`, `err_has`, `out_lacks`
(lists), `status`, `effect` (on the link), `then` (a later call -> what its output holds; `~` for:
prints nothing at all) and `then_lacks` (a later call -> what its output does not hold).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.virtual.android.apk_maker import apk
from tests.virtual.android.bench import Bench, model_for

CASES = Path(__file__).resolve().parents[2] / "cases" / "virtual" / "android"
FIELDS = frozenset({
    "what", "ref", "mark", "api", "given", "answers", "patch", "files", "before", "wait", "run", "feed",
    "out", "err", "out_has", "err_has", "out_lacks", "status", "then",
    "model", "reboot", "effect", "then_lacks",
})  # fmt: skip


def cases() -> Iterator[Any]:
    for path in sorted(CASES.glob("*.yaml")):
        for case in yaml.safe_load(path.read_text("utf-8")):
            assert set(case) <= FIELDS, f"{path.name}: {case['what']}: {set(case) - FIELDS}"
            assert {"what", "ref", "mark", "api", "run"} <= set(case), f"{path.name}: {case}"
            apis = case["api"] if isinstance(case["api"], list) else [case["api"]]
            for api in apis:
                yield pytest.param(case, api, id=f"{path.stem}-{api}-{case['what']}")


@pytest.mark.parametrize(("case", "api"), list(cases()))
def test_a_call_answers_as_the_reference_says(case: dict[str, Any], api: int, tmp_path: Path) -> None:
    model = model_for(api, case.get("answers"), case.get("patch"))
    bench = Bench(tmp_path, model.model_copy(update=case.get("model", {})))
    for path, name in case.get("files", {}).items():
        bench.tablet.write_file(path, apk(name), 0o644)
    for line in case.get("given", []):
        bench.edit(line)
    for line in case.get("before", []):
        assert bench.run(line).status == 0, line
    if case.get("reboot"):
        bench.clock.advance(bench.tablet.reboot("") + model.timing.boot)
    bench.clock.advance(case.get("wait", 0))
    stdin = apk(case["feed"]) if "feed" in case else b""
    reply = bench.run(case["run"].replace("{size}", str(len(stdin))), stdin)
    if "out" in case:
        assert reply.out == case["out"]
    if "err" in case:
        assert reply.err == case["err"]
    assert all(text in reply.out for text in case.get("out_has", [])), reply.out
    assert all(text in reply.err for text in case.get("err_has", [])), reply.err
    assert not any(text in reply.out for text in case.get("out_lacks", [])), reply.out
    if "status" in case:
        assert reply.status == case["status"]
    if "effect" in case:
        assert reply.effect == case["effect"]
    check_afterwards(bench, case)


def check_afterwards(bench: Bench, case: dict[str, Any]) -> None:
    for line, wanted in case.get("then", {}).items():
        later = bench.run(line)
        if wanted is None:
            assert later.out == "", line
        else:
            assert str(wanted) in later.out, f"{line}: {later.out}"
    for line, unwanted in case.get("then_lacks", {}).items():
        later = bench.run(line)
        assert later.status == 0, line
        assert unwanted not in later.out, f"{line}: {later.out}"
