"""`install`: one shot, from a file or from standard input; and what a commit writes into the state.

Source: reference, packages document 3.1, 3.4 (texts), 3.7 (codes), 5.2 (the old way back).
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from provision.virtual.android.agent.process import lock_again
from provision.virtual.android.apk import BadApk
from provision.virtual.android.commands.care import now
from provision.virtual.android.commands.files import read_path
from provision.virtual.android.commands.install_options import ILLEGAL, Options, parse_options
from provision.virtual.android.commands.parts import INVALID, Parts, misfit, read_parts
from provision.virtual.android.commands.verdicts import Request, Verdict, failure_text, judge
from provision.virtual.android.contract import Reply
from provision.virtual.android.device import Device
from provision.virtual.android.replies import CMD_PM_API, CMD_SHELL_API, AndroidException, done, failed
from provision.virtual.android.state import Package

SECURITY = "java.lang.SecurityException"
SERVICE_API, OLD_WAY_BACK_API, ASKING_USER_API, ENABLES_API = 24, 25, 23, 34
NO_BASE = Verdict(INVALID, "Full install must include a base package")


def install(device: Device, words: Sequence[str], stdin: bytes) -> Reply:
    """`install [OPTIONS] PATH` or `install -S BYTES [OPTIONS] [-]` with the APK on standard input."""
    if device.api < SERVICE_API:
        return _install_old(device, words)
    options = parse_options(device.api, words[1:])
    may_install(device)
    path = next((word for word in options.rest if word != "-"), None)
    if path is None:
        return _install_stream(device, stdin, options)
    if bring_back(device, path):
        return done("Success")
    content = open_apk(device, path)
    return content if isinstance(content, Reply) else install_all(device, [content], options)


def may_install(device: Device) -> None:
    """Test what is tested where a session is made; from 7 on each install makes one (Wi-Fi document 3.3).

    Raises:
        AndroidException: an owner forbids installs.
    """
    if device.restricted("no_install_apps"):
        raise AndroidException(SECURITY, "User restriction prevents installing")


def _install_old(device: Device, words: Sequence[str]) -> Reply:
    """API 21-23: the `pkg:` line and failures on standard error (packages document 3.4)."""
    try:
        options = parse_options(device.api, words[1:])
    except AndroidException as error:
        return failed(f"Error: {error.message.replace('option', 'option:', 1)}")
    path = next(iter(options.rest), None)
    if path is None:
        return failed("Error: no package specified")
    content = read_path(device, path)
    head = f"\tpkg: {path}\n"
    if bring_back(device, path):
        reply = done("Success")
    elif content is None:
        reply = failed("Failure [INSTALL_FAILED_INVALID_URI]")
    else:
        reply = install_all(device, [content], options)
    return Reply(out=reply.out, err=head + reply.err, status=reply.status, delay=reply.delay)


def _install_stream(device: Device, stdin: bytes, options: Options) -> Reply:
    """The APK on standard input: -S is compulsory (packages document 3.4)."""
    size = options.values.get("-S", "")
    if not size.isdecimal() or int(size) == 0:
        return failed("Error: must either specify a package size or an APK file")
    return install_all(device, [stdin[: int(size)]], options)


def bring_back(device: Device, path: str) -> bool:
    """The old way back of a system package that was removed for the user: install its own file (5.2).

    Android 5 says Success, too, and leaves it to those who had it.
    """
    found = next((one for one in device.data.packages.values() if one.system and one.path == path), None)
    if found is None or device.api > OLD_WAY_BACK_API:
        return False
    if device.api >= ASKING_USER_API:
        found.installed, found.hidden = True, False
    return True


def open_apk(device: Device, path: str) -> bytes | Reply:
    """A file the system server reads (24 on), or what the Java program of 7 and 8 says of a missing one.

    Raises:
        AndroidException: there is none, or the server may not read it.
    """
    readable = path.startswith("/data/local/tmp/")
    content = read_path(device, path) if readable or device.api < CMD_PM_API else None
    if content is not None:
        return content
    if device.api < CMD_PM_API:
        return failed(f"Error: Can't open non-file: {path}")
    hint = "" if readable else "Consider using a file under /data/local/tmp/\n"
    said = f"Error: Unable to open file: {path}\n{hint}Error: Can't open file: {path}\n"
    raise AndroidException(ILLEGAL, f"Error: Can't open file: {path}", said)


def install_all(device: Device, contents: Iterable[bytes], options: Options, *, session: bool = False) -> Reply:
    """Judge and install a base package with its splits, or splits of a package that is there (`-p`)."""
    try:
        parts = read_parts(device.api, contents)
    except BadApk as error:
        return refused(device, Verdict(error.code, error.message), session=session)
    if parts.base is None:
        return _add_splits(device, parts, options, session=session)
    signer, splits = parts.base.signer(device.api), tuple(parts.splits)
    request = Request(parts.base, signer, parts.size, options.flags, session, splits)
    verdict = judge(device, request)
    if verdict:
        return refused(device, verdict, session=session)
    if not device.faulty("lie-install"):
        put_package(device, request, parts, options)
    timing = device.model.timing
    return Reply(out="Success\n", delay=timing.commit + timing.commit_per_megabyte * parts.size / 1e6)


def refused(device: Device, verdict: Verdict, *, session: bool) -> Reply:
    """The failure line on the stream of the release (packages document 3.4, 11.6)."""
    text = failure_text(device, verdict, session=session) + "\n"
    to_error = device.api == 23 if session else device.api < SERVICE_API
    if to_error:
        return Reply(err=text, status=1, delay=verdict.delay)
    return Reply(out=text, status=1, delay=verdict.delay)


def _add_splits(device: Device, parts: Parts, options: Options, *, session: bool) -> Reply:
    """Splits alone: they join an installed app, or there is no base (packages document 3.3)."""
    name = options.values.get("-p")
    package = device.installed(name or "")
    if name is None:
        return refused(device, NO_BASE, session=session)
    if package is None:
        return refused(device, Verdict(INVALID, f"Missing existing base package for {name}"), session=session)
    problem = parts.first and misfit(device.api, parts.first, name, package.version_code, package.signer)
    if problem:
        return refused(device, Verdict(INVALID, problem), session=session)
    package.path, package.last_update = code_path(device, name), moment(device)
    package.splits.update({split: device.store_blob(content) for split, content in parts.splits.items()})
    device.processes.pop(name, None)
    return Reply(out="Success\n", delay=device.model.timing.commit)


@dataclass(frozen=True)
class _Kept:
    """Members of the installed version that an update keeps (document 11.1); the defaults are a new app's."""

    stopped: bool = True
    enabled: int = 0
    granted: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    updates: int = 0
    first_install: str = ""


