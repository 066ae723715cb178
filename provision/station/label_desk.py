"""The label of a tablet that the bench cannot know again: who it may be, and what a person read on it.

One way for the command, the station's keyboard and its pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from provision.agent.site_identity import list_site_keys
from provision.facts.collect import read_props, read_shape
from provision.facts.setup import read_installation
from provision.identity.candidates import Candidate, list_candidates
from provision.identity.identify import Identification, identify
from provision.identity.label_code import Label, LabelHeard, read_label
from provision.identity.which import UNREAD, digest_installation
from provision.runs.carried_number import read_carried
from provision.state.numbers import NumberSource
from provision.station.setup import BenchSetup, SecretReader
from provision.transport import Transport

if TYPE_CHECKING:
    from provision.state.run_times import RunTime
    from provision.state.sql.bench_state import BenchState


@dataclass(frozen=True)
class Unlabelled:
    """A tablet whose label is to be read.

    Attributes:
        found: what it is; of what is certainly no tablet nothing else was asked.
        title: maker and model, as runs name it.
        serial, installation: as the bench knows tablets by; `UNREAD` for none that it tells.
        carried: the number in its agent, where that obeys this site.
    """

    found: Identification
    title: str
    serial: str
    installation: str = UNREAD
    carried: str | None = None


class LabelDesk:
    """Asks a tablet who it may be, and takes what a person read on its label. All methods from any thread.

    Args:
        numbers: of the house, where several benches share a register.
    """

    def __init__(self, setup: BenchSetup, state: BenchState, numbers: NumberSource | None) -> None:
        self._setup, self._state = setup, state
        self._store = state.open_label_checks(setup.home.bench.asset_prefix, numbers)

    def ask_who(self, transport: Transport) -> Unlabelled:
        """Read what a bench knows tablets by; nothing is changed.

        Raises:
            ProvisionError: the tablet does not answer, or not in a known form.
        """
        setup, seconds = self._setup, self._setup.limits.facts
        props = read_props(transport, seconds=seconds)
        found = identify(props, setup.choose_profile, read_shape(transport, seconds=seconds))
        if found.is_foreign:
            return Unlabelled(found, props.title, props.serial)
        installation = digest_installation(read_installation(transport, seconds=seconds)) or UNREAD
        kit = setup.make_kit(SecretReader(setup.home), self._state)
        carried = None if kit is None else read_carried(transport, kit, setup.limits).asset_id
        return Unlabelled(found, props.title, props.serial, installation, carried)

    def list_candidates(self, who: Unlabelled) -> tuple[tuple[Candidate, RunTime | None], ...]:
        """Return the known tablets that it may be, with the last run of each; the likeliest first."""
        twins = self._store.list_twins(who.serial)
        last = {one.asset_id: self._state.run_times.find_last(one.asset_id) for one in twins}
        models = {number: run.model for number, run in last.items() if run is not None}
        carried = None if who.carried is None else self._store.find_successor(who.carried)
        found = list_candidates(who.installation, carried, who.title, twins, models)
        return tuple((one, last[one.asset_id]) for one in found)

    def confirm(self, who: Unlabelled, said: str) -> LabelHeard:
        """Note what a person typed or scanned from its label.

        Raises:
            HomeError: what the bench remembers cannot be read or written.
        """
        label = read_label(said)
        if label is None:
            return LabelHeard("confirm.no-number", {"number": said}, taken=False)
        if label.site and not label.is_of(list_site_keys(self._setup.home.keys)):
            values = {"asset": label.number, "hospital": label.hospital or "?", "site": label.site}
            return LabelHeard("confirm.foreign-label", values, taken=False)
        return self._note(who, label)

    def confirm_new(self, who: Unlabelled) -> LabelHeard:
        """Note that it never had a label; the number that is to stand on one is among the values."""
        return self._tell(who, self._store.confirm_new(who.serial, who.installation, who.carried), ())

    def _note(self, who: Unlabelled, label: Label) -> LabelHeard:
        # The database brings SQLAlchemy along, which nobody else loads.
        from provision.state.sql.label_check_store import LabelRefused  # noqa: PLC0415

        try:
            retired = self._store.confirm(who.serial, who.installation, label.number)
        except LabelRefused as refused:
            twins = tuple(one.asset_id for one in self._store.list_twins(who.serial))
            values = {"asset": label.number, "serial": who.serial, "other": refused.serial, "became": refused.became}
            return LabelHeard(f"confirm.{refused.why}", values, taken=False, twins=twins)
        return self._tell(who, label.number, tuple(retired))

    def _tell(self, who: Unlabelled, number: str, retired: tuple[str, ...]) -> LabelHeard:
        key = "confirm.unread" if who.installation == UNREAD else "confirm.done"
        return LabelHeard(key, {"asset": number}, taken=True, retired=retired)
