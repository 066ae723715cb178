"""What is tried in the user's place, on which releases, and where no try of a plain shell can stand for a user.

Pure. Each attempt is the nearest that plain shell comes to a person's fingers. An attempt is listed for a
release only where what stops the user stops the shell too, by the reference; else a gap says why none is made.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from provision.terms import Control, ProofVerdict

Line = tuple[str, ...]
"""Words of one command; `{ssid}` and `{id}` stand for a saved network."""

LATEST = 99


class Look(StrEnum):
    """By which print of Android the effect of an attempt is seen; the words of its states follow.

    `front`: `kiosk`, `settings`, `elsewhere`. `location`, `radio`: `on`, `off`. `saved`: `saved`, `gone`.
    Each may also be None: the tablet does not show it now.
    """

    FRONT = "front"
    LOCATION = "location"
    RADIO = "radio"
    SAVED = "saved"


NOT_YET = "not tried yet"
"""What stands of an attempt in a record whose run ended before it."""


class Gap(StrEnum):
    """Why no attempt is made; the text catalogue says it to people (`proof.gap.<word>`)."""

    NO_LOCK = "no-lock"
    NO_VERB = "no-verb"
    NO_CONTROL = "no-control"
    SHELL_FREE = "shell-free"


@dataclass(frozen=True)
class Attempt:
    """One attempt on one range of releases.

    Attributes:
        name: of the attempt in records, the same on all releases; the catalogue has its text.
        since, until: first and last API level.
        wake: sent before anything is looked at.
        start: sent before locking only, to bring about `begins`.
        act: what a user would do.
        undo: brings `rests` back after it succeeded.
        begins, reaches: state it starts from and state that is its success, before locking.
        holds: the only state that means it failed, after locking.
        rests: states the tablet may be left in before locking, beside the one it was found in.
        reference: document and section.
        source: public source of the fact.
    """

    name: str
    control: Control
    look: Look
    since: int
    until: int
    wake: tuple[Line, ...]
    start: tuple[Line, ...]
    act: tuple[Line, ...]
    undo: tuple[Line, ...]
    begins: str
    reaches: str
    holds: str
    rests: tuple[str, ...]
    reference: str
    source: str

    @property
    def line(self) -> str:
        """The attempt itself, as plans show it."""
        return "; ".join(" ".join(words) for words in self.act)


@dataclass(frozen=True)
class NoAttempt:
    """A control for which nothing honest can be tried on a range of releases."""

    name: str
    control: Control
    since: int
    until: int
    gap: Gap
    reference: str


@dataclass(frozen=True)
class Tried:
    """What came of one attempt; `detail` in English, with its moment, for records."""

    verdict: ProofVerdict
    detail: str


@dataclass(frozen=True)
class Proof:
    """One line of a plan or record.

    Attributes:
        line: what is sent, empty where no attempt is made.
        gap: why none is made, None where one is.
    """

    name: str
    control: Control
    verdict: ProofVerdict
    detail: str
    line: str
    reference: str
    gap: Gap | None = None


HOME_KEY = ("input", "keyevent", "KEYCODE_HOME")
WAKE = (("input", "keyevent", "KEYCODE_WAKEUP"),)
UNCOVER = ("input", "keyevent", "KEYCODE_MENU")  # leaves a lock screen that asks for nothing
OPEN_SETTINGS = ("am", "start", "-a", "android.settings.SETTINGS")
LOCK_TASK = "Wi-Fi and kiosk document 3.2, 3.7; packages document 7.3"
THROWAWAY = "provision-proof"
"""Name of the open network that is saved and forgotten before locking; the same each time, so that a run that
was cut in between is tidied by the next."""


def _put(key: str, value: str) -> tuple[Line, ...]:
    return (("settings", "put", "secure", key, value),)


_ON_TO_OFF = partial(Attempt, wake=(), begins="on", reaches="off", holds="on", rests=("on",))
"""A switch that the hospital wants on."""

_OUT_OF_THE_KIOSK = partial(
    Attempt,
    control=Control.KIOSK_LOCK_TASK,
    look=Look.FRONT,
    since=21,
    until=LATEST,
    wake=WAKE,
    holds="kiosk",
    rests=("elsewhere",),
    reference=LOCK_TASK,
)


def _freeze(since: int, until: int, key: str, on: str, off: str) -> Attempt:
    return _ON_TO_OFF(
        name="location.off",
        control=Control.LOCATION_ON,
        look=Look.LOCATION,
        since=since,
        until=until,
        start=_put(key, on),
        act=_put(key, off),
        undo=_put(key, on),
        reference="Wi-Fi and kiosk document 1.7, 3.3, 4",
        source="AOSP SettingsProvider.java, UserRestrictionsUtils.java (isSettingRestrictedForUser)",
    )


def _forget(since: int, until: int) -> Attempt:
    return Attempt(
        name="wifi.forget",
        control=Control.WIFI_HOSPITAL,
        look=Look.SAVED,
        since=since,
        until=until,
        wake=(),
        start=(("cmd", "wifi", "add-network", "{ssid}", "open", "-d"),),
        act=(("cmd", "wifi", "forget-network", "{id}"),),
        undo=(),
        begins="saved",
        reaches="gone",
        holds="saved",
        rests=("gone",),
        reference="Wi-Fi and kiosk document 1.2, 1.3, 2.3",
        source="AOSP WifiConfigManager.java (canModifyNetwork), WifiShellCommand.java",
    )


ATTEMPTS = (
    _OUT_OF_THE_KIOSK(
        name="kiosk.settings",
        start=(UNCOVER, HOME_KEY),
        act=(OPEN_SETTINGS,),
        undo=(HOME_KEY,),
        begins="elsewhere",
        reaches="settings",
        source="AOSP LockTaskController.java, ActivityStackSupervisor.java (isLockTaskModeViolation)",
    ),
    _OUT_OF_THE_KIOSK(
        name="kiosk.home",
        start=(UNCOVER, OPEN_SETTINGS),
        act=(HOME_KEY,),
        undo=(),
        begins="settings",
        reaches="elsewhere",
        source="AOSP LockTaskController.java, PhoneWindowManager.java",
    ),
    _freeze(28, 28, "location_providers_allowed", "+gps", "-gps"),
    _freeze(29, LATEST, "location_mode", "3", "0"),
    _ON_TO_OFF(
        name="wifi.off",
        control=Control.WIFI_HOSPITAL,
        look=Look.RADIO,
        since=33,
        until=LATEST,
        start=(("cmd", "wifi", "set-wifi-enabled", "enabled"),),
        act=(("cmd", "wifi", "set-wifi-enabled", "disabled"),),
        undo=(("cmd", "wifi", "set-wifi-enabled", "enabled"),),
        reference="Wi-Fi and kiosk document 1.3, 2.3",
        source="AOSP WifiServiceImpl.java (setWifiEnabled, DISALLOW_CHANGE_WIFI_STATE)",
    ),
    _forget(30, 32),
    _forget(35, LATEST),
)
"""All attempts; several rows of one name never share a release."""

NO_ATTEMPTS = (
    NoAttempt("location.off", Control.LOCATION_ON, 21, 27, Gap.NO_LOCK, "Wi-Fi and kiosk document 11, row 18"),
    NoAttempt("wifi.off", Control.WIFI_HOSPITAL, 21, 32, Gap.NO_LOCK, "Wi-Fi and kiosk document 2.3"),
    NoAttempt("wifi.forget", Control.WIFI_HOSPITAL, 21, 29, Gap.NO_VERB, "Wi-Fi and kiosk document 1.1"),
    NoAttempt("wifi.forget", Control.WIFI_HOSPITAL, 33, 34, Gap.NO_CONTROL, "Wi-Fi and kiosk document 1.1"),
    NoAttempt("wifi.add", Control.WIFI_OTHER_NETWORKS, 21, 29, Gap.NO_VERB, "Wi-Fi and kiosk document 1.1"),
    NoAttempt("wifi.add", Control.WIFI_OTHER_NETWORKS, 30, 32, Gap.SHELL_FREE, "Wi-Fi and kiosk document 2.1, 2.3"),
    NoAttempt("wifi.add", Control.WIFI_OTHER_NETWORKS, 33, 34, Gap.NO_VERB, "Wi-Fi and kiosk document 1.1"),
    NoAttempt("wifi.add", Control.WIFI_OTHER_NETWORKS, 35, LATEST, Gap.SHELL_FREE, "Wi-Fi and kiosk document 2.1, 2.3"),
)
"""Why no attempt is made.

