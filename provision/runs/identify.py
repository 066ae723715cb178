"""The first part of a run: the tablet has booted, what and who it is, and its open line on disk."""

from __future__ import annotations

from collections.abc import Callable

from provision.facts.ask import NotBooted
from provision.facts.collect import read_props, read_shape
from provision.facts.props import Props
from provision.facts.setup import read_installation
from provision.facts.shape import Shape
from provision.identity.carried import NOT_CARRIED, Carried
from provision.identity.identify import Identification, identify
from provision.identity.which import UNREAD, digest_installation
from provision.polling import poll, retry
from provision.runs.carried_number import read_carried
from provision.runs.job import Job
from provision.runs.run_state import RunState
from provision.transport import Transport

SETTINGS_SECONDS = 8.0
"""How long services that start after the boot are waited for."""


class Identifier:
    """Finds out what hangs on a port, and checks it in.

    Args:
        transport: the way to it.
        job: deadlines, profiles and ledger of the bench.
        state: of the run; what is found is kept there at once.
        on_boot: told before each question about the boot's end.
    """

    def __init__(self, transport: Transport, job: Job, state: RunState, on_boot: Callable[[], None]) -> None:
        self._transport, self._job, self._state, self._on_boot = transport, job, state, on_boot

    def identify(self) -> Identification:
        """Identify the tablet; its run is open on disk when this returns.

        Raises:
            NotBooted: its boot does not end in time.
            RecordError: the open line cannot be written; nothing may be changed then.
            AnswerError, TransportError: as for every command.
        """
        props = self._await_boot()
        found = identify(props, self._job.choose_profile)
        # Somebody's phone gets no number and is asked nothing that tells whose it is. What looks like one by its
        # properties alone is asked for its hardware first, since that may say otherwise.
        if found.is_foreign:
            found = identify(props, self._job.choose_profile, self._await_shape())
            self.check_in(*((None,) if found.is_foreign else self._ask_who()))
        else:
            # The open line comes first: from here on a tablet that is lost is one that the ledger knows.
            self.check_in(*self._ask_who())
            found = identify(props, self._job.choose_profile, self._await_shape())
        self._state.profile = found.profile
        return found

    def check_in(self, installation: str | None, carried: Carried = NOT_CARRIED) -> None:
        """Open the run on disk, under the tablet's asset id or as unidentified.

        Args:
            installation: its digest; None for what never told, and for what is no tablet.
            carried: the number in its own agent.

        Raises:
            RecordError: the open line cannot be written.
        """
        state = self._state
        state.asked_to_open = True  # before the answer: a line that may have reached the disk is not asked for twice
        serial = state.props.serial if state.props is not None else state.serial.strip()
        state.checked_in = self._job.ledger.check_in(state.slot, serial, installation, state.props, carried)
        state.withheld, state.installation = carried.withheld, installation

    def _await_boot(self) -> Props:
        """Properties of a tablet whose Android answers; adbd does long before (packages document 1.10)."""
        props = poll(self._read_props, lambda props: props.booted, seconds=self._job.limits.boot, pace=self._job.pace)
        if not props.booted:
            raise NotBooted("getprop sys.boot_completed", "1", props.get("sys.boot_completed"))
        return props

    def _read_props(self) -> Props:
        props = self._state.props = read_props(self._transport, seconds=self._job.limits.facts)
        self._on_boot()
        return props

    def _await_installation(self) -> str:
        """Which installation this is, by its digest; the settings service may still be starting."""
        found = poll(
            lambda: read_installation(self._transport, seconds=self._job.limits.facts),
            lambda found: found is not None,
            seconds=SETTINGS_SECONDS,
            pace=self._job.pace,
        )
        return digest_installation(found) or UNREAD

    def _ask_who(self) -> tuple[str, Carried]:
        """Which installation this is, and the number it carries."""
        installation, kit = self._await_installation(), self._job.agent
        return installation, NOT_CARRIED if kit is None else read_carried(self._transport, kit, self._job.limits)

    def _await_shape(self) -> Shape:
        """Wait for the shape of the hardware; the package manager may still be starting."""
        shape = retry(
            lambda: read_shape(self._transport, seconds=self._job.limits.facts),
            NotBooted,
            seconds=SETTINGS_SECONDS,
            pace=self._job.pace,
        )
        self._state.features = shape.features or None
        return shape
