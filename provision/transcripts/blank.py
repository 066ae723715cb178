"""Parts of a call that may leave the bench: an allow-list by command (`kept.yaml`), and what is known is replaced.

Replaced wherever they stand: serial number, android_id, values of properties that tell a unit apart, the site's
network and its passphrase, asset id. Whatever looks like an address, an account or a long number becomes zeros of the
same form. Stand-ins are of the same kind as what they stand for, so that a parser reads a transcript as it read the
tablet. Of what goes to the agent nothing is kept but the method, of its answers the members that say nothing of a unit.
"""

from __future__ import annotations

import base64
import json
import re
import shlex
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from provision.captures.blank import IDENTIFIERS, SECRET_VALUES, blank, blank_serial
from provision.errors import AnswerError
from provision.facts import props
from provision.facts.query import CommandOutput
from provision.identity.shared_serials import is_placeholder
from provision.proofs.attempts import THROWAWAY

HOSPITAL, PASSPHRASE, ASSET, NAME, MAC = "HOSPITAL", "PASSPHRASE", "X-0", "NAME", "02:00:00:00:00:00"
OWN = "org.provision."
OWNER = "Owner"
"""What Android calls the first user in English before anybody does."""

LEFT_OUT = "(left out)"
_NO_SSID = ("", "<none>", "<unknown ssid>")
_LEAST = 4  # a shorter value would replace half of an answer
_JOINS = frozenset({("cmd", "wifi", "connect-network"), ("cmd", "wifi", "add-network")})
_OPEN = ("open", "owe")  # without a passphrase
_PROPS = ("ro.serialno", "ro.boot.serialno", "sys.boot_completed", "persist.sys.timezone")
"""Of `getprop`, beside those of captures: what a run reads; serial numbers by their form."""

_RESULT = re.compile(r"^Result: Bundle\[\{a=([A-Za-z0-9+/=]+)\}\]$", re.MULTILINE)
_ADDRESS_6 = re.compile(
    r"(?<![\w:])(?:(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|(?:[0-9a-f]{1,4}:)+(?::[0-9a-f]{1,4})+|(?:[0-9a-f]{1,4}:)+:"
    r"|::[0-9a-f]{1,4}(?::[0-9a-f]{1,4})*)(?![\w])",
    re.IGNORECASE,
)
_VOLUME = re.compile(r"(?<=/)[0-9a-f]{4}-[0-9a-f]{4}(?![\w-])", re.IGNORECASE)  # a memory card's, in its folder
_PROVIDER = re.compile(
    r"\b((?:FQDN|Provider ?Friendly ?Name|Requesting package name): ?)(?! |<none>|null\b|,|$).*?(?=, [A-Z][\w -]*: |$)",
    re.IGNORECASE | re.MULTILINE,
)
"""Whose network it is, in words of the Wi-Fi service."""

_PACKAGE = re.compile(r"(?<![\w.])[A-Za-z]\w*(?:\.\w+)+")
_PAYLOAD = re.compile(
    r"(?<![A-Za-z0-9_])a=(?!\.\.\.\}|\(left)[^}\]]*"  # `a=...` is how the contract is quoted
    r"|(?<![A-Za-z0-9+/=])(?!(?:/[a-z]+)+(?![A-Za-z0-9+/=]))[A-Za-z0-9+/]{24,}=*"  # a path of words is none
)
"""What may be an agent's reply, whole or a piece of one, in text that is no reply of the contract."""

_AGENT = frozenset({
    "protocol", "ok", "status", "error", "code", "detail", "result", "agent", "api", "owner", "protocols",
    "piece_characters", "pieces", "opened", "rows", "row", "control", "part", "wanted", "applied", "observed",
    "assurance", "lock_task", "seconds_locked", "packages", "package", "supported", "cleared", "capabilities",
})  # fmt: skip
"""Members of the agent's answers that stay; of the others the name stays, so that a form can be compared."""


@dataclass(frozen=True)
class _Rule:
    """Parts of one command's answer that stay."""

    keep: str
    lines: tuple[re.Pattern[str], ...] = ()


@dataclass(frozen=True)
class Kept:
    """One call as it may leave the bench: see `Call`."""

    line: str
    out: str
    err: str
    left_out: int = 0
    agent: Mapping[str, Any] | None = None


@cache
def _rules() -> Mapping[tuple[str, ...], _Rule]:
    document = yaml.safe_load((resources.files("provision.transcripts") / "kept.yaml").read_text("utf-8"))
    return {
        tuple(command.split()): _Rule(says["keep"], tuple(re.compile(line) for line in says.get("lines", ())))
        for command, says in document.items()
    }


