"""The expected outcome of a run on a virtual tablet: a table of rules, read from the top.

Derived from the reference, not from product code: packages document 1.10, 3.8, 3.11, 6.2; Wi-Fi
document 1.1 (which releases let the plain shell join), 4 (location), 5 (time zone), 11 (assurance).
With an agent in the home the agent's road counts wherever Android has device owners, else the shell's.

The tables follow a run: before it starts, while facts are read, what is refused before any write, then either
the writes or, on a settled tablet, one more look; at last what is left open. The first rule that applies decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from provision.terms import Assurance, Control, Outcome, Reason
from provision.virtual.android.agent.packages import AGENT
from provision.virtual.android.edits import FOREIGN_SIGNER
from provision.virtual.android.faults import Fault, kind_of
from provision.virtual.android.model import load_model
from provision.virtual.android.oem_gates import find_gate
from provision.virtual.android.state import State
from provision.virtual.oracle.model import ExpectedOutcome, SiteRequirements
from provision.virtual.oracle.situation import ZONE_API, Situation
from provision.virtual.roster import Place

Applies = Callable[[Situation], object]
"""Tell whether a rule applies, by its truth; a text is the fault that decides."""

Hits = Callable[[Situation, Fault], bool]
"""Tell whether a fault decides."""


class Rule(Protocol):
    """One row of the tables."""

    @property
    def name(self) -> str:
        """When it applies, for people and tests."""

    def predict(self, now: Situation) -> ExpectedOutcome | None:
        """Return the outcome, None where the rule does not apply."""


@dataclass(frozen=True)
class When:
    """State of a tablet or its site, and its outcome."""

    name: str
    applies: Applies
    outcome: Outcome | None
    reason: Reason | None = None

    def predict(self, now: Situation) -> ExpectedOutcome | None:
        """See `Rule`."""
        cause = self.applies(now)
        return ExpectedOutcome(self.outcome, self.reason, cause if isinstance(cause, str) else None) if cause else None


@dataclass(frozen=True)
class Faulty:
    """Faults that show at one moment of a run. The first of a tablet's faults that is in a row decides."""

    name: str
    rows: tuple[tuple[Hits, Outcome, Reason], ...]

    def predict(self, now: Situation) -> ExpectedOutcome | None:
        """See `Rule`."""
        for fault in now.faults:
            for hits, outcome, reason in self.rows:
                if hits(now, fault):
                    return ExpectedOutcome(outcome, reason, fault.text)
        return None


@dataclass(frozen=True)
class Gated:
    """A gate of the maker that refuses a call the run must make; the gate itself says what comes of it."""

    name: str

    def predict(self, now: Situation) -> ExpectedOutcome | None:
        """See `Rule`."""
        for call in now.calls:
            found = find_gate(now.shut_gates, call)
            if found and found[0].end:
                return ExpectedOutcome(found[0].end.outcome, found[0].end.reason, found[0].id)
        return None


# Faults


def has(fault: str) -> Applies:
    """Tell whether a tablet has a fault without a command word."""
    return lambda now: fault if fault in now.state.faults else None


def named(*names: str) -> Hits:
    """A fault of one of these names; `strange` ones are named by what they spoil."""
    return lambda _now, fault: kind_of(fault) in names


def of_agent(name: str) -> Hits:
    """A fault of this name, which shows where there is an agent only."""
    return lambda now, fault: now.by_agent and fault.name == name


READING = ("getprop", "settings", "dumpsys", "pm", "cmd", "df", "ls", "cat")
"""Words a run uses to read facts, before it decides anything."""

READ_CALLS = (
    *(("getprop",), ("settings", "get"), ("df", "/data"), ("ls", "/sdcard"), ("wm", "size"), ("wm", "density")),
    *(("dumpsys", service) for service in ("account", "activity", "battery", "device_policy", "package", "wifi")),
    *(("pm", "list"), ("pm", "path"), ("cmd", "wifi"), ("cmd", "location")),
)
"""Calls that read: what a run makes on a tablet that has nothing left to do."""

DELIVERS = "setApplicationRestrictions"
CALLED = {"addNetwork": range(21, 31), "addNetworkPrivileged": range(31, 99), DELIVERS: range(0)}
"""Calls of the owner that an agent makes on some releases only (Wi-Fi document 11, row 2), or for some app sets."""

LEAKS: Mapping[str, tuple[int, ...]] = {
    "lock-task-leaks": (*range(21, 99),),
    "restrictions-leak": (*range(33, 99),),
    "lockdown-leaks": (*range(30, 33), *range(35, 99)),
}
"""Locks that give way, with the releases where a try by shell shows it (Wi-Fi document 1.1, 2.3, 3.2, 3.3)."""

BLUETOOTH = "android.hardware.bluetooth"
"""Without it Android starts no Bluetooth service, and nothing can be tried of it."""

