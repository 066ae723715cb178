"""What this bench knows of its agents: the secret given to each, on disk before it is sent, policy in force, own key.

A reset tablet gets the same secret again: the hotline answers for the asset id, whatever happened in between.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.sqlite import insert

from provision.proofs.attempts import Tried
from provision.site.secret import Secret
from provision.state.agent_secrets import SECRET_BYTES, Issued, KnownKey
from provision.state.sql.database import DamagedRowError, Database, replace_rows
from provision.state.sql.schema import AGENT_SECRET, POSITIVE_CONTROL, TABLET_KEY, TRIED_ATTEMPT
from provision.terms import ProofVerdict


class AgentSecretStore:
    """Secrets and policies given out, by asset id. All methods from any thread or process.

    Raises:
        HomeError: from every method, when the database is damaged or cannot be reached.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, asset: str) -> Issued | None:
        """Return what a tablet was given, None for nothing yet."""
        return self._database.read(lambda connection: _find(connection, asset))

    def list_assets(self) -> tuple[str, ...]:
        """Return the tablets that were given a secret here, sorted."""
        query = select(AGENT_SECRET.c.asset_id).order_by(AGENT_SECRET.c.asset_id)
        return self._database.read(lambda connection: tuple(connection.execute(query).scalars()))

    def issue(self, asset: str, derive: Callable[[str], Secret] | None = None) -> Issued:
        """Return what a tablet was given; its secret is made where it has none, and on disk when this returns.

        Args:
            derive: makes the secret of an asset id; None draws one that no other bench knows.
        """
        found = self.find(asset)
        return found or self._database.write(lambda connection: _issue(connection, asset, derive))

    def renew(self, asset: str, derive: Callable[[str], Secret]) -> Issued:
        """Give a tablet another secret, before the policy that brings it; all else that is known of it stays."""

        def renew(connection: Connection) -> Issued:
            secret = derive(asset)
            one = update(AGENT_SECRET).where(AGENT_SECRET.c.asset_id == asset)
            connection.execute(one.values(secret=secret.reveal()))
            return replace(_issue(connection, asset), secret=secret)

        return self._database.write(renew)

    def note_policy(self, asset: str, policy: str, wanted: str) -> None:
        """Note that this policy is about to be sent; whether it is in force only a report tells."""

        def note(connection: Connection) -> None:
            _issue(connection, asset)
            _set(connection, asset, policy=policy, wanted=wanted, drilled="")
            keep_tried(connection, asset, {})

        self._database.write(note)

    def note_drill(self, asset: str) -> None:
        """Note that the way out was tried under the policy in force."""
        self._database.write(lambda connection: _set(connection, asset, drilled=_issue(connection, asset).policy))

    def note_unlocked(self, asset: str, took: Mapping[str, float]) -> None:
        """Note the positive controls of this tablet, in seconds, in place of those before its reset."""

        def note(connection: Connection) -> None:
            _issue(connection, asset)
            keep_unlocked(connection, asset, took)

        self._database.write(note)

    def note_tried(self, asset: str, tried: Mapping[str, Tried]) -> None:
        """Note what came of each attempt under the policy in force."""

        def note(connection: Connection) -> None:
            _issue(connection, asset)
            keep_tried(connection, asset, tried)

        self._database.write(note)

    def find_own_key(self, asset: str) -> KnownKey | None:
        """Return the own key that a tablet proved last, None for none."""
        query = select(TABLET_KEY.c.tablet, TABLET_KEY.c.key_id).where(TABLET_KEY.c.asset_id == asset)
        row = self._database.read(lambda connection: connection.execute(query).first())
        return None if row is None else KnownKey(row.tablet, row.key_id)

    def note_own_key(self, asset: str, key: KnownKey) -> None:
        """Note the own key that a tablet proved, in place of the one before."""
        words = {"tablet": key.tablet, "key_id": key.key_id}
        one = insert(TABLET_KEY).values(asset_id=asset, **words)
        kept = one.on_conflict_do_update(index_elements=["asset_id"], set_=words)
        self._database.write(lambda connection: connection.execute(kept))


def keep_issued(connection: Connection, asset: str, issued: Issued) -> None:
    """Write down everything of a tablet that was given nothing yet."""
    words = {"policy": issued.policy, "wanted": issued.wanted, "drilled": issued.drilled}
    connection.execute(insert(AGENT_SECRET).values(asset_id=asset, secret=issued.secret.reveal(), **words))
    keep_unlocked(connection, asset, issued.unlocked)
    keep_tried(connection, asset, issued.tried)


def keep_unlocked(connection: Connection, asset: str, took: Mapping[str, float]) -> None:
    """Write down positive controls in place of earlier ones."""
    rows = [{"asset_id": asset, "attempt": name, "seconds": seconds} for name, seconds in took.items()]
    replace_rows(connection, POSITIVE_CONTROL, asset, rows)


def keep_tried(connection: Connection, asset: str, tried: Mapping[str, Tried]) -> None:
    """Write down what came of attempts in place of what came of earlier ones."""
    rows = [
        {"asset_id": asset, "attempt": name, "verdict": str(one.verdict), "detail": one.detail}
        for name, one in tried.items()
    ]
    replace_rows(connection, TRIED_ATTEMPT, asset, rows)


def _find(connection: Connection, asset: str) -> Issued | None:
    row = connection.execute(select(AGENT_SECRET).where(AGENT_SECRET.c.asset_id == asset)).first()
    if row is None:
        return None
    seconds = select(POSITIVE_CONTROL).where(POSITIVE_CONTROL.c.asset_id == asset)
    came = select(TRIED_ATTEMPT).where(TRIED_ATTEMPT.c.asset_id == asset)
    return Issued(
        Secret(row.secret),
        row.policy,
        row.wanted,
        row.drilled,
        unlocked={one.attempt: one.seconds for one in connection.execute(seconds)},
        tried={one.attempt: Tried(_read_verdict(one.verdict), one.detail) for one in connection.execute(came)},
    )


def _read_verdict(word: str) -> ProofVerdict:
    try:
        return ProofVerdict(word)
    except ValueError:
        raise DamagedRowError("no verdict") from None


def _issue(connection: Connection, asset: str, derive: Callable[[str], Secret] | None = None) -> Issued:
    found = _find(connection, asset)
    if found is None:  # asked again here: another process may have issued one since
        found = Issued(derive(asset) if derive else Secret(secrets.token_bytes(SECRET_BYTES)))
        keep_issued(connection, asset, found)
    return found


def _set(connection: Connection, asset: str, **words: str) -> None:
    connection.execute(update(AGENT_SECRET).where(AGENT_SECRET.c.asset_id == asset).values(**words))