def _find_rule(words: Sequence[str]) -> _Rule:
    found = [known for known in _rules() if tuple(words[: len(known)]) == known]
    if not found and words[0] == "ls" and words[-1].startswith("/sdcard"):
        return _Rule("names")
    best = max(found, key=len, default=None)
    if best == ("getprop",) and len(words) > 1:
        return _Rule("nothing")
    return _Rule("nothing") if best is None else _rules()[best]


def is_listed(line: str) -> bool:
    """Tell whether it is said what of this command's answer may be kept."""
    return _find_rule(shlex.split(line)).keep != "nothing"


class Blanker:
    """Makes calls fit to leave the bench; learns what tells this tablet apart as it goes.

    Args:
        ssid: the site's first network. passphrase: its secret, empty for none.
        serials: as adb lists it.
        packages: of the bench, which may be named.
    """

    def __init__(self, ssid: str, passphrase: str, serials: Collection[str], packages: Collection[str] = ()) -> None:
        self._known: dict[str, str] = {}
        self._ssids: dict[str, str] = {ssid: HOSPITAL, THROWAWAY: THROWAWAY}
        self._packages = set(packages)
        self._others: dict[str, str] = {}
        self.learn(passphrase, PASSPHRASE)
        if ssid:  # however short: a name between word borders
            self._known[ssid] = HOSPITAL
        for serial in serials:
            self.learn_serial(serial)

    def learn(self, value: str, stand_in: str) -> None:
        """From now on a value is replaced; too short a one is not."""
        if len(value) >= _LEAST:
            self._known.setdefault(value, stand_in)

    def learn_network(self, ssid: str) -> None:
        """Another network of the site, however short its name: `HOSPITAL-2`, `HOSPITAL-3`."""
        known = sum(name.startswith(HOSPITAL) for name in self._ssids.values())
        self._known[ssid] = self._ssids[ssid] = f"{HOSPITAL}-{known + 1}"

    def learn_serial(self, serial: str) -> None:
        """A serial number; a default that every unit shares stays."""
        if not is_placeholder(serial):
            self.learn(serial, blank_serial(serial))

    def learn_packages(self, names: Collection[str]) -> None:
        """Packages of the system image."""
        self._packages |= set(names)

    def clean(self, line: str, out: str, err: str) -> Kept:
        """One call as it may leave the bench."""
        words = shlex.split(line)
        rule = _find_rule(words)
        if rule.keep == "agent":
            return self._clean_agent(words, out, err)
        self._learn_from(words, out)
        known = self._hide_join(words) if is_listed(line) else words[:2]
        said = shlex.join(self._replace(word) for word in known)
        kept, left = self._keep(rule, out)
        kept_err, left_err = self._keep(rule, err)
        return Kept(said, kept, kept_err, left + left_err)

    def replace(self, text: str) -> str:
        """Text of our own about this tablet."""
        return self._replace(_hide_payload(text))

    def _hide_join(self, words: Sequence[str]) -> Sequence[str]:
        """A command that saves a network, `cmd wifi VERB SSID TYPE [PASSPHRASE]`: name and secret by their place."""
        if tuple(words[:3]) not in _JOINS or not words[3:]:
            return words
        kind, rest = words[4:5], list(words[5:])
        if rest and kind[0] not in _OPEN:
            rest[0] = PASSPHRASE
        return [*words[:3], self._name_network(words[3]), *kind, *rest]

    def _learn_from(self, words: Sequence[str], out: str) -> None:
        if list(words) == ["getprop"]:
            for key, value in _read_props(out).items():
                if SECRET_VALUES.search(key):
                    self.learn_serial(value.strip())
        if words[:2] == ["dumpsys", "package"]:
            self.learn_packages(words[2:])
        if list(words) == ["pm", "list", "packages", "-s"]:
            self.learn_packages(re.findall(r"^package:([\w.]+)", out, re.MULTILINE))
        if list(words) == ["settings", "get", "secure", "android_id"]:
            self.learn(out.strip(), "0" * len(out.strip()))

    def _keep(self, rule: _Rule, text: str) -> tuple[str, int]:
        """Keep the allowed lines of one stream, and count those that do not stay."""
        match rule.keep:
            case "whole":
                return self._replace(text), 0
            case "props":
                return self._keep_props(text)
            case "names":
                return _hide_names(text), 0
            case "packages":
                return re.sub(r"^(package:)([\w.]+)", self._hide_package, self._replace(text), flags=re.MULTILINE), 0
            case "lines":
                return self._keep_lines(rule, text)
        return "", _count(text)

    def _keep_props(self, text: str) -> tuple[str, int]:
        values = _read_props(text)
        if not values:
            return "", _count(text)
        kept = blank(values) | {key: values[key] for key in _PROPS if key in values}
        lines = [f"[{key}]: [{self._replace(value)}]\n" for key, value in kept.items()]
        return "".join(lines), len(values) - len(kept)

    def _keep_lines(self, rule: _Rule, text: str) -> tuple[str, int]:
        kept, left = [], 0
        for line in text.splitlines(keepends=True):
            found = next((match for pattern in rule.lines if (match := pattern.fullmatch(line.rstrip()))), None)
            if found is not None:
                kept.append(self._replace(self._fill(found)) + line[len(line.rstrip()) :])
            elif line.strip():
                left += 1
            else:
                kept.append(line)
        return "".join(kept), left

    def _fill(self, found: re.Match[str]) -> str:
        """A line with its groups replaced, from the right."""
        text = found[0]
        for name, value in sorted(found.groupdict().items(), key=lambda item: -found.start(item[0])):
            if value is not None:
                start, end = found.span(name)
                text = text[:start] + self._stand_in(name, value) + text[end:]
        return text

    def _stand_in(self, group: str, value: str) -> str:
        if group == "name":
            return value if value == OWNER else NAME
        if group == "packages":
            return _PACKAGE.sub(lambda found: self._name_package(found[0]), value)
        if group.startswith("cut"):
            return ""
        if group.startswith("mac"):
            return MAC
        plain = value.strip('"')
        if plain in _NO_SSID:
            return value
        return value.replace(plain, self._name_network(plain))

    def _name_network(self, ssid: str) -> str:
        return self._ssids.setdefault(ssid, f"NETWORK-{len(self._ssids) - 1}")

    def _hide_package(self, found: re.Match[str]) -> str:
        return f"{found[1]}{self._name_package(found[2])}"

    def _name_package(self, name: str) -> str:
        if name in self._packages or name.startswith(OWN):
            return name
        return self._others.setdefault(name, f"user.app.n{len(self._others) + 1}")

    def _replace(self, text: str) -> str:
        for value in sorted(self._known, key=len, reverse=True):
            text = re.sub(rf"(?<![^\W_]){re.escape(value)}(?![^\W_])", lambda _: self._known[value], text)  # noqa: B023 # called at once
        text = _PROVIDER.sub(lambda found: found[1] + NAME, text)
        for pattern in (IDENTIFIERS, _ADDRESS_6, _VOLUME):
            text = pattern.sub(lambda found: _hide(found[0]), text)
        return text

    def _clean_agent(self, words: Sequence[str], out: str, err: str) -> Kept:
        """The method, and members of the answer by name."""
        line = shlex.join(words[: words.index("--arg")] if "--arg" in words else words)
        kept_err = self.replace(err)
        found = _RESULT.findall(out)
        if len(found) != 1:
            return Kept(line, self.replace(out), kept_err)
        try:
            value = json.loads(base64.b64decode(found[0], validate=True))
        except (ValueError, RecursionError):
            return Kept(line, "", kept_err, 1)
        return Kept(line, "", kept_err, 0, self._keep_members(value))

    def _keep_members(self, value: Any) -> Any:  # noqa: ANN401 # JSON
        if isinstance(value, dict):
            return {
                name: None if part is None else self._keep_members(part) if _is_told(name, part) else LEFT_OUT
                for name, part in value.items()
            }
        if isinstance(value, list):
            return [self._keep_members(part) for part in value]
        return self._replace(value) if isinstance(value, str) else value


def _is_told(name: str, part: object) -> bool:
    """Tell whether a member of the agent's answer may be told; `api` of a row is a call of Android's."""
    return name in _AGENT and not (name == "detail" and not isinstance(part, str))


def _read_props(text: str) -> Mapping[str, str]:
    try:
        return props.parse(CommandOutput("getprop", f"{text}\n", 0)).values
    except AnswerError:
        return {}


def _hide_names(text: str) -> str:
    """One stand-in a file; an error of the folder stays."""
    lines = [line for line in text.split("\n") if line]
    if len(lines) == 1 and re.match(r"(?:ls: )?/sdcard/[\w/]+: |opendir failed, ", lines[0]):
        return text
    return "".join(f"file-{number}\n" for number in range(1, len(lines) + 1))


def _hide_payload(text: str) -> str:
    return _PAYLOAD.sub(lambda found: f"a={LEFT_OUT}" if found[0].startswith("a=") else LEFT_OUT, text)


def _hide(text: str) -> str:
    """Zeros for every letter and digit, signs stay; an account becomes a made one."""
    return "name@example.org" if "@" in text else re.sub(r"[0-9A-Za-z]", "0", text)


def _count(text: str) -> int:
    return sum(bool(line.strip()) for line in text.split("\n"))
