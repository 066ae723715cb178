"""The right end of a run for every virtual tablet: a pure function of release, gates, state, faults.

Derived from the reference, not from product code: packages document 1.10, 3.8, 3.11, 6.2; Wi-Fi
document 1.1 (which releases let the plain shell join), 4 (location), 5 (time zone), 11 (assurance).
With an agent in the home the agent road counts wherever Android has device owners, else the shell road.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from provision.terms import Assurance, Control, Outcome, Reason
from provision.virtual.android.agent.packages import AGENT
from provision.virtual.android.edits import FOREIGN_SIGNER
from provision.virtual.android.faults import Fault, kind_of, parse_fault
from provision.virtual.android.model import Model, load_model
from provision.virtual.android.oem_gates import find_gate, shut_gates
from provision.virtual.android.state import Data, State, digest_of
from provision.virtual.oracle.model import ExpectedOutcome, SiteRequirements
from provision.virtual.roster import Place

MEGABYTE = 1_000_000
MEBIBYTE = 1024 * 1024

USER_FILES = ("/sdcard/DCIM/", "/sdcard/Pictures/", "/sdcard/Download/", "/sdcard/Movies/")
LAPSES_API = 29  # adb keys lapse from here on (packages document 1.9)
JOINING_RELEASES = frozenset({30, 31, 32, 35, 36, 37})
"""API levels on which uid 2000 may join a network (Wi-Fi document 1.1)."""

READING = ("getprop", "settings", "dumpsys", "pm", "cmd", "df", "ls", "cat")
"""Words a run uses to read facts, before it decides anything."""

STRENGTH = (Assurance.UNKNOWN, Assurance.UNSUPPORTED, Assurance.SET, Assurance.ENFORCED)


def predict_outcome(place: Place, state: State, site: SiteRequirements) -> ExpectedOutcome:
    """The right end of the next run.

    Args:
        place: model, faults and hand of the tablet.
        state: its state before the run.
        site: what the site asks for.
    """
    model = load_model(place.model)
    end = _find_end(place, model, state, site)
    if end.reason is not Reason.MODEL_UNKNOWN:
        return end
    return replace(end, after_word=_find_end(place, model.model_copy(update={"says_kind": True}), state, site))


def _find_end(place: Place, model: Model, state: State, site: SiteRequirements) -> ExpectedOutcome:
    return next(filter(None, _look_ahead(place, model, state, site)), ExpectedOutcome(Outcome.DONE))


def _look_ahead(place: Place, model: Model, state: State, site: SiteRequirements) -> Iterator[ExpectedOutcome | None]:
    """What each moment of a run may end in, the first moment first; None where it goes on."""
    faults = [parse_fault(text) for text in state.faults]
    by_agent = site.agent and has_owners(model)
    yield _no_run(place, model, state)
    yield _broken_reading(faults)
    yield None if model.says_kind else ExpectedOutcome(Outcome.REFUSED, Reason.MODEL_UNKNOWN)
    yield _not_fit(model, state, site)
    yield _waits_for_code(state) if by_agent else None
    yield _cannot_hold(model, site)
    if is_settled(model, state, site):
        yield _broken_at_rest(faults, by_agent=by_agent)
    else:
        yield from _look_at_writes(model, state, site, faults, by_agent=by_agent)
    yield _left_open(model, state, site)
    yield _in_doubt(state, site)


def _look_at_writes(
    model: Model, state: State, site: SiteRequirements, faults: list[Fault], *, by_agent: bool
) -> Iterator[ExpectedOutcome | None]:
    """What a run may end in that has something to write."""
    shut = shut_gates(model.api, model.gates, state.data.opened_gates, state.faults)
    yield _at_a_gate(shut, _list_calls(model.api, site, by_agent=by_agent))
    yield _meets_another_agent(state) if by_agent else None
    yield _broken_writing(faults, model.api, by_agent=by_agent)
    yield _lost_settings(shut, faults, site, by_agent=by_agent)
    yield _undelivered(state.data, faults, site, by_agent=by_agent)
    yield _broken_lock(model, faults, by_agent=by_agent)


def _no_run(place: Place, model: Model, state: State) -> ExpectedOutcome | None:
    """Nobody taps Allow, adb refuses or is off: identity is never read, so no run starts."""
    tap = model.tap_allow if place.tap_allow is None else place.tap_allow
    secure = model.props.get("ro.adb.secure") == "1"
    if "refuse-connect" in state.faults:
        return ExpectedOutcome(None, None, "refuse-connect")
    if "mute" in state.faults:  # adb lists it as `device`, so a run starts, and hears nothing
        return ExpectedOutcome(Outcome.FAILED, Reason.TABLET_HUNG, "mute")
    if "taps-deny" in state.faults and secure and not state.data.keys:
        return ExpectedOutcome(None, None, "taps-deny")
    off = state.data.settings["global"].get("adb_enabled") != "1"
    return ExpectedOutcome(None) if off or (secure and tap == "never" and not state.data.keys) else None


def _broken_reading(faults: list[Fault]) -> ExpectedOutcome | None:
    """Faults that show while facts are read, before any refusal can be decided."""
    for fault in faults:
        if fault.name in {"boot-stuck", "boot-half"}:
            return ExpectedOutcome(Outcome.FAILED, Reason.BOOT_INCOMPLETE, fault.text)
        if fault.name in {"adb-off", "battery-dies"} and fault.words[0] in READING:
            return ExpectedOutcome(Outcome.LOST, Reason.TABLET_GONE, fault.text)
        if kind_of(fault) == "strange-reading":
            return ExpectedOutcome(Outcome.FAILED, Reason.ANSWER_NOT_UNDERSTOOD, fault.text)
        if _hangs(fault) and fault.words[0] in READING and len(fault.words) == 1:
            return ExpectedOutcome(Outcome.FAILED, Reason.TABLET_HUNG, fault.text)
    return None


def _hangs(fault: Fault) -> bool:
    """A command that hangs is a failure. A link that ends once is not: the tablet is still there and goes on."""
    return fault.name in {"hang", "hang-during", "hang-after"} and bool(fault.words)


def _not_fit(model: Model, state: State, site: SiteRequirements) -> ExpectedOutcome | None:
    """What the tablet still holds of its donor, or lacks."""
    ours = site.agent and state.data.owner is not None and state.data.owner.startswith(f"{AGENT}/")
    found = {
        Reason.NOT_A_TABLET: model.kind != "tablet",
        Reason.FOREIGN_OWNER: state.data.owner is not None and not ours,
        Reason.NOT_RESET_USERS: bool(state.data.users),
        Reason.NOT_RESET_ACCOUNTS: bool(state.data.accounts),
        Reason.NOT_RESET_FILES: any(path.startswith(USER_FILES) for path in state.data.files),
        Reason.BATTERY_LOW: state.battery_level < site.battery_percent,
        Reason.STORAGE_LOW: "full-storage" in state.faults or _free_mb(model) < site.storage_mb,
    }
    reason = next((reason for reason, is_so in found.items() if is_so), None)
    fault = "full-storage" if reason is Reason.STORAGE_LOW and "full-storage" in state.faults else None
    return ExpectedOutcome(Outcome.REFUSED, reason, fault) if reason else None


def _waits_for_code(state: State) -> ExpectedOutcome | None:
    """A user 0 that nobody unlocked since the last start: no agent answers there (packages document 6.4)."""
    return (
        ExpectedOutcome(Outcome.REFUSED, Reason.USER_LOCKED)
        if state.data.user_locked and not state.data.owner
        else None
    )


def _free_mb(model: Model) -> int:
    """Free storage of a fresh unit in decimal megabytes; models count in MiB."""
    return (model.storage.total_mb - model.storage.used_mb) * MEBIBYTE // MEGABYTE


def best_by_shell(api: int) -> dict[Control, Assurance]:
    """The strongest assurance the plain shell reaches on a release."""
    held, missing = Assurance.SET, Assurance.UNSUPPORTED
    return {
        Control.APPS_PRESENT: held,
        Control.APPS_CONFIGURED: missing,
        Control.WIFI_HOSPITAL: held if api in JOINING_RELEASES else missing,
        Control.WIFI_OTHER_NETWORKS: held if api >= 30 else missing,
        Control.LOCATION_ON: held,
        Control.SCREEN_TIMEOUT: held,
        Control.CLOCK_ZONE: held if api >= 28 else missing,
        Control.KIOSK_LOCK_TASK: missing,
        Control.AGENT_OWNER: missing,
    }


def best_by_agent(api: int) -> dict[Control, Assurance]:
    """The strongest assurance through a device owner (Wi-Fi document 11, rows 3, 5, 8, 18, 19, 22)."""

    def enforced_from(level: int) -> Assurance:
        return Assurance.ENFORCED if api >= level else Assurance.SET

    return best_by_shell(api) | {
        Control.AGENT_OWNER: Assurance.ENFORCED,
        Control.APPS_CONFIGURED: Assurance.SET,
        Control.WIFI_HOSPITAL: enforced_from(23),
        Control.WIFI_OTHER_NETWORKS: enforced_from(33),
        Control.LOCATION_ON: enforced_from(28),
        Control.KIOSK_LOCK_TASK: enforced_from(23),
    }


def has_owners(model: Model) -> bool:
    """Whether this Android knows device owners at all (packages document 6.2)."""
    return model.api >= 21 and "android.software.device_admin" in model.features


def _cannot_hold(model: Model, site: SiteRequirements) -> ExpectedOutcome | None:
    """A control the site requires that this release cannot hold; the hospital network comes first."""
    required, by_agent = site.required, site.agent and has_owners(model)
    best = best_by_agent(model.api) if by_agent else best_by_shell(model.api)
    short = [c for c, wanted in required.items() if STRENGTH.index(best[c]) < STRENGTH.index(wanted)]
    if not short:
        return None
    if site.agent and not by_agent:
        return ExpectedOutcome(Outcome.REFUSED, Reason.OWNER_UNSUPPORTED)
    closed = Control.WIFI_HOSPITAL in short and best[Control.WIFI_HOSPITAL] is Assurance.UNSUPPORTED
    reason = Reason.WIFI_SHELL_CLOSED if closed else Reason.ASSURANCE_TOO_LOW
    return ExpectedOutcome(Outcome.REFUSED, reason)


def _broken_lock(model: Model, faults: list[Fault], *, by_agent: bool) -> ExpectedOutcome | None:
    """A lock that only reads back as one; the site is taken to want all of them."""
    if not by_agent:
        return None
    found = next((fault for fault in faults if model.api in LEAKS.get(fault.name, ())), None)
    return None if found is None else ExpectedOutcome(Outcome.FAILED, Reason.PROOF_FAILED, found.text)


def _undelivered(
    data: Data, faults: Sequence[Fault], site: SiteRequirements, *, by_agent: bool
) -> ExpectedOutcome | None:
    """Managed configuration that nobody delivers or clears, or that Android refuses or drops (Wi-Fi document 13)."""
    left = ExpectedOutcome(Outcome.DONE_WITH_WARNINGS, Reason.DEVIATIONS_LEFT)
    if not by_agent:
        return left if site.configurations else None
    calls = {(DELIVERS,), *((DELIVERS, name) for name in _list_due(data, site))}
    if len(calls) == 1:
        return None
    kinds = {"owner-refuses", "owner-drops"}
    found = next((fault for fault in faults if fault.name in kinds and fault.words in calls), None)
    if found is None:
        return None
    ends = Control.APPS_CONFIGURED in site.required
    return replace(ExpectedOutcome(Outcome.FAILED, Reason.READ_BACK_DIFFERS) if ends else left, fault=found.text)


def _meets_another_agent(state: State) -> ExpectedOutcome | None:
    """An app of the agent's name under another signature cannot be updated by ours (packages document 3.7)."""
    package = state.data.packages.get(AGENT)
    foreign = package is not None and package.installed and package.signer == FOREIGN_SIGNER
    return ExpectedOutcome(Outcome.FAILED, Reason.APP_OTHER_SIGNER) if foreign else None


