"""Setup state and the installation's own id."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass

from provision.errors import AnswerError
from provision.facts.ask import ask_alone
from provision.facts.query import CommandOutput, Outputs, Query
from provision.transport import Transport

QUERIES = (
    Query("user_setup_complete", ("settings", "get", "secure", "user_setup_complete")),
    Query("android_id", ("settings", "get", "secure", "android_id")),
)

_FLAG = re.compile("[01]")
_ANDROID_ID = re.compile(r"[0-9a-fA-F]{8,32}")


@dataclass(frozen=True)
class Setup:
    """Tell whether somebody went through the setup wizard.

    Attributes:
        complete: `user_setup_complete` is 1; accounts and users then matter for the owner. None where its row says
            something else.
        android_id: changes at every factory reset; None when unset.
    """

    complete: bool | None
    android_id: str | None


def parse(outputs: Outputs) -> Setup:
    """Reference, packages document 2.3; an unset key prints `null`.

    Raises:
        AnswerError: the setup flag is neither 0 nor 1 nor unset.
    """
    complete = outputs["user_setup_complete"].read_value(_FLAG, "0, 1 or null")
    return Setup(complete == "1", _installation(outputs["android_id"]))


def read_partly(outputs: Outputs, _api: int) -> Setup:
    """The installation, where the flag is in no known form."""
    return Setup(None, _installation(outputs["android_id"]))


def read_installation(transport: Transport, *, seconds: float) -> str | None:
    """`android_id` alone: which installation this is, before anything else is asked.

    Raises:
        TransportError: the way to the tablet failed.
    """
    return _installation(ask_alone(transport, QUERIES[-1], seconds=seconds))


def _installation(output: CommandOutput) -> str | None:
    """Hexadecimal digits only: an error text must never become the name of an installation, nor half of one."""
    with suppress(AnswerError):
        return output.read_value(_ANDROID_ID, "hexadecimal digits")
    return None
