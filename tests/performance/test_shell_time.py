"""What old tablets pay for each Java start: calls of `pm` and `settings` in one whole run, at 300 ms each.

`cmd` is a native program on every release that has it (reference, packages document 3.1) and is not counted.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest
from factories import make_app, make_site

from provision.apply import Limits, Performer
from provision.appset.model import App, AppSet
from provision.phases import Changes, Work
from provision.plan import Want
from provision.secret import Secret
from provision.transport import Answer
from tests.upload_link import UploadLink
from tests.virtual.android.apk_maker import Recipe, make_apk
from tests.virtual.android.bench import Bench, model_for

CALL_SECONDS, MOST_SECONDS, APPS = 0.3, 15.0, 6
SLOW = re.compile(r"(?:^|; )(?:pm|settings)(?= )")
LIMITS = Limits(facts=60, step=60, package=60, boot=60)


class CountingLink(UploadLink):
    """Counts the calls that start Java on an old tablet."""

    slow = 0

    def shell(self, line: str, *, seconds: float, merged: bool = False) -> Answer:
        self.slow += len(SLOW.findall(line))
        return super().shell(line, seconds=seconds, merged=merged)

    def feed(self, line: str, source: BinaryIO, size: int, *, seconds: float) -> Answer:
        self.slow += len(SLOW.findall(line))
        return super().feed(line, source, size, seconds=seconds)


def _make_apps(folder: Path) -> Iterator[App]:
    for number in range(APPS):
        raw, file = make_apk(Recipe(package=f"org.example.app{number}")), folder / f"{number}.apk"
        file.write_bytes(raw)
        digest = hashlib.sha256(raw).hexdigest()
        yield make_app(f"org.example.app{number}", path=file, size=len(raw), sha256=digest, version_code=1)


@pytest.mark.parametrize("api", [22, 23, 28, 34])
def test_a_whole_run_stays_short_where_each_java_start_costs(api: int, tmp_path: Path) -> None:
    (tmp_path / "tablet").mkdir()
    link = CountingLink(Bench(tmp_path / "tablet", model_for(api)))
    appset = AppSet(tuple(_make_apps(tmp_path)), "0" * 64)
    want = Want(make_site(), appset, is_tablet=True)
    work = Work(link, want, LIMITS, Performer(link, LIMITS, lambda: Secret(b"a passphrase")))
    first = work.read()
    assert len([step for step in first.plan.all_steps if step.control == "apps.present"]) == APPS
    last = work.carry_out(first, Changes(), lambda *_: None)
    assert next(each for each in last.plan.decisions if each.control == "apps.present").holds
    run = link.slow
    work.read()
    figure = f"API {api}: {run} calls, {run * CALL_SECONDS:.1f} s; a done tablet: {link.slow - run} calls"
    print(f"\n{figure}")  # noqa: T201 - what this is run for
    assert run * CALL_SECONDS <= MOST_SECONDS
