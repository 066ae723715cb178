"""The bars of the training bench: 24 tablets within 3 s, a round trip of 5 ms with 120 of them.

The round trip is judged by its median and by the bench's own processor time. Its slowest twentieth tells how busy
the rest of the machine is: `python -m tests.performance.training_bench` prints it for who reads it on a quiet one.
"""

from __future__ import annotations

import pytest

from tests.performance.training_bench import (
    LINE,
    cpu_seconds,
    describe,
    measure_start,
    ready_ports,
    round_trip,
    running,
)

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
        client, process = bench.client, bench.process
        front, ports = client.front, ready_ports(client)
        assert round_trip(front, ports[0], LINE)[1].strip() == b"30"
        before = cpu_seconds(process.pid)
        series = [[round_trip(front, port, LINE)[0] for port in ports] for _ in range(TRIES)]
        spent = (cpu_seconds(process.pid) - before) / TRIES
    figures = [describe(seconds, spent) for seconds in series]
    assert min(figure["p50_ms"] for figure in figures) <= ROUND_TRIP_MS, figures
    assert figures[0]["cpu_ms"] <= ROUND_TRIP_MS, figures
