"""A policy that was cut off at each of its lines in each way: the next one brings all of it about."""

from __future__ import annotations

from pathlib import Path

import pytest
from agent_tablet import ASSET, AgentTablet
from cut_link import FAULTS, CutLink

from provision.agent.report import Report
from provision.errors import TransportError


def apply(tablet: AgentTablet, cut_at: int | None = None, fault: str = "cable", *, late: bool = False) -> int:
    """Give the policy once; how many lines it took, 0 when it was cut off."""
    link = CutLink(tablet, cut_at, fault, late=late)
    tablet.link.shell = link.shell  # type: ignore[method-assign]  # the client says its lines by the same cable
    try:
        tablet.client.apply(ASSET.id, tablet.policy, lambda _digest: None)
    except TransportError:
        return 0
    finally:
        del tablet.link.shell
    return link.lines


def name_rows(report: Report) -> list[tuple[str, str, str]]:
    """What each row wants, and what Android says."""
    return [(row.kind.part, str(row.wanted), str(row.observed)) for row in report.rows]


def cut_everywhere(folder: Path, fault: str, when: str, api: int, every: int) -> None:
    whole = AgentTablet(folder / "whole", api).enrol()
    lines = apply(whole)
    right = name_rows(whole.client.report())
    for step in range(1, lines + 1, every):
        tablet = AgentTablet(folder / str(step), api).enrol()
        assert apply(tablet, step, fault, late=when == "after") == 0
        assert apply(tablet)
        assert (step, name_rows(tablet.client.report())) == (step, right)


@pytest.mark.parametrize(("fault", "api"), [("battery", 23), ("battery", 33), ("agent-killed", 28), ("restart", 36)])
def test_a_policy_that_was_cut_off_is_brought_about_by_the_next_run(fault: str, api: int, tmp_path: Path) -> None:
    cut_everywhere(tmp_path, fault, "after", api, every=5)


@pytest.mark.later
@pytest.mark.parametrize("api", [21, 23, 28, 33, 36])
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("fault", FAULTS)
def test_it_is_so_at_every_line(fault: str, when: str, api: int, tmp_path: Path) -> None:
    cut_everywhere(tmp_path, fault, when, api, every=1)