CLOSED_LEAKS: Mapping[Control, range] = {
    Control.SETTINGS_CLOSED: range(21, 99),
    Control.RADIOS_CLOSED: range(28, 99),
    Control.BLUETOOTH_CLOSED: range(26, 33),
}
"""Releases where a try shows that a restriction gives way, where the site closes these (document 2.3, 3.3, 11.1)."""


def hangs(_now: Situation, fault: Fault) -> bool:
    """A command that hangs is a failure. A link that ends once is not: the tablet is still there and goes on."""
    return fault.name in {"hang", "hang-during", "hang-after"}


def hangs_while_installed(now: Situation, fault: Fault) -> bool:
    """An installation hangs alone: the tablet answers all else."""
    return hangs(now, fault) and " ".join(fault.words).startswith(("cmd package install", "pm install"))


def goes(_now: Situation, fault: Fault) -> bool:
    """The tablet goes away and does not come back by itself."""
    return fault.name in {"adb-off", "battery-dies"}


def hangs_while_read(now: Situation, fault: Fault) -> bool:
    """A whole command word hangs that facts are read with."""
    return hangs(now, fault) and len(fault.words) == 1 and fault.words[0] in READING


def goes_while_read(now: Situation, fault: Fault) -> bool:
    """It goes away at a command that facts are read with."""
    return goes(now, fault) and fault.words[0] in READING


def is_looked_at(now: Situation, fault: Fault) -> bool:
    """Tell whether a look at a settled tablet makes the call of a fault; the agent is still asked for its report."""
    asked = (*READ_CALLS, *((("content", "call"),) if now.by_agent else ()))
    return any(call[: len(fault.words)] == fault.words for call in asked)


def refuses_owner(now: Situation, fault: Fault) -> bool:
    """Android refuses a call of the owner that an agent makes on this release."""
    return of_agent("owner-refuses")(now, fault) and now.api in CALLED.get(fault.words[0], range(99))


# Tablets and sites


USER_FILES = ("/sdcard/DCIM/", "/sdcard/Pictures/", "/sdcard/Download/", "/sdcard/Movies/")


def asks_to_allow(now: Situation) -> bool:
    """A hand has to tap Allow first."""
    return now.model.props.get("ro.adb.secure") == "1" and not now.data.keys


def stays_silent(now: Situation) -> bool:
    """Debugging is off, or nobody ever taps Allow."""
    off = now.data.settings["global"].get("adb_enabled") != "1"
    return off or (now.tap_allow == "never" and asks_to_allow(now))


def has_foreign_owner(now: Situation) -> bool:
    """A device owner that is not the site's agent."""
    owner = now.data.owner
    return owner is not None and not (now.site.agent and owner.startswith(f"{AGENT}/"))


def holds_user_files(now: Situation) -> bool:
    """Files of a donor."""
    return any(path.startswith(USER_FILES) for path in now.data.files)


def waits_for_code(now: Situation) -> bool:
    """A user 0 that nobody unlocked since the last start: no agent answers there (packages document 6.4)."""
    return now.by_agent and now.data.user_locked and not now.data.owner


def lacks_command(now: Situation) -> bool:
    """The site requires a network, and the shell has a command for none of its kinds (Wi-Fi document 1.9)."""
    return cannot_join(now) and not now.shell_has_network


def cannot_join(now: Situation) -> bool:
    """The hospital's network is required, and not to be joined on this road."""
    return Control.WIFI_HOSPITAL in now.too_weak and now.best[Control.WIFI_HOSPITAL] is Assurance.UNSUPPORTED


def has_foreign_agent(now: Situation) -> bool:
    """An app of the agent's name under another signature cannot be updated by ours (packages document 3.7)."""
    package = now.data.packages.get(AGENT)
    return now.by_agent and package is not None and package.installed and package.signer == FOREIGN_SIGNER


def find_dropped_settings(now: Situation) -> str | None:
    """The gate or fault by which settings are taken and dropped."""
    found = find_gate(now.shut_gates, "settings put")
    gates = [found[0].id] if found and found[0].silent else []
    return next(iter([*gates, *(fault.text for fault in now.faults if fault.name == "lie-settings")]), None)


def find_dropped_required_settings(now: Situation) -> str | None:
    """The same, where the site requires one; an owner writes location by another road (Wi-Fi document 1.7, 4)."""
    lost = {Control.SCREEN_TIMEOUT} if now.by_agent else {Control.SCREEN_TIMEOUT, Control.LOCATION_ON}
    return find_dropped_settings(now) if lost & set(now.site.required) else None


