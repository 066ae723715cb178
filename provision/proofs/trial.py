"""Carrying attempts out on one tablet. Only what Android prints afterwards counts, never a status or a text."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from provision.errors import StepFailed
from provision.facts import bluetooth, front, wifi
from provision.facts.ask import ask
from provision.facts.query import Outputs, Query
from provision.polling import Pace, poll
from provision.proofs.attempts import THROWAWAY, Attempt, Indicator, Line, Tried
from provision.terms import ProofVerdict, Reason
from provision.transport import Transport

SWITCHES = {
    Indicator.AIRPLANE: Query("airplane", ("settings", "get", "global", "airplane_mode_on")),
    Indicator.ROAMING: Query("roaming", ("settings", "get", "global", "data_roaming")),
}
SWITCH = re.compile("[01]")
USERS = Query("users", ("pm", "list", "users"))
MADE_USER = re.compile(rf"^[ \t]*UserInfo\{{(\d{{1,9}}):{THROWAWAY}:", re.MULTILINE)
SETTINGS_PACKAGE = "com.android.settings"
SHOW_SECONDS, POLL_SECONDS = 8.0, 0.1
LEAST_PATIENCE, PATIENCE_UNKNOWN, PATIENCE_FACTOR = 0.4, 5.0, 2.0
"""How long an attempt is watched after locking: twice what it took to succeed before."""


@dataclass(frozen=True)
class Scene:
    """Where attempts are made.

    Attributes:
        api: release.
        kiosk: packages the user may see, the agent among them.
        ssid: the hospital's network.
        seconds: deadline of one command.
    """

    api: int
    kiosk: frozenset[str]
    ssid: str
    seconds: float


@dataclass(frozen=True)
class DatedPace(Pace):
    """How time passes, with the date of the moment."""

    moment: Callable[[], datetime] = lambda: datetime.now(UTC)


class Trial:
    """Attempts on one tablet."""

    def __init__(self, transport: Transport, scene: Scene, pace: DatedPace | None = None) -> None:
        self._transport, self._scene, self._pace = transport, scene, pace or DatedPace()

    def rehearse(self, attempt: Attempt) -> float | None:
        """The positive control: try it while nothing is locked, and put back what it changed.

        Returns:
            Seconds until its success was seen; None when it was not.

        Raises:
            StepFailed: what it changed could not be put back.
            AnswerError, TransportError: as for every command.
        """
        self._send(attempt.wake, THROWAWAY)
        found = self._read_state(attempt.indicator, THROWAWAY)
        shown, took = self._succeed(attempt, found)
        if took is None:  # it may still come about
            shown = self._read_state(attempt.indicator, THROWAWAY)
        if not self._put_back(attempt, THROWAWAY, {found, *attempt.rests}, shown):
            detail = "what was tried before locking could not be put back"
            raise StepFailed(f"proof {attempt.name}", Reason.READ_BACK_DIFFERS, detail)
        return took

    def _succeed(self, attempt: Attempt, found: str | None) -> tuple[str | None, float | None]:
        """The last state seen, and the seconds it took to come about; each look may be a start of Java."""
        begins = found
        if found != attempt.begins:
            self._send(attempt.start, THROWAWAY)
            begins = self._await(attempt.indicator, THROWAWAY, {attempt.begins})
        if begins != attempt.begins:
            return begins, None
        began = self._pace.now()
        self._send(attempt.act, THROWAWAY)
        seen = self._await(attempt.indicator, THROWAWAY, {attempt.reaches})
        return seen, self._pace.now() - began if seen == attempt.reaches else None

    def attack(self, attempt: Attempt, took: float | None, restore: Callable[[], None]) -> Tried:
        """Try it on the locked tablet; what it changes in spite of the lock is put back.

        Args:
            took: seconds of its positive control, None without one.
            restore: brings the whole policy about again, where the attempt's own undo is not enough.

        Raises:
            AnswerError, TransportError, StepFailed: as for every command; `restore` may fail too.
        """
        ssid = self._scene.ssid
        self._send(attempt.wake, ssid)
        before = self._await(attempt.indicator, ssid, {attempt.holds})
        if before != attempt.holds:
            return self._judge(attempt, took, before, f"locked, even before, the tablet showed {before or 'nothing'}")
        self._send(attempt.act, ssid)
        patience = PATIENCE_UNKNOWN if took is None else max(LEAST_PATIENCE, PATIENCE_FACTOR * took)
        shown = self._watch(attempt, patience)
        tried = self._judge(attempt, took, shown, f"locked, the tablet showed {shown or 'nothing'}")
        if tried.verdict is not ProofVerdict.BROKEN or self._put_back(attempt, ssid, {attempt.holds}, shown):
            return tried
        restore()
        back = self._await(attempt.indicator, ssid, {attempt.holds}) == attempt.holds
        return tried if back else Tried(tried.verdict, f"{tried.detail}; it could not be put back")

    def _judge(self, attempt: Attempt, took: float | None, shown: str | None, said: str) -> Tried:
        """Held only with a positive control; what is not shown proves nothing."""
        verdict = ProofVerdict.BROKEN
        if shown in {None, attempt.holds}:
            proven = shown is not None and took is not None
            verdict = ProofVerdict.HELD if proven else ProofVerdict.NOT_PROVEN
        first = "no success before locking" if took is None else f"before locking it took {took:.1f} s"
        return Tried(verdict, f"{attempt.line}: {first}; {said} ({self._pace.moment():%Y-%m-%dT%H:%M:%SZ})")

    def _watch(self, attempt: Attempt, patience: float) -> str | None:
        """The state at the end of the patience, or the first other than the lock's."""
        return poll(
            lambda: self._read_state(attempt.indicator, self._scene.ssid),
            lambda shown: shown not in {None, attempt.holds},
            seconds=patience,
            every=POLL_SECONDS,
            pace=self._pace,
        )

    def _put_back(self, attempt: Attempt, ssid: str, allowed: Collection[str | None], shown: str | None) -> bool:
        """Undo it, unless the state seen last is one of those allowed."""
        if shown in allowed:
            return True
        self._send(attempt.undo, ssid)
        return self._await(attempt.indicator, ssid, allowed) in allowed

    def _await(self, indicator: Indicator, ssid: str, wanted: Collection[str | None]) -> str | None:
        """The state as soon as it is one of those wanted, else the one that is left in the end."""
        return poll(
            lambda: self._read_state(indicator, ssid),
            lambda state: state in wanted,
            seconds=SHOW_SECONDS,
            every=POLL_SECONDS,
            pace=self._pace,
        )

    def _read_state(self, indicator: Indicator, ssid: str) -> str | None:
        if indicator is Indicator.FRONT:
            return self._name_front()
        if indicator in SWITCHES:
            return self._read_switch(SWITCHES[indicator])
        if indicator is Indicator.BLUETOOTH:
            return bluetooth.read_radio(self._transport, seconds=self._scene.seconds)
        if indicator is Indicator.USER:
            return "gone" if self._find_user() is None else "made"
        here = self._read_wifi()
        if indicator is Indicator.RADIO:
            return {True: "on", False: "off", None: None}[here.radio_on]
        return None if here.saved is None else "saved" if _find(here, ssid) is not None else "gone"

    def _read_switch(self, query: Query) -> str:
        """It is off where the row was never written."""

        def read(outputs: Outputs) -> str | None:
            return outputs[query.name].read_value(SWITCH, "0 or 1")

        value = ask(self._transport, (query,), read, seconds=self._scene.seconds)
        return "on" if value == "1" else "off"

    def _find_user(self) -> str | None:
        """Number of the user that an attempt made, None when there is none."""

        def read(outputs: Outputs) -> str | None:
            listed = outputs[USERS.name]
            if "Users:" not in listed.lines or listed.cut:
                raise listed.unexpected("`Users:` and one UserInfo line a user", private=True)
            found = MADE_USER.search(listed.body)
            return found[1] if found else None

        return ask(self._transport, (USERS,), read, seconds=self._scene.seconds)

    def _name_front(self) -> str | None:
        seconds = self._scene.seconds
        package = ask(
            self._transport, (front.QUERY,), lambda read: front.parse(read[front.QUERY.name]), seconds=seconds
        )
        if package is None:
            return None
        return "kiosk" if package in self._scene.kiosk else "settings" if package == SETTINGS_PACKAGE else "elsewhere"

    def _read_wifi(self) -> wifi.Wifi:
        api = self._scene.api
        queries = wifi.make_queries(api)
        return ask(self._transport, queries, lambda read: wifi.read_partly(read, api), seconds=self._scene.seconds)

    def _send(self, lines: Collection[Line], ssid: str) -> None:
        """Nothing a line prints is believed; a network's number is asked for straight before it is used."""
        for words in lines:
            number = _find(self._read_wifi(), ssid) if "{id}" in words else None
            user = self._find_user() if "{user}" in words else ""
            if user is None:
                continue
            places = {"{ssid}": ssid, "{id}": "" if number is None else str(number), "{user}": user}
            self._transport.shell(shlex.join(places.get(word, word) for word in words), seconds=self._scene.seconds)


def _find(here: wifi.Wifi, ssid: str) -> int | None:
    """Number of a saved network; several rows of one name are one network (Wi-Fi document 1.3)."""
    return next((row.network_id for row in here.saved or () if row.ssid == ssid), None)