def _in_doubt(state: State, site: SiteRequirements) -> ExpectedOutcome | None:
    """A known serial with a new installation: reset, or another tablet with the same serial (packages 1.4)."""
    known = site.known.get(state.identity.serial)
    installation = digest_of(f"android_id:{state.data.android_id}")
    if not known or installation in known:
        return None
    return ExpectedOutcome(Outcome.DONE_WITH_WARNINGS, Reason.LABEL_UNSURE)


def _left_open(model: Model, state: State, site: SiteRequirements) -> ExpectedOutcome | None:
    """The time zone, which nobody but a hand can set before 9 (Wi-Fi document 5), and a seal nobody can see."""
    if site.seals and model.answers.closed_usb == "nothing":
        return ExpectedOutcome(Outcome.DONE_WITH_WARNINGS, Reason.SEAL_NOT_SEEN)
    if model.api >= 28 or site.zone in {None, state.data.timezone}:
        return None
    return ExpectedOutcome(Outcome.DONE_WITH_WARNINGS, Reason.DEVIATIONS_LEFT)


def is_settled(model: Model, state: State, site: SiteRequirements) -> bool:
    """Whether a run has nothing to write: the last one ended well, and nobody changed the tablet since.

    A finished tablet is read, not written to and not attacked again.
    """
    data = state.data
    return (
        digest_of(f"android_id:{data.android_id}") in site.finished
        and _has_apps(data, site.apps)
        and data.settings["system"].get("screen_off_timeout") == str(site.screen_seconds * 1000)
        and data.settings["secure"].get("location_mode") != "0"
        and (model.api < 28 or site.zone in {None, data.timezone})
        and {network.ssid for network in data.networks} <= set(site.ssids)
        and (not site.agent or _is_held(model, data, site))
    )


