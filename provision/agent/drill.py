"""The drill: the way out, used for real once, and seen from outside the agent (contract 6, 11).

A code is asked for and answered as the hotline would; Android must print that lock task is over; then the
kiosk is locked again and Android must print that too. Android 5 prints nothing: there the agent's word is
all there is (Wi-Fi document 3.7).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress

from provision.agent.client import AgentClient
from provision.agent.maintenance import answer_challenge
from provision.errors import ProvisionError, StepFailed
from provision.polling import count_pauses, poll
from provision.site.secret import Secret
from provision.terms import Reason

STEP = "agent.drill"
SEEN_SECONDS, POLL_SECONDS = 20.0, 0.5


def drill(
    client: AgentClient,
    secret: Secret,
    look: Callable[[], str | None],
    wait: Callable[[float], None] = time.sleep,
) -> None:
    """Open, see it open, lock, see it locked.

    Args:
        client: speaks to the tablet's agent.
        secret: the tablet's maintenance secret.
        look: lock task as Android prints it now, None where it does not.
        wait: pauses for some seconds.

    Raises:
        StepFailed: a code was refused, or Android shows another state than the agent claims.
        AnswerError, TransportError: as for every order.
    """
    try:
        _open(client, secret)
        _see(look, "none", wait)
    except ProvisionError:
        with suppress(ProvisionError):  # never leave a kiosk open; the first error is the one that counts
            client.relock()
        raise
    locked = client.relock()
    if locked.opened or locked.lock_task != "locked":
        raise StepFailed(STEP, Reason.READ_BACK_DIFFERS, f"locked again: the agent says {locked.lock_task}")
    _see(look, "locked", wait)


def _open(client: AgentClient, secret: Secret) -> None:
    asked = client.ask_challenge()
    if asked.seconds_locked:
        with suppress(StepFailed):  # agents before 0.3.0 know no such order
            client.lift()
        asked = client.ask_challenge()
    if asked.challenge is None or asked.seconds_locked:
        detail = f"no code is taken for {asked.seconds_locked} seconds: too many wrong ones"
        raise StepFailed(STEP, Reason.READ_BACK_DIFFERS, detail)
    opened = client.answer_challenge(answer_challenge(secret, asked.challenge))
    if not opened.opened or opened.lock_task != "none":
        raise StepFailed(STEP, Reason.READ_BACK_DIFFERS, f"opened by its code: the agent says {opened.lock_task}")


def _see(look: Callable[[], str | None], wanted: str, wait: Callable[[float], None]) -> None:
    """Wait until Android prints it; silence of the release counts as seen."""
    pace = count_pauses(wait)
    seen = poll(look, lambda seen: seen in {None, wanted}, seconds=SEEN_SECONDS, every=POLL_SECONDS, pace=pace)
    if seen not in {None, wanted}:
        raise StepFailed(STEP, Reason.READ_BACK_DIFFERS, f"lock task: wanted {wanted}; Android prints {seen}")