def _keep(old: Package | None) -> _Kept:
    if old is None or not old.installed:
        return _Kept()
    return _Kept(old.stopped, old.enabled, tuple(old.granted), tuple(old.fixed), old.updates + 1, old.first_install)


def put_package(device: Device, request: Request, parts: Parts, options: Options) -> None:
    """Write the package into the state; an update keeps grants and the stopped state, to 13 disabled, too (11.1)."""
    apk, old = request.apk, device.data.packages.get(request.apk.package)
    kept = _keep(old)
    device.data.packages[apk.package] = Package(
        version_code=apk.version_code,
        version_name=apk.version_name,
        min_sdk=apk.min_sdk,
        target_sdk=apk.target_sdk,
        system=bool(old and old.system),
        stopped=kept.stopped,
        enabled=0 if _enables(device.api, request, options) else kept.enabled,
        test_only=apk.test_only,
        debuggable=apk.debuggable,
        signer=request.signer,
        signing=2 if apk.signer_v2 else 1,
        checksum=apk.checksum,
        path=code_path(device, apk.package),
        blob=device.store_blob(parts.content),
        splits={name: device.store_blob(content) for name, content in parts.splits.items()},
        installer=options.values.get("-i"),
        permissions=list(apk.permissions),
        granted=list(apk.permissions) if "-g" in request.options else list(kept.granted),
        fixed=list(kept.fixed),
        defines=list(apk.defines),
        authorities=list(apk.authorities),
        receivers=apk.receivers,
        exported=list(apk.exported),
        last_update=moment(device),
        first_install=kept.first_install or moment(device),
        updates=kept.updates,
        preloaded=_preloaded(old),
    )
    device.processes.pop(apk.package, None)  # an update kills what runs (packages document 11.5)
    lock_again(device)


def _enables(api: int, request: Request, options: Options) -> bool:
    """See whether an install sets the enabled state back: for one user from 6.0 on, for all from 14 on unless asked."""
    if "--user" in options.values:
        return api >= ASKING_USER_API
    return api >= ENABLES_API and "--skip-enable" not in request.options


def moment(device: Device) -> str:
    """The tablet's own clock, as a package keeps it."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(now(device)))


def _preloaded(old: Package | None) -> Package | None:
    """Find what an update of a system package covers: the version of the system image."""
    if old is None or not old.system:
        return None
    return old.preloaded or old.model_copy(deep=True)


def code_path(device: Device, package: str) -> str:
    """Where the release puts the base package that is installed now (packages document 4.1, 4.2).

    Before 8 a number that the folder of the version before does not have, so two places take turns.
    """
    if device.api < 26:  # plain folders before 8.x
        old = device.data.packages.get(package)
        first = f"/data/app/{package}-1/base.apk"
        return first if old is None or old.path != first else f"/data/app/{package}-2/base.apk"
    device.data.installs += 1
    about = f"{device.state.identity.mac}/{device.state.resets}/{package}/{device.data.installs}"
    key = hashlib.sha256(about.encode()).hexdigest()
    folder = f"{package}-{key[:22]}=="
    upper = f"~~{key[22:44]}==/" if device.api >= CMD_SHELL_API else ""
    return f"/data/app/{upper}{folder}/base.apk"