def find_undelivering(now: Situation) -> str | None:
    """The fault by which Android refuses or drops configuration that is to be given or cleared (Wi-Fi document 13)."""
    if not now.by_agent or not now.undelivered:
        return None
    calls = {(DELIVERS,), *((DELIVERS, package) for package in now.undelivered)}
    kinds = {"owner-refuses", "owner-drops"}
    return next((fault.text for fault in now.faults if fault.name in kinds and fault.words in calls), None)


def find_leak(now: Situation) -> str | None:
    """The fault by which a lock only reads back as one; the site is taken to want kiosk and Wi-Fi."""
    tried = now.site.wanted - (frozenset() if BLUETOOTH in now.model.features else {Control.BLUETOOTH_CLOSED})
    closed = any(now.api in levels for control, levels in CLOSED_LEAKS.items() if control in tried)
    leaks = [
        fault.text
        for fault in now.faults
        if now.api in LEAKS.get(fault.name, ()) or (closed and fault.name == "restrictions-leak")
    ]
    return leaks[0] if leaks and now.by_agent else None


def lacks_wanted(now: Situation) -> bool:
    """A control that the site asks of its agent and this Android has no part of (Wi-Fi document 11)."""
    return now.by_agent and any(now.best[control] is Assurance.UNSUPPORTED for control in now.site.wanted)


def is_reset_or_twin(now: Situation) -> bool:
    """A known serial with an installation that is not known: reset, or another tablet (packages document 1.4)."""
    known = now.site.known.get(now.state.identity.serial, frozenset())
    return bool(known) and now.installation not in known


# Tables


BEFORE_A_RUN: tuple[Rule, ...] = (
    When("adb refuses the connection", has("refuse-connect"), None),
    When("adb lists it, and it answers nothing", has("mute"), Outcome.FAILED, Reason.TABLET_HUNG),
    When("a hand taps Deny", lambda now: asks_to_allow(now) and has("taps-deny")(now), None),
    When("debugging is off, or nobody taps Allow", stays_silent, None),
)

WHILE_READ: tuple[Rule, ...] = (
    Faulty(
        "a fault shows while facts are read",
        (
            (named("boot-stuck", "boot-half"), Outcome.FAILED, Reason.BOOT_INCOMPLETE),
            (goes_while_read, Outcome.LOST, Reason.TABLET_GONE),
            (named("strange-reading"), Outcome.FAILED, Reason.ANSWER_NOT_UNDERSTOOD),
            (hangs_while_read, Outcome.FAILED, Reason.TABLET_HUNG),
        ),
    ),
)

REFUSED = Outcome.REFUSED
BEFORE_WRITES: tuple[Rule, ...] = (
    When("it does not say its kind", lambda now: not now.model.says_kind, REFUSED, Reason.MODEL_UNKNOWN),
    When("it is no tablet", lambda now: now.model.kind != "tablet", REFUSED, Reason.NOT_A_TABLET),
    When("somebody else owns it", has_foreign_owner, REFUSED, Reason.FOREIGN_OWNER),
    When("it has more users", lambda now: now.data.users, REFUSED, Reason.NOT_RESET_USERS),
    When("it has accounts", lambda now: now.data.accounts, REFUSED, Reason.NOT_RESET_ACCOUNTS),
    When("it holds files", holds_user_files, REFUSED, Reason.NOT_RESET_FILES),
    When(
        "its battery is low",
        lambda now: now.state.battery_level < now.site.battery_percent,
        REFUSED,
        Reason.BATTERY_LOW,
    ),
    When("its storage is full", has("full-storage"), REFUSED, Reason.STORAGE_LOW),
    When("its storage is small", lambda now: now.free_mb < now.site.storage_mb, REFUSED, Reason.STORAGE_LOW),
    When("its lock screen waits for a code", waits_for_code, REFUSED, Reason.USER_LOCKED),
    When("the agent has no such network", lambda now: now.agent_lacks_network, REFUSED, Reason.NETWORK_UNSUPPORTED),
    When(
        "the agent cannot own it, and a control needs that",
        lambda now: now.too_weak and now.site.agent and not now.by_agent,
        REFUSED,
        Reason.OWNER_UNSUPPORTED,
    ),
    When("the shell has no such network", lacks_command, REFUSED, Reason.NETWORK_UNSUPPORTED),
    When("the shell may not join the network", cannot_join, REFUSED, Reason.WIFI_SHELL_CLOSED),
    When("a control is held too weakly", lambda now: now.too_weak, REFUSED, Reason.ASSURANCE_TOO_LOW),
)

WHILE_LOOKED_AT: tuple[Rule, ...] = (
    Faulty(
        "a fault shows while a settled tablet is looked at",
        (
            (of_agent("agent-garbage"), Outcome.FAILED, Reason.ANSWER_NOT_UNDERSTOOD),
            (lambda now, fault: hangs(now, fault) and is_looked_at(now, fault), Outcome.FAILED, Reason.TABLET_HUNG),
            (lambda now, fault: goes(now, fault) and is_looked_at(now, fault), Outcome.LOST, Reason.TABLET_GONE),
        ),
    ),
)