def _is_held(model: Model, data: Data, site: SiteRequirements) -> bool:
    """Whether it is locked with the configuration of apps that is asked for now, and forgets no bench meanwhile."""
    lasts = model.api < LAPSES_API or data.settings["global"].get("adb_allowed_connection_time") == "0"
    given = _read_policy(data).get("applications", {})
    held = bool(given == _fill_configurations(data, site)) and not _list_due(data, site)
    return held and lasts and data.lock_task.mode == "locked"


def _read_policy(data: Data) -> dict[str, Any]:
    """The agent's, empty before its first one."""
    return dict(json.loads(data.app_data.get(AGENT, {}).get("policy", "{}")))


def _fill_configurations(data: Data, site: SiteRequirements) -> dict[str, Any]:
    """The configuration asked for, with the asset id this tablet has."""
    asset = str(_read_policy(data).get("asset", {}).get("id"))
    return dict(json.loads(json.dumps(site.configurations).replace("{asset_id}", asset)))


def _list_due(data: Data, site: SiteRequirements) -> set[str]:
    """Packages for which Android is to hold something else than it does: those asked for, and those once configured."""
    wanted = _fill_configurations(data, site)
    remembered = data.app_data.get(AGENT, {}).get("configured", "").split(",")
    return {name for name in {*wanted, *remembered} if data.configurations.get(name) != wanted.get(name)}


