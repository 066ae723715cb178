"""`cmd wifi`: what each release lets uid 2000 do, to the letter.

Source: reference, Wi-Fi document 1.1 (releases), 1.2 (verbs), 1.3 (syntax), 1.4 (the 30-32 trap).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from provision.virtual.android.argv import read_number, word
from provision.virtual.android.commands import link
from provision.virtual.android.commands.wifi_text import networks_table, scan_table, status_text, suggestions_table
from provision.virtual.android.contract import Reply
from provision.virtual.android.device import Device
from provision.virtual.android.replies import FAILED, done, failed, no_service, stack, thrown
from provision.virtual.android.state import SavedNetwork

SECURITY, ILLEGAL = "java.lang.SecurityException", "java.lang.IllegalArgumentException"
SERVICE_API, OPEN_API = 26, 30
NO_JOIN = range(33, 35)
"""API 33 and 34: add-network and connect-network are root only (Wi-Fi document 1.1)."""

WAITS = range(30, 33)
"""API 30-32: join verbs wait 500 ms and print a result; 35 and later return at once without text."""

SETTLE_SECONDS = 0.5
JOINS = frozenset({"add-network", "connect-network"})

VERBS_30 = frozenset({
    "add-suggestion", "add-network", "connect-network", "forget-network", "get-country-code", "help", "-h",
    "list-scan-results", "list-networks", "list-suggestions", "remove-suggestion", "remove-all-suggestions",
    "reset-connected-score", "set-connected-score", "set-scan-always-available", "set-verbose-logging",
    "set-wifi-enabled", "start-scan", "start-softap", "status", "stop-softap",
})  # fmt: skip
VERBS_33 = frozenset({
    "set-passpoint-enabled", "set-multi-internet-state", "query-interface", "interface-priority-interactive-mode",
    "set-one-shot-screen-on-delay-ms", "set-ipreach-disconnect", "get-ipreach-disconnect",
})  # fmt: skip
VERBS_34 = frozenset({"set-network-selection-config", "take-bugreport", "get-allowed-channel"})
VERBS_35 = frozenset({"get-softap-supported-features", "get-overlay-config-values"})
"""Verbs open to uid 2000: those of API 30 and what later releases added (Wi-Fi document 1.2)."""

SECURITY_TYPES = {"open": 30, "owe": 30, "wpa2": 30, "wpa3": 30, "dpp": 33, "wep": 34}
OPTIONS = {"-m": (30, 0), "-d": (30, 0), "-b": (30, 1), "-r": (31, 1), "-h": (31, 0), "-p": (31, 0), "-x": (33, 0)}
"""Options of the join verbs: first release and how many words they take."""


def open_verbs(api: int) -> frozenset[str]:
    """Verbs uid 2000 may use on a release; none before 30."""
    if api < OPEN_API:
        return frozenset()
    verbs = VERBS_30
    for since, more in ((31, {"is-verbose-logging"}), (33, VERBS_33), (34, VERBS_34), (35, VERBS_35)):
        verbs = verbs | more if api >= since else verbs
    gone = JOINS if api in NO_JOIN else {"start-softap", "stop-softap"} if api >= 35 else set()
    return verbs - gone


def wifi(device: Device, words: Sequence[str], _stdin: bytes) -> Reply:
    """One `cmd wifi` call; words start with the verb."""
    if device.api < SERVICE_API:
        return no_service(device.api, "wifi")
    verb = words[0] if words else "help"
    if verb not in open_verbs(device.api):
        return _not_yours(device.api, verb)
    run = VERBS.get(verb)
    return run(device, words[1:]) if run else Reply()


def _not_yours(api: int, verb: str) -> Reply:
    """The refusal, which an unknown verb gets too (Wi-Fi document 1.1)."""
    if api < OPEN_API:
        return thrown(api, verb, SECURITY, "Uid 2000 does not have access to wifi commands")
    tail = " (or such command doesn't exist)" if api > OPEN_API else ""
    return thrown(api, verb, SECURITY, f"Uid 2000 does not have access to {verb} wifi command{tail}")


def _help(device: Device, _words: Sequence[str]) -> Reply:
    """The verbs this caller may use, one a line; the join verbs are missing on 33-34."""
    lines = [f"  {verb}\n" for verb in sorted(open_verbs(device.api) - {"-h"})]
    return done("Wi-Fi (wifi) commands:\n" + "".join(lines))


def _status(device: Device, _words: Sequence[str]) -> Reply:
    return done(status_text(device))


def _list_networks(device: Device, _words: Sequence[str]) -> Reply:
    return done(networks_table(device))


def _scan_results(device: Device, _words: Sequence[str]) -> Reply:
    return done(scan_table(device))


@dataclass(frozen=True)
class _Join:
    """Outcome of a join verb: the network it saved, None when that was refused, and what it told of its options."""

    ssid: str | None
    told: str


def _connect(device: Device, words: Sequence[str]) -> Reply:
    """`connect-network SSID TYPE [PASSPHRASE] [options]`; the proof is `status`, never this answer.

    A network outside the owner's allow-list is saved and not joined; the link stays (Wi-Fi document 2.4).
    """
    join = _save(device, words, "connect-network")
    if isinstance(join, Reply):
        return join
    if join.ssid and link.allowed(device, join.ssid):
        link.start_join(device, join.ssid)
    return _joined(device, join, "Connection initiated " if join.ssid else "Connection failed")


def _add(device: Device, words: Sequence[str]) -> Reply:
    """`add-network`: the same words, saves without joining."""
    join = _save(device, words, "add-network")
    if isinstance(join, Reply):
        return join
    return _joined(device, join, "Save successful" if join.ssid else "Save failed")


def _joined(device: Device, join: _Join, text: str) -> Reply:
    """Result text of a join verb by release, with the exception text where the model throws it."""
    if device.api not in WAITS:
        return done(join.told)
    reply = done(join.told + text, delay=min(SETTLE_SECONDS, device.model.timing.join))
    if join.ssid and device.model.answers.wifi_autojoin == "throws":
        trace = stack("java.lang.NullPointerException", "Attempt to invoke virtual method on a null object reference")
        said = f"{reply.out}Exception while executing WifiShellCommand: \n{trace}"
        return replace(reply, out=said, status=FAILED)
    return reply


def _save(device: Device, words: Sequence[str], verb: str) -> _Join | Reply:
    """Read the words and save; a reply where they are wrong."""
    if len(words) < 2:  # SSID TYPE
        return _misuse(verb, f'Argument expected after "{[verb, *words][-1]}"')
    ssid, security, rest = words[0], words[1], list(words[2:])
    if device.api < SECURITY_TYPES.get(security, 99):
        return _misuse(verb, f"Unknown network type {security}")
    passphrase = rest.pop(0) if security not in {"open", "owe"} and rest else None
    options, told = _read_options(device.api, rest)
    if "-x" in options:
        if not re.fullmatch("(?:[0-9a-fA-F]{2})+", ssid):
            return _misuse(verb, f"Invalid hex SSID {ssid}")
        ssid = bytes.fromhex(ssid).decode("utf-8", "backslashreplace")
    return _Join(ssid if link.save_network(device, ssid, security, passphrase) else None, told)


def _misuse(verb: str, message: str) -> Reply:
    """A wrong call: the command catches what it throws itself, and tells it on standard output."""
    return failed("", FAILED, out=f"Invalid args for {verb}: {ILLEGAL}: {message}\n")


def _read_options(api: int, words: Sequence[str]) -> tuple[frozenset[str], str]:
    """The options of a join verb that the release has, and what is told of others; what is none ends them."""
    left, known, told = list(words), set(), ""
    while left and left[0].startswith("-"):
        option = left.pop(0)
        since, takes = OPTIONS.get(option, (99, 0))
        if api < since:
            told += f"Ignoring unknown option {option}\n"
        else:
            known.add(option)
            del left[:takes]
    return frozenset(known), told


def _forget(device: Device, words: Sequence[str]) -> Reply:
    """`forget-network ID`: waits for the result."""
    number = read_number(word(words, 0))
    gone = number is not None and link.forget(device, number)
    return done("Forget successful" if gone else "Forget failed")


def _set_enabled(device: Device, words: Sequence[str]) -> Reply:
    """`set-wifi-enabled enabled|disabled`: silent, even when the service refuses."""
    state = word(words, 0, "null")
    if state not in {"enabled", "disabled"}:
        problem = f"java.lang.IllegalArgumentException: Expected 'enabled' or 'disabled' as next arg but got '{state}'"
        return failed("", FAILED, out=f"Invalid args for set-wifi-enabled: {problem}\n")
    link.set_radio(device, on=state == "enabled")
    return Reply()


def _scan_always(device: Device, words: Sequence[str]) -> Reply:
    """`set-scan-always-available`: the same effect as the global setting."""
    device.data.settings["global"]["wifi_scan_always_enabled"] = "1" if words[:1] == ["enabled"] else "0"
    return Reply()


def _suggest(device: Device, words: Sequence[str]) -> Reply:
    """`add-suggestion`: listed, and never used until somebody approves (Wi-Fi document 1.3)."""
    if len(words) < 2:  # SSID TYPE
        return _misuse("add-suggestion", f'Argument expected after "{["add-suggestion", *words][-1]}"')
    kept = [one for one in device.data.suggestions if one.ssid != words[0]]
    device.data.suggestions = [*kept, SavedNetwork(id=-1, ssid=words[0], security=words[1])]
    return Reply()


def _unsuggest(device: Device, words: Sequence[str]) -> Reply:
    """`remove-suggestion SSID`, `remove-all-suggestions`."""
    device.data.suggestions = [one for one in device.data.suggestions if words and one.ssid != words[0]]
    return Reply()


def _suggestions(device: Device, _words: Sequence[str]) -> Reply:
    return done(suggestions_table(device))


def _set_verbose(device: Device, words: Sequence[str]) -> Reply:
    """`set-verbose-logging enabled|disabled`."""
    device.data.verbose_wifi = words[:1] == ["enabled"]
    return Reply()


def _is_verbose(device: Device, _words: Sequence[str]) -> Reply:
    return done("enabled" if device.data.verbose_wifi else "disabled")


def _says(text: str) -> Callable[[Device, Sequence[str]], Reply]:
    """A verb with one fixed answer."""
    return lambda _device, _words: done(text)


VERBS: dict[str, Callable[[Device, Sequence[str]], Reply]] = {
    "help": _help,
    "-h": _help,
    "status": _status,
    "list-networks": _list_networks,
    "list-scan-results": _scan_results,
    "add-suggestion": _suggest,
    "remove-suggestion": _unsuggest,
    "remove-all-suggestions": _unsuggest,
    "list-suggestions": _suggestions,
    "get-country-code": _says("Wifi Country Code = FR"),
    "set-verbose-logging": _set_verbose,
    "is-verbose-logging": _is_verbose,
    "connect-network": _connect,
    "add-network": _add,
    "forget-network": _forget,
    "set-wifi-enabled": _set_enabled,
    "set-scan-always-available": _scan_always,
}
"""Verbs with an effect or a text; the other open verbs say nothing and change nothing here."""
