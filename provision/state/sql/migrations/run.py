"""The steps of a bench's database."""

from __future__ import annotations

from pathlib import Path

from provision.state.sql.migrations.steps import Steps

STEPS = Steps(Path(__file__).parent)
