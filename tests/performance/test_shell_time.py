"""What old tablets pay for each Java start: the commands of one whole run, at 300 ms for each `pm` and `settings`.

On both roads, from the first answer to the record, with everything identity asks. `-s` shows the figures, and the
commands by their number. By plain shell `cmd package` counts, too, although it is native on every release that has it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from provision.terms import Outcome
from tests.performance.whole_run import JAVA, JAVA_SECONDS, Bed, Costs

MOST_SECONDS, MOST_HELLO = 15.0, 12
LATER = {api: pytest.param(api, marks=pytest.mark.later) for api in (22, 23, 28)}


def _describe(api: int, road: str, run: Costs, done: Costs) -> str:
    counted = [(costs.count("pm", "settings"), costs.count(*JAVA), costs.count("cmd package")) for costs in (run, done)]
    rows = (f"{few} pm and settings, {java} Java in all, {cmd} cmd package" for few, java, cmd in counted)
    return f"\nAPI {api}, {road}: {run.old_seconds:.1f} s; {'; a done tablet: '.join(rows)}"


@pytest.mark.parametrize("api", [*LATER.values(), 34])
def test_by_plain_shell_a_whole_run_stays_short_where_each_java_start_costs(api: int, tmp_path: Path) -> None:
    bed = Bed(tmp_path, api, agent=False)
    (end, run), (again, done) = bed.run(), bed.run()
    assert {end.outcome, again.outcome} == {Outcome.DONE_WITH_WARNINGS}
    assert again.changes == ()
    print(_describe(api, "plain shell", run, done), run.histogram(), sep="\n")  # noqa: T201 - what this is run for
    assert run.count("pm", "settings", "cmd package", "cmd settings") * JAVA_SECONDS <= MOST_SECONDS


@pytest.mark.parametrize("api", [LATER[23], LATER[28], 34])
def test_with_the_agent_a_whole_run_stays_short_where_each_java_start_costs(api: int, tmp_path: Path) -> None:
    bed = Bed(tmp_path, api, agent=True)
    (end, run), (again, done) = bed.run(), bed.run()
    assert {end.outcome, again.outcome} == {Outcome.DONE}
    assert again.changes == ()
    print(_describe(api, "agent", run, done), run.histogram(), sep="\n")  # noqa: T201 - what this is run for
    assert run.old_seconds <= MOST_SECONDS
    assert run.count_calls("hello") <= MOST_HELLO
