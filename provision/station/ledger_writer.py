"""The one thread that writes: asset list, open lines, records and ledger.

Runs call `LedgerWriter` from their own threads and wait for the answer; everything behind it happens
one after the other in the ledger thread.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar
from uuid import uuid4

from provision.errors import RecordError
from provision.facts.props import Props
from provision.identity.carried import NOT_CARRIED, Carried
from provision.identity.which import Certainty, Match
from provision.records.closing_statement import ClosingStatement
from provision.records.content import RunResult, format_time
from provision.records.reader import Record
from provision.records.run_end import UNIDENTIFIED
from provision.records.store import RecordStore, WrittenRecord
from provision.runs.ledger import CheckedIn
from provision.runs.observed import describe_identity
from provision.state.numbers import NumberSource

if TYPE_CHECKING:
    from provision.state.sql.asset_registry import AssetRegistry

Answer = TypeVar("Answer")


class LedgerWriter:
    """The ledger thread of one station. Use it as a context; leaving it waits for the last write.

    Attributes:
        begins_in: the second place, where no checkpoint of this home lay in it; None where one did, or none is named.
        numbers: of the house, where several benches share a register.
        alone: why the shared register cannot be reached (`register.obstacle.WORD`); None where it can, or is not named.
    """

    def __init__(
        self,
        store: RecordStore,
        assets: AssetRegistry,
        begins_in: Path | None = None,
        alone: str | None = None,
        numbers: NumberSource | None = None,
    ) -> None:
        self.begins_in, self.alone, self.numbers = begins_in, alone, numbers
        self._store = store
        self._assets = assets
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ledger")

    def __enter__(self) -> LedgerWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._thread.shutdown(wait=True)

    def close_abandoned(self) -> tuple[WrittenRecord, ...]:
        """Give every run that a killed station left open its record `stopped`."""
        return self._ask(lambda: self._store.close_abandoned(datetime.now(UTC)))

    def list_unsealed(self) -> tuple[Record, ...]:
        """Records of tablets whose sealing a killed station began and did not see to its end."""
        return self._ask(self._store.list_unsealed)

    def check_in(
        self, slot: str, serial: str, installation: str | None, props: Props | None, carried: Carried = NOT_CARRIED
    ) -> CheckedIn:
        """See `runs.ledger.RunLedger`.

        Raises:
            RecordError: the open line cannot be made durable; nothing may be changed then.
        """
        return self._ask(lambda: self._check_in(slot, serial, installation, props, carried))

    def finish(self, result: RunResult) -> str:
        """See `runs.ledger.RunLedger`.

        Raises:
            RecordError: the record cannot be written or does not verify from disk.
        """
        return self._ask(lambda: self._finish(result))

    def append_statement(self, run_id: str, closing: ClosingStatement) -> None:
        """See `runs.ledger.RunLedger`.

        Raises:
            RecordError: the second statement cannot be written or does not verify from disk.
        """
        self._ask(lambda: self._store.append_statement(run_id, closing))

    def find_clock_fault(self, now: datetime) -> str | None:
        """The latest time in the ledger, where it is after `now`: the computer's clock was set back since."""
        latest = self._ask(self._store.find_latest)
        return latest if latest is not None and latest > format_time(now) else None

    def checkpoint(self) -> str:
        """The signed checkpoint of the ledger as it stands."""
        return self._ask(self._store.checkpoint)

    def _ask(self, work: Callable[[], Answer]) -> Answer:
        """The answer of the ledger thread; the caller waits, and gets its errors.

        Raises:
            RecordError: the thread is over, so nothing is written any more.
        """
        try:
            asked = self._thread.submit(work)
        except RuntimeError as error:  # how an executor says that it was shut down
            raise RecordError(f"the ledger thread has ended, nothing can be recorded any more ({error})") from error
        return asked.result()

    def _check_in(
        self, slot: str, serial: str, installation: str | None, props: Props | None, carried: Carried
    ) -> CheckedIn:
        asset_id, match = self._name(serial, installation, props, carried)
        run_id, now = uuid4().hex, datetime.now(UTC)
        try:
            self._store.open_run(run_id, asset_id, slot, describe_identity(props, asset_id, serial), now)
        except BaseException:
            self._assets.check_out(asset_id)  # no run, so the tablet may be taken for itself at its next plug
            raise
        given_by = "" if asset_id == UNIDENTIFIED else self._assets.find_other_bench(asset_id)
        return CheckedIn(run_id, asset_id, match.certainty, now, match.basis, given_by=given_by)

    def _name(self, serial: str, installation: str | None, props: Props | None, carried: Carried) -> tuple[str, Match]:
        """A tablet gets no number as long as nothing tells which one it is, or while it withholds its own."""
        if props is None or installation is None:
            return UNIDENTIFIED, Match(None, Certainty.UNKNOWN)
        if carried.withheld and self._assets.find(serial, installation).certainty is not Certainty.CERTAIN:
            return UNIDENTIFIED, Match(None, Certainty.UNKNOWN)
        asset, match = self._assets.check_in(serial, installation, carried.asset_id)
        return asset.asset_id, match

    def _finish(self, result: RunResult) -> str:
        try:
            return self._store.write(result).path.name
        finally:  # its run is over, recorded or not: at its next plug it may be taken for itself again
            self._assets.check_out(result.asset_id)