`cmd location set-location-enabled` is no attempt either: it runs as the system and passes a frozen switch
(Wi-Fi document 4). `add-network` passes on 30-32 and from 35 on because the restrictions stop people and apps, while
a network outside the allow-list may still be saved (2.3).
"""

EXPLAINED = {
    Gap.NO_LOCK: "this release has no lock against it",
    Gap.NO_VERB: "plain shell may use no such command on this release",
    Gap.NO_CONTROL: "plain shell cannot save a network here, so there is none it could forget before locking",
    Gap.SHELL_FREE: "plain shell may do it on this release, whatever stops the user",
}


def find_attempts(api: int, controls: Collection[Control]) -> tuple[Attempt, ...]:
    """The attempts of a release on these controls, in their order."""
    return tuple(one for one in ATTEMPTS if one.since <= api <= one.until and one.control in controls)


def is_proved(attempts: Collection[Attempt], tried: Mapping[str, Tried] | None) -> bool:
    """Whether each was tried after locking and none succeeded; a missing positive control does not count against it.

    What is not looked up (None) is taken as proved.
    """
    if tried is None:
        return True
    verdicts = [tried[one.name].verdict if one.name in tried else ProofVerdict.NOT_TRIED for one in attempts]
    return not {ProofVerdict.NOT_TRIED, ProofVerdict.BROKEN} & set(verdicts)


def list_proofs(api: int, controls: Collection[Control], tried: Mapping[str, Tried]) -> tuple[Proof, ...]:
    """One line for each attempt of these controls, made or not."""
    untried = Tried(ProofVerdict.NOT_TRIED, NOT_YET)
    made = [
        Proof(one.name, one.control, found.verdict, found.detail, one.line, one.reference)
        for one in find_attempts(api, controls)
        for found in (tried.get(one.name, untried),)
    ]
    missing = [one for one in NO_ATTEMPTS if one.since <= api <= one.until and one.control in controls]
    return (*made, *map(_describe_gap, missing))


def _describe_gap(one: NoAttempt) -> Proof:
    detail = f"{one.gap}: {EXPLAINED[one.gap]}"
    return Proof(one.name, one.control, ProofVerdict.NOT_TRIED, detail, "", one.reference, one.gap)
