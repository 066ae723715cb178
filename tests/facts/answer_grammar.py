"""What tablets do to an answer between Android and the bench: the grammar of the fuzzer over recorded answers.

A run takes a tablet as a transcript recorded it (or with a donor's traces written into it), picks some of its answers
and spoils each by some of the rules. Every rule keeps what the answer says, or takes it away; none says something else:
a fact read from it is the fact that stands in the answer as it was, or it is not known.
"""

from __future__ import annotations

import random
import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import BinaryIO

from provision.facts import people
from provision.transcripts.model import How
from provision.transcripts.read import read_transcript
from provision.transport import Answer, Sink
from tests.transcripts.replaying import is_write

FOLDER = Path(__file__).parents[1] / "transcripts"
FILES = (
    "amazon-kfonwi-28",
    "archos-101b-oxygen-23",
    "archos-101c-platinum-21",
    "samsung-sm-t510-30",
    "xiaomi-pad-6-34",
)
_PART = re.compile(r"(?P<line>.*?); echo (?P<mark>[0-9a-f]{16}):\$\?(?P<apart>; echo (?P=mark) >&2)?(?:; |$)")

NOISE = (
    "WARNING: linker: app_process has text relocations. This is wasting memory and is a security risk. Please fix.",
    "WARNING: linker: /system/bin/dumpsys: unsupported flags DT_FLAGS_1=0x8000001",
    'WARNING: linker: Warning: failed to find generated linker configuration from "/linkerconfig/ld.config.txt"',
    'linker: Warning: couldn\'t read "/linkerconfig/ld.config.txt" for "/system/bin/sh"',
    "WARNING: something nobody ever heard of",
    "Warning: Accounts: 0",
    "[HOUDINI] houdini version: 6.1.1a_x.48748",
    "[1234]  Unsupported feature (ID:0x20e00ea7).",
    "[ndk_translation] no owners",
    "houdini[4321]: User 0: installed=false",
    "W/ziparchive( 1234): Unable to open '/data/app/x/base.apk': No such file or directory",
    "I/art (12): null",
    "E/libEGL: Device Owner: 0",
    "11-30 06:00:00.000  1234  1234 W tag: level: 1",
    "dumpsys W 11-30 06:00:00  1234  1234 file.cpp:12] Wi-Fi is disabled",
    'libc: Access denied finding property "ro.serialno"',
    "SELinux: Loaded file_contexts",
    "avc:  denied  { find } for service=device_policy",
    "type=1400 audit(0.0:12): avc: denied { read } for name=x",
    "/system/bin/sh: warning: won't have full job control",
    "app_process64: warning: UserInfo{10:x:10}",
    "<4>[  123.456789] Accounts: 0",
    "libprocessgroup: null",
    "INFO: 0",
    "FORTIFY: true",
    "JNI WARNING: no owners",
    "ERROR: ld.so: object 'libx.so' from LD_PRELOAD cannot be preloaded: ignored.",
)
VALUES = ("settings get ", "getprop ", "cmd location ")
"""What answers with one value on a line of its own."""
TIMEOUTS = (
    "\n*** SERVICE 'x' DUMP TIMEOUT EXPIRED ***\n\n",
    "\n*** SERVICE 'x' DUMP TIMEOUT (10000ms) EXPIRED ***\n\n",
)
MAKERS = ("  mVendorFlag=1", "    vendor.state: enabled", "", "  (vendor) 3 items", "\t\tmExtra={}")
DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


@dataclass(frozen=True)
class Given:
    """One answer: both streams and the status."""

    out: str
    err: str = ""
    status: int = 0


@dataclass(frozen=True, eq=False)
class Tablet:
    """What one tablet answers in one state."""

    name: str
    api: int
    answers: Mapping[str, Given]

    @property
    def packages(self) -> tuple[str, ...]:
        """Whose path it was asked."""
        return tuple(line.split()[-1] for line in self.answers if line.startswith("pm path "))

    def but(self, name: str, **texts: str) -> Tablet:
        """The same with other answers, by the first words of their lines."""
        lines = {line: Given(text) for line, text in texts.items()}
        return replace(self, name=f"{self.name}, {name}", answers={**self.answers, **lines})