def _has_apps(data: Data, apps: Mapping[str, int]) -> bool:
    usable = {name: one.version_code for name, one in data.packages.items() if one.installed and one.enabled < 2}
    return all(usable.get(package) == version for package, version in apps.items())


READ_CALLS = (
    *(("getprop",), ("settings", "get"), ("df", "/data"), ("ls", "/sdcard"), ("wm", "size"), ("wm", "density")),
    *(("dumpsys", service) for service in ("account", "activity", "battery", "device_policy", "package", "wifi")),
    *(("pm", "list"), ("pm", "path"), ("cmd", "wifi"), ("cmd", "location")),
)
"""Calls that read: what a run makes on a tablet that has nothing left to do."""


def _broken_at_rest(faults: list[Fault], *, by_agent: bool) -> ExpectedOutcome | None:
    """Faults that show where nothing is written: the agent is still asked for its report."""
    asked = (*READ_CALLS, *((("content", "call"),) if by_agent else ()))
    for fault in faults:
        if fault.name == "agent-garbage" and by_agent:
            return ExpectedOutcome(*AGENT_ENDS[fault.name], fault.text)
        if any(call[: len(fault.words)] == fault.words for call in asked):
            if _hangs(fault):
                return ExpectedOutcome(Outcome.FAILED, Reason.TABLET_HUNG, fault.text)
            if fault.name in {"adb-off", "battery-dies"}:
                return ExpectedOutcome(Outcome.LOST, Reason.TABLET_GONE, fault.text)
    return None


