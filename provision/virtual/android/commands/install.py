"""`install`: one shot, from a file or from standard input.

Source: reference, packages document 3.1, 3.2 (options), 3.4 (texts).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from provision.virtual.android.agent.process import lock_again
from provision.virtual.android.apk import Apk, BadApk, read_apk
from provision.virtual.android.commands.files import read_path
from provision.virtual.android.commands.verdicts import Request, Verdict, failure_text, judge
from provision.virtual.android.contract import Reply
from provision.virtual.android.device import Device
from provision.virtual.android.replies import CMD_PM_API, CMD_SHELL_API, failed, thrown, thrown_by_pm
from provision.virtual.android.state import Package

ILLEGAL = "java.lang.IllegalArgumentException"

OPTIONS: dict[str, tuple[int, int, bool]] = {
    "-r": (21, 99, False),
    "-R": (28, 99, False),
    "-t": (21, 99, False),
    "-i": (21, 99, True),
    "-d": (21, 99, False),
    "-g": (23, 99, False),
    "-l": (21, 28, False),
    "-s": (21, 28, False),
    "-f": (21, 99, False),
    "-p": (24, 99, True),
    "--pkg": (28, 99, True),
    "-S": (24, 99, True),
    "--abi": (21, 99, True),
    "--user": (21, 99, True),
    "--dont-kill": (24, 99, False),
    "--install-location": (24, 99, True),
    "--force-uuid": (24, 99, True),
    "--force-sdk": (24, 99, False),
    "--instant": (28, 99, False),
    "--full": (28, 99, False),
    "--preload": (28, 99, False),
    "--install-reason": (29, 99, True),
    "--staged": (29, 99, False),
    "--enable-rollback": (29, 99, False),
    "--force-queryable": (30, 99, False),
    "--restrict-permissions": (29, 99, False),
    "--skip-verification": (29, 99, False),
    "--no-wait": (30, 30, False),
    "--force-non-staged": (32, 99, False),
    "--update-ownership": (34, 99, False),
    "--skip-enable": (34, 99, False),
    "--bypass-low-target-sdk-block": (34, 99, False),
    "--non-staged": (36, 99, False),
}
"""Options of install: first level, last level, takes a word (packages document 3.2)."""

CREATE_ONLY_EARLY = frozenset({"-S", "-p"})
"""Options that install-create has on 21-23 already."""


class UnknownOption(Exception):
    """An option this release does not have."""


@dataclass(frozen=True)
class Options:
    """Parsed words of an install verb."""

    flags: tuple[str, ...]
    values: dict[str, str]
    rest: tuple[str, ...]


def parse_options(api: int, words: Sequence[str], *, create: bool = False) -> Options:
    """Split the words of install or install-create.

    Raises:
        UnknownOption: with the option as its text.
    """
    flags: list[str] = []
    values: dict[str, str] = {}
    rest, left = [], list(words)
    while left:
        word = left.pop(0)
        if not word.startswith("-") or word == "-":
            rest.append(word)
            continue
        first, last, takes = OPTIONS.get(word, (99, 99, False))
        if create and word in CREATE_ONLY_EARLY:
            first = 21
        if not first <= api <= last:
            raise UnknownOption(word)
        flags.append(word)
        if takes and left:
            values[word] = left.pop(0)
    return Options(tuple(flags), values, tuple(rest))


def unknown_option(api: int, verb: str, option: str) -> Reply:
    """The Java `pm install` says one line; everything newer throws (packages document 3.2)."""
    if api < CMD_PM_API and verb == "install":
        return failed(f"Error: Unknown option: {option}")
    return thrown_by_pm(api, verb, ILLEGAL, f"Unknown option {option}")


def install(device: Device, words: Sequence[str], stdin: bytes) -> Reply:
    """`install [OPTIONS] PATH` or `install -S BYTES [OPTIONS] [-]` with the APK on standard input."""
    try:
        options = parse_options(device.api, words[1:])
    except UnknownOption as error:
        return unknown_option(device.api, "install", str(error))
    path = next((word for word in options.rest if word != "-"), None)
    if device.api < 24:  # the Java program of 21-23
        return _install_old(device, path, options)
    if path is None:
        return _install_stream(device, stdin, options)
    content, refusal = open_apk(device, "install", path)
    return refusal or install_content(device, content, options.flags)


def _install_old(device: Device, path: str | None, options: Options) -> Reply:
    """API 21-23: the `pkg:` line and failures on standard error, status 0 on 5.x (document 3.4)."""
    if path is None:
        return failed("Error: no package specified")
    content = read_path(device, path)
    head = f"\tpkg: {path}\n"
    if content is None:
        reply = failed("Failure [INSTALL_FAILED_INVALID_URI]")
    else:
        reply = install_content(device, content, options.flags)
    if reply.status == 0:
        return Reply(out=reply.out, err=head, delay=reply.delay)
    return Reply(err=head + reply.out + reply.err, status=1 if device.api >= 23 else 0)


def _install_stream(device: Device, stdin: bytes, options: Options) -> Reply:
    """The APK on standard input: -S is compulsory (packages document 3.4)."""
    size = options.values.get("-S", "")
    if not size.isdigit() or int(size) == 0:
        return failed("Error: must either specify a package size or an APK file")
    return install_content(device, stdin[: int(size)], options.flags)


def open_apk(device: Device, verb: str, path: str) -> tuple[bytes, Reply | None]:
    """Open a file the system server reads; (content, None) or (b"", refusal)."""
    readable = path.startswith("/data/local/tmp/")
    content = read_path(device, path) if readable or device.api < CMD_PM_API else None
    if content is not None:
        return content, None
    if device.api < CMD_PM_API:
        return b"", failed(f"Error: Can't open non-file: {path}")
    hint = "" if readable else "Consider using a file under /data/local/tmp/\n"
    text = f"Error: Unable to open file: {path}\n{hint}Error: Can't open file: {path}\n"
    trace = thrown(device.api, verb, ILLEGAL, f"Error: Can't open file: {path}")
    return b"", failed(text + trace.err, 255) if device.api >= CMD_SHELL_API else failed(text, 255)


def install_content(device: Device, content: bytes, flags: tuple[str, ...], *, session: bool = False) -> Reply:
    """Judge and install one base package."""
    try:
        apk = read_apk(content)
    except BadApk as error:
        return _refused(device, Verdict(error.code, error.message), session=session)
    request = Request(apk, apk.signer(device.api), len(content), flags, session)
    verdict = judge(device, request)
    if verdict:
        return _refused(device, verdict, session=session)
    if not device.faulty("lie-install"):
        put_package(device, request, content)
    return Reply(out="Success\n", delay=device.model.timing.commit)


def _refused(device: Device, verdict: Verdict, *, session: bool) -> Reply:
    """The failure line on the stream of the release (packages document 3.4, 11.6)."""
    text = failure_text(device, verdict, session=session) + "\n"
    to_error = device.api == 23 if session else device.api < 24
    return Reply(err=text, status=1) if to_error else Reply(out=text, status=1)


def put_package(device: Device, request: Request, content: bytes) -> None:
    """Write the package into the state; an update keeps grants and the stopped state (document 11.1)."""
    apk, old = request.apk, device.data.packages.get(request.apk.package)
    kept = old if old and old.installed else None
    device.data.packages[apk.package] = Package(
        version_code=apk.version_code,
        version_name=apk.version_name,
        min_sdk=apk.min_sdk,
        target_sdk=apk.target_sdk,
        system=bool(old and old.system),
        stopped=kept.stopped if kept else True,
        enabled=kept.enabled if kept else 0,
        test_only=apk.test_only,
        signer=request.signer,
        checksum=apk.checksum,
        path=code_path(device, apk),
        blob=device.store_blob(content),
        permissions=list(apk.permissions),
        granted=list(apk.permissions) if "-g" in request.options else (kept.granted if kept else []),
        receivers=apk.receivers,
        updates=kept.updates + 1 if kept else 0,
    )
    device.processes.pop(apk.package, None)  # an update kills what runs (packages document 11.5)
    lock_again(device)


def code_path(device: Device, apk: Apk) -> str:
    """Where the release keeps an installed base package (packages document 4.1, 4.2)."""
    if device.api < 26:  # plain folders before 8.x
        return f"/data/app/{apk.package}-1/base.apk"
    key = hashlib.sha256(f"{device.state.identity.mac}/{apk.package}/{apk.version_code}".encode()).hexdigest()
    folder = f"{apk.package}-{key[:22]}=="
    upper = f"~~{key[22:44]}==/" if device.api >= CMD_SHELL_API else ""
    return f"/data/app/{upper}{folder}/base.apk"