@cache
def list_tablets() -> tuple[Tablet, ...]:
    """Each transcript at its beginning and at its end, bare and with what donors leave."""
    return tuple(_list_tablets())


def _list_tablets() -> Iterator[Tablet]:
    for file in FILES:
        transcript = read_transcript(FOLDER / f"virtual-{file}.jsonl")
        calls = [call for call in transcript.calls if call.how is How.ROUND or is_write(call)]
        first = next(place for place, call in enumerate(calls) if is_write(call))
        for name, part in (("first", calls[:first]), ("last", calls)):
            found = {one.line: Given(one.out, one.err, one.status or 0) for one in part if one.how is How.ROUND}
            tablet = Tablet(f"{file} {name}", transcript.head.api, found)
            yield from (tablet, *_list_donated(tablet))


def _list_donated(tablet: Tablet) -> Iterator[Tablet]:
    """Two users with accounts, an owner of somebody else, files: what must never be read as nothing."""
    users = "Users:\n\tUserInfo{0:Jean:13} running\n\tUserInfo{10:Enfant:10}\n"
    account = "    Account {name=jean@example.org, type=com.google}\n"
    rows = "".join(f"  {row},action_account_add,2020-01-01 10:00:00,10012,accounts,{row}\n" for row in range(20))
    history = f"\n  Accounts History\n{rows}\n  Active Sessions: 0\n\n"
    local = f"User UserInfo{{0:Jean:13}}:\n  Accounts: 1\n    Account {{name=Phone, type=SIM Account}}\n{history}"
    accounts = f"User UserInfo{{0:Jean:13}}:\n  Accounts: 1\n{account}{history}"
    accounts += f"User UserInfo{{10:Enfant:10}}:\n  Accounts: 12\n{account}{history}"
    yield tablet.but("people", **{people.USERS.line: users, "dumpsys account": accounts})
    guest = "Users:\n\tUserInfo{0:Jean:13} running\n\tUserInfo{10:Guest:14}\n"
    yield tablet.but("local", **{"dumpsys account": local})
    yield tablet.but("guest", **{people.USERS.line: guest, "dumpsys account": accounts})
    block = "  Device Owner: \n    admin=ComponentInfo{com.example.dpc/com.example.dpc.A}\n    name=\n"
    dump = (
        f"Current Device Policy Manager state:\n{block}\n  Enabled Device Admins (User 0):\n    com.example.dpc/.A:\n"
    )
    listed = "1 owner:\nUser  0: admin=com.example.dpc/.A,DeviceOwner,Affiliated\n"
    yield tablet.but("owned", **{"dumpsys device_policy": dump, "dpm list-owners": listed})
    yield tablet.but("files", **{"ls /sdcard/DCIM/Camera": "IMG_0001.jpg\nIMG_0002.jpg\n"})


Rule = Callable[[random.Random, str, Given], Given]


def _put_noise(dice: random.Random, _line: str, given: Given) -> Given:
    """Lines of other programs anywhere between two lines."""
    lines = given.out.split("\n")
    for _ in range(dice.randint(1, 3)):
        lines.insert(dice.randrange(len(lines)) if given.out else 0, dice.choice(NOISE))
    return replace(given, out="\n".join(lines) + ("" if given.out else "\n"))


def _put_words(dice: random.Random, line: str, given: Given) -> Given:
    """Words of no known shape around a value."""
    if not line.startswith(VALUES):
        return given
    words = "something that nobody ever heard of\n"
    return replace(given, out=words + given.out if dice.random() < 0.5 else given.out + words)


def _put_beside(dice: random.Random, _line: str, given: Given) -> Given:
    """Words of any shape on standard error; they reach nobody where the streams are merged."""
    return replace(given, err=given.err + dice.choice((*NOISE, "words of no shape", "Accounts: 0")) + "\n")


def _end_by_cr(_dice: random.Random, _line: str, given: Given) -> Given:
    return replace(given, out=given.out.replace("\n", "\r\n"))


