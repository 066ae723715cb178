"""The bars of the training bench: 24 tablets within 3 s, a round trip of 5 ms with 120 of them (p95)."""

from __future__ import annotations

import pytest

from tests.performance.training_bench import LINE, describe, measure_start, ready_ports, round_trip, running

pytestmark = [pytest.mark.front, pytest.mark.later]

START_SECONDS = 3.0
ROUND_TRIP_MS = 5.0
LARGE = 120
TRIES = 10
"""A machine that does other things too is slow at times: the best of some series counts."""


def test_twenty_four_new_tablets_are_there_within_three_seconds() -> None:
    assert min(measure_start() for _ in range(3)) <= START_SECONDS


def test_with_120_tablets_a_property_takes_at_most_five_milliseconds() -> None:
    with running(LARGE) as bench:
        client = bench.client
        front, ports = client.front, ready_ports(client)
        assert round_trip(front, ports[0], LINE)[1].strip() == b"30"
        best = ROUND_TRIP_MS + 1
        for _ in range(TRIES):
            figures = describe([round_trip(front, port, LINE)[0] for port in ports], 0.0)
            best = min(best, figures["p95_ms"])
            if best <= ROUND_TRIP_MS:
                break
    assert best <= ROUND_TRIP_MS