GRANTS_API = 23
"""Before it every permission comes with the installation (packages document 8)."""


def _at_a_gate(shut: Sequence[str], calls: Iterable[str]) -> ExpectedOutcome | None:
    """The first gate of the maker that a run comes before; what it says of itself is the end."""
    for call in calls:
        found = find_gate(shut, call)
        if found and found[0].end:
            return ExpectedOutcome(found[0].end.outcome, found[0].end.reason, found[0].id)
    return None


def _list_calls(api: int, site: SiteRequirements, *, by_agent: bool) -> Iterator[str]:
    """What a run must write on a fresh tablet, in the order of its phases (Wi-Fi document 8)."""
    yield "settings put"
    yield "package install"
    if by_agent:
        yield "device_policy set-device-owner"
    if site.grants and api >= GRANTS_API:
        yield "package grant"


def _lost_settings(
    shut: Sequence[str], faults: Sequence[Fault], site: SiteRequirements, *, by_agent: bool
) -> ExpectedOutcome | None:
    """Settings that are taken and dropped; the owner writes its own by another road (Wi-Fi document 1.7, 4)."""
    found = find_gate(shut, "settings put")
    names = [found[0].id] if found and found[0].silent else []
    names += [fault.text for fault in faults if fault.name == "lie-settings"]
    if not names:
        return None
    lost = {Control.SCREEN_TIMEOUT} if by_agent else {Control.SCREEN_TIMEOUT, Control.LOCATION_ON}
    if lost & set(site.required):
        return ExpectedOutcome(Outcome.FAILED, Reason.READ_BACK_DIFFERS, names[0])
    return ExpectedOutcome(Outcome.DONE_WITH_WARNINGS, Reason.DEVIATIONS_LEFT, names[0])


AGENT_ENDS = {
    "agent-lies": (Outcome.FAILED, Reason.READ_BACK_DIFFERS),
    "agent-garbage": (Outcome.FAILED, Reason.ANSWER_NOT_UNDERSTOOD),
    "owner-refuses": (Outcome.FAILED, Reason.READ_BACK_DIFFERS),
}
"""Faults of the agent that decide an end; a process that dies once, or answers late, is spoken to again."""

DELIVERS = "setApplicationRestrictions"
CALLED = {"addNetwork": range(21, 31), "addNetworkPrivileged": range(31, 99), DELIVERS: range(0)}
"""Calls of the owner that an agent makes on some releases only (Wi-Fi document 11, row 2), or for some app sets."""

LEAKS = {
    "lock-task-leaks": range(21, 99),
    "restrictions-leak": range(28, 99),
    "lockdown-leaks": (*range(30, 33), *range(35, 99)),
}
"""Locks that give way, with the releases where a try by shell shows it (Wi-Fi document 1.1, 2.3, 3.2, 3.3)."""


def _is_met(fault: Fault, api: int) -> bool:
    """Whether this release makes the call that a fault is about."""
    return fault.name != "owner-refuses" or api in CALLED.get(fault.words[0], range(99))


def _broken_writing(faults: list[Fault], api: int, *, by_agent: bool) -> ExpectedOutcome | None:
    """Faults that show only once something is written."""
    ends = {
        "lie-install": (Outcome.FAILED, Reason.READ_BACK_DIFFERS),
        "strange-install": (Outcome.FAILED, Reason.INSTALL_REFUSED),
        **dict.fromkeys(("verifier-refuses", "verifier-waits"), (Outcome.FAILED, Reason.INSTALL_REFUSED)),
        "drop-mid-upload": (Outcome.LOST, Reason.TABLET_GONE),
        "adb-off": (Outcome.LOST, Reason.TABLET_GONE),
        "battery-dies": (Outcome.LOST, Reason.TABLET_GONE),
        **(AGENT_ENDS if by_agent else {}),
    }
    for fault in faults:
        if kind_of(fault) in ends and _is_met(fault, api):
            return ExpectedOutcome(*ends[kind_of(fault)], fault.text)
        if _hangs(fault):
            return ExpectedOutcome(Outcome.FAILED, Reason.TABLET_HUNG, fault.text)
    return None