def _double(dice: random.Random, line: str, given: Given) -> Given:
    """A line printed twice; a list of names has no line that may stand twice."""
    lines = given.out.split("\n")
    if line.startswith("ls ") or len(lines) < 2:
        return given
    place = dice.randrange(len(lines) - 1)
    return replace(given, out="\n".join([*lines[:place], lines[place], *lines[place:]]))


def _add_makers(dice: random.Random, line: str, given: Given) -> Given:
    """A maker's own lines in a dump."""
    lines = given.out.split("\n")
    if line.startswith("dumpsys ") and given.out:
        lines.insert(dice.randrange(len(lines)), dice.choice(MAKERS))
    return replace(given, out="\n".join(lines))


def _cut(dice: random.Random, line: str, given: Given) -> Given:
    """Broken off at any byte: a dump by its watchdog or without a word, a program by a signal."""
    data = given.out.encode()
    out = data[: dice.randrange(len(data) + 1)].decode(errors="ignore")
    if not line.startswith("dumpsys "):
        return Given(out, given.err, dice.choice((134, 137, 139, 143)))
    return replace(given, out=out + dice.choice(("", "", *TIMEOUTS)))


def _speak_otherwise(_dice: random.Random, line: str, given: Given) -> Given:
    """Digits and names in the tablet's language, where Android prints them so."""
    out = given.out.replace(":Owner:", ":المالك:")
    if line == "cmd wifi list-networks":
        out = re.sub(r"^\d+", lambda found: found[0].translate(DIGITS), out, flags=re.MULTILINE)
    if line in {"dumpsys device_policy", "dpm list-owners"}:
        out = re.sub(r"(?<=\(User )\d+|^\d+(?= owner)", lambda found: found[0].translate(DIGITS), out, flags=re.M)
    return replace(given, out=out)


RULES: tuple[Rule, ...] = (
    *(_put_noise, _put_words, _put_beside, _end_by_cr, _double),
    *(_add_makers, _cut, _speak_otherwise),
)


class SpoiledTransport:
    """A tablet some of whose answers are spoilt, each time anew or only the first times.

    Args:
        dice: decides what is spoilt, and how.
        tablet: how it answers where nothing is.
    """

    address = "usb:1-1.2"
    transport_id = 7

    def __init__(self, dice: random.Random, tablet: Tablet) -> None:
        self._dice, self._tablet = dice, tablet
        apart = tablet.api >= 24 and dice.random() < 0.5
        self.features = frozenset({"shell_v2"}) if apart else frozenset()
        lines = sorted(tablet.answers)
        chosen = dice.sample(lines, dice.choice((1, 1, 2, 5, len(lines))))
        self._rules = {line: dice.sample(RULES, dice.choice((1, 1, 2, 3))) for line in chosen}
        self._times = dice.choice((1, 2, 1000))
        self.spoilt: dict[str, Given] = {}

    def shell(self, line: str, *, seconds: float, merged: bool = False) -> Answer:
        assert seconds > 0
        parts = list(_PART.finditer(line))
        given = [self._answer(part["line"]) for part in parts]
        out = "".join(f"{one.out}{part['mark']}:{one.status}\n" for part, one in zip(parts, given, strict=True))
        err = "".join(f"{one.err}{part['mark']}\n" for part, one in zip(parts, given, strict=True))
        return Answer(out, "" if merged else err, None)

    def _answer(self, line: str) -> Given:
        given = self._tablet.answers.get(line) or Given("null\n")
        if self._times <= 0:
            return given
        for rule in self._rules.get(line, ()):
            given = rule(self._dice, line, given)
        self._times -= line in self._rules
        self.spoilt[line] = given
        return given

    def exec_with_stdin(self, line: str, source: BinaryIO, size: int, *, seconds: float) -> Answer:
        raise AssertionError(f"no uploads here: {shlex.quote(line)} {source} {size} {seconds}")

    def push(self, source: BinaryIO, size: int, remote: str, *, seconds: float) -> None:
        raise AssertionError(f"no uploads here: {remote} {source} {size} {seconds}")

    def pull(self, remote: str, sink: Sink, *, seconds: float) -> None:
        raise AssertionError(f"no pulls here: {remote} {sink} {seconds}")

    def cancel(self) -> None:
        self._rules.clear()
