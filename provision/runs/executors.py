"""The table by which a step finds who executes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from provision.controls.model import Action, Step

Executors = Mapping[type[Action], Callable[[Step, Any], None]]
"""Type of an action -> what executes a step with such an action; chosen once a run.

An executor that returns says only that nothing was refused out loud. It raises `StepFailed` where the tablet refused,
in its own words, and `TransportError` where the way to it failed: whether the step took effect is unknown then.
"""


def execute(step: Step, executors: Executors) -> None:
    """Execute one step; raises what its executor raises.

    Raises:
        KeyError: nobody here executes such an action.
    """
    executors[type(step.action)](step, step.action)
