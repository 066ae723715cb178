"""Every line of tests/cases/virtual/android: a call, the release, and what the reference says it answers.

The quick suite takes one release of each case.

Fields of a case: `what` (a sentence), `ref` and `mark` (where the reference says so), `api` (one or
several; left out where `mark` gives each mark its releases), `by` (what decides a mark B: classes and methods
of Android, as `Class.method`), `given` (edits of a hand), `answers` (model options), `patch` (security patch
level), `model` (fields of the model file to replace), `files` (APK fixtures by path), `before` (calls made
first, each with status 0), `given_later` (edits after them), `reboot` (then, to the end of the boot), `wait`
(seconds), `run` (the call), `feed` (fixture on standard input), then the expectation: `out`, `err` exact, `out_has`,
`err_has`, `any_has` (either stream), `out_lacks` (lists), `matches` and `searches` (patterns of standard
output), `status`, `effect` (on the link), `then` (a later call -> what its output holds; `~` for: prints
nothing at all) and `then_lacks` (a later call -> what its output does not hold). In any text `{size}` is the
size of `feed`, `{session}` the number of the session made last, `{parent}` of the first, `{checksum}` what
Android prints for the fixtures' signer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from provision.virtual.android.apk import java_hash
from provision.virtual.android.contract import Reply
from tests.case_files import check_each, read_cases, sample
from tests.virtual.android.apk_maker import apk, certificate
from tests.virtual.android.bench import Bench, model_for
from tests.virtual.android.conformance_report import releases

CASES = Path(__file__).resolve().parents[2] / "cases" / "virtual" / "android"
FIELDS = frozenset({
    "what", "ref", "mark", "api", "by", "source", "given", "answers", "patch", "model", "files", "before",
    "given_later",
    "reboot", "wait", "run", "feed", "out", "err", "out_has", "err_has", "any_has", "out_lacks", "matches",
    "searches", "status", "effect", "then", "then_lacks",
})  # fmt: skip
SESSION = re.compile(r"created install session \[(\d+)\]")


def cases() -> Iterator[tuple[str, int, tuple[Any, ...]]]:
    for path in sorted(CASES.glob("*.yaml")):
        for case in read_cases(path):
            assert set(case) <= FIELDS, f"{path.name}: {case['what']}: {set(case) - FIELDS}"
            assert {"what", "ref", "mark", "run"} <= set(case), f"{path.name}: {case}"
            assert isinstance(case["mark"], dict) != ("api" in case), f"{path.name}: {case['what']}: releases twice"
            for api, _ in releases(case):
                yield f"{path.stem}-{case['what']}", api, (case, api)


@check_each(("case", "api"), sample(cases()), by=lambda name: name.split("-")[1])
def test_a_call_answers_as_the_reference_says(case: dict[str, Any], api: int, tmp_path: Path) -> None:
    model = model_for(api, case.get("answers"), case.get("patch"))
    bench = Bench(tmp_path, model.model_copy(update=case.get("model", {})))
    stdin = apk(case["feed"]) if "feed" in case else b""
    words = {"size": str(len(stdin)), "checksum": f"{java_hash(certificate('first')):x}"}
    for path, name in case.get("files", {}).items():
        bench.tablet.write_file(path, apk(name), 0o644)
    for line in case.get("given", []):
        bench.edit(line)
    for line in case.get("before", []):
        reply = bench.run(fill(line, words))
        assert reply.status == 0, f"{line}: {reply}"
        made = SESSION.search(reply.out)
        if made:
            words = {**words, "session": made[1], "parent": words.get("parent", made[1])}
    for line in case.get("given_later", []):
        bench.edit(line)
    if case.get("reboot"):
        bench.clock.advance(bench.tablet.reboot("") + model.timing.boot)
    bench.clock.advance(case.get("wait", 0))
    check(case, bench.run(fill(case["run"], words), stdin), words)
    check_afterwards(bench, case)


def fill(text: str, words: dict[str, str]) -> str:
    for word, value in words.items():
        text = text.replace(f"{{{word}}}", value)
    return text


def check(case: dict[str, Any], reply: Reply, words: dict[str, str]) -> None:
    both = reply.out + reply.err
    for field, said in (("out", reply.out), ("err", reply.err)):
        if field in case:
            assert said == fill(case[field], words), reply
    for field, said in (("out_has", reply.out), ("err_has", reply.err), ("any_has", both)):
        assert all(fill(text, words) in said for text in case.get(field, [])), f"{field}: {reply}"
    assert not any(fill(text, words) in reply.out for text in case.get("out_lacks", [])), reply.out
    assert re.fullmatch(case.get("matches", ".*"), reply.out, re.DOTALL), reply.out
    assert re.search(case.get("searches", ""), reply.out), reply.out
    if "status" in case:
        assert reply.status == case["status"], reply
    if "effect" in case:
        assert reply.effect == case["effect"], reply


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
