"""Proofs of one tablet: positive controls before its policy, attempts after it, and what is kept of both."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from provision.errors import StepFailed
from provision.proofs.attempts import Attempt
from provision.proofs.trial import Trial
from provision.terms import ProofVerdict, Reason

if TYPE_CHECKING:
    from provision.state.sql.agent_secret_store import AgentSecretStore

STEP = "agent.proof"


def try_unlocked(trial: Trial, store: AgentSecretStore, asset: str, attempts: Collection[Attempt]) -> None:
    """Each attempt once before locking; those that succeeded are on disk when this returns.

    Raises:
        StepFailed: what was changed could not be put back.
        HomeError: the bench's state cannot be written.
        AnswerError, TransportError: as for every command.
    """
    took = {one.name: trial.rehearse(one) for one in attempts}
    store.note_unlocked(asset, {name: seconds for name, seconds in took.items() if seconds is not None})


def try_locked(
    trial: Trial, store: AgentSecretStore, asset: str, attempts: Collection[Attempt], restore: Callable[[], None]
) -> None:
    """Each attempt once on the locked tablet; what came of it is on disk when this returns or raises.

    Args:
        trial: on this tablet.
        store: what the bench remembers.
        asset: the tablet.
        attempts: those of its release.
        restore: brings the policy about again.

    Raises:
        StepFailed: an attempt succeeded (`proof-failed`): the lock does not hold.
        HomeError, AnswerError, TransportError: as above.
    """
    unlocked = store.issue(asset).unlocked
    tried = {one.name: trial.attack(one, unlocked.get(one.name), restore) for one in attempts}
    store.note_tried(asset, tried)
    broken = [f"{name}: {one.detail}" for name, one in tried.items() if one.verdict is ProofVerdict.BROKEN]
    if broken:
        raise StepFailed(STEP, Reason.PROOF_FAILED, "; ".join(broken))