WHILE_WRITTEN: tuple[Rule, ...] = (
    Gated("a maker's gate refuses a call"),
    When("another agent is installed", has_foreign_agent, Outcome.FAILED, Reason.APP_OTHER_SIGNER),
    Faulty(
        "a fault shows while it is written to",
        (
            (named("lie-install"), Outcome.FAILED, Reason.READ_BACK_DIFFERS),
            (named("strange-install"), Outcome.FAILED, Reason.INSTALL_REFUSED),
            (named("verifier-refuses", "verifier-waits"), Outcome.FAILED, Reason.VERIFIER_REFUSED),
            (named("drop-mid-upload", "adb-off", "battery-dies"), Outcome.LOST, Reason.TABLET_GONE),
            (of_agent("agent-lies"), Outcome.FAILED, Reason.READ_BACK_DIFFERS),
            (of_agent("agent-garbage"), Outcome.FAILED, Reason.ANSWER_NOT_UNDERSTOOD),
            (refuses_owner, Outcome.FAILED, Reason.READ_BACK_DIFFERS),
            (hangs_while_installed, Outcome.FAILED, Reason.INSTALL_HUNG),
            (hangs, Outcome.FAILED, Reason.TABLET_HUNG),
        ),
    ),
    When(
        "nobody signed the certificate of its key yet",
        lambda now: now.awaits_certificate,
        Outcome.FAILED,
        Reason.CERTIFICATE_AWAITED,
    ),
    When(
        "settings that are required are dropped",
        find_dropped_required_settings,
        Outcome.FAILED,
        Reason.READ_BACK_DIFFERS,
    ),
    When("settings are dropped", find_dropped_settings, Outcome.DONE_WITH_WARNINGS, Reason.DEVIATIONS_LEFT),
    When(
        "nobody delivers configuration",
        lambda now: now.site.configurations and not now.by_agent,
        Outcome.DONE_WITH_WARNINGS,
        Reason.DEVIATIONS_LEFT,
    ),
    When(
        "configuration that is required is not kept",
        lambda now: find_undelivering(now) if Control.APPS_CONFIGURED in now.site.required else None,
        Outcome.FAILED,
        Reason.READ_BACK_DIFFERS,
    ),
    When("configuration is not kept", find_undelivering, Outcome.DONE_WITH_WARNINGS, Reason.DEVIATIONS_LEFT),
    When("a lock gives way", find_leak, Outcome.FAILED, Reason.PROOF_FAILED),
)

IN_THE_END: tuple[Rule, ...] = (
    When(
        "nobody sees debugging close",
        lambda now: now.site.seals and now.model.answers.closed_usb == "nothing",
        Outcome.DONE_WITH_WARNINGS,
        Reason.SEAL_NOT_SEEN,
    ),
    When(
        "only a hand sets the time zone",
        lambda now: now.api < ZONE_API and not now.has_zone,
        Outcome.DONE_WITH_WARNINGS,
        Reason.DEVIATIONS_LEFT,
    ),
    When("this Android has nothing of a control", lacks_wanted, Outcome.DONE_WITH_WARNINGS, Reason.DEVIATIONS_LEFT),
    When("its label is in doubt", is_reset_or_twin, Outcome.DONE_WITH_WARNINGS, Reason.LABEL_UNSURE),
    When("nothing is in the way", lambda _now: True, Outcome.DONE),
)


def list_rules(now: Situation) -> Iterator[Rule]:
    """Yield the rules of a run in their order."""
    yield from BEFORE_A_RUN
    yield from WHILE_READ
    yield from BEFORE_WRITES
    yield from WHILE_LOOKED_AT if now.is_settled else WHILE_WRITTEN
    yield from IN_THE_END


def decide(now: Situation) -> tuple[Rule, ExpectedOutcome]:
    """Return the first rule that applies, and its outcome."""
    predicted = ((rule, rule.predict(now)) for rule in list_rules(now))
    return next((rule, outcome) for rule, outcome in predicted if outcome is not None)


def predict_outcome(place: Place, state: State, site: SiteRequirements) -> ExpectedOutcome:
    """Return how the next run must end.

    Args:
        place: model and hand of the tablet.
        state: its state before the run.
        site: what is asked of it.
    """
    model = load_model(place.model)
    now = Situation(model, model.tap_allow if place.tap_allow is None else place.tap_allow, state, site)
    _, outcome = decide(now)
    if outcome.reason is not Reason.MODEL_UNKNOWN:
        return outcome
    told = replace(now, model=model.model_copy(update={"says_kind": True}))
    return replace(outcome, after_word=decide(told)[1])
