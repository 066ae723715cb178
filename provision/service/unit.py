"""The unit of a station that systemd starts, and the account it runs under (systemd.service, systemd.exec, sysusers.d).

What a station needs is left open: its home, USB devices, the kernel's messages, local and network sockets, netlink for
udev. All else is closed. Not closed: memory that is written and executed (ctypes makes such for what C calls back).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from provision.errors import HomeError

NAME = "provision-station.service"
WATCHDOG_SECONDS = 60
"""A station that shows nothing for so long stands still; its loop turns several times a second."""
STOP_SECONDS = 60
"""Runs that are stopped get 15 s for their records (`station.options`), then the end of the batch is written."""

_UNIT = """\
# Written by `provision install-service`; `provision install-service --remove` takes it away.
[Unit]
Description=Provision station of {described}
After=systemd-udevd.service time-sync.target
StartLimitIntervalSec=300
StartLimitBurst=5

[Service]
Type=notify
NotifyAccess=main
ExecStart={command}
User={user}
SupplementaryGroups=plugdev
Restart=on-failure
RestartSec=5
SuccessExitStatus=130
WatchdogSec={watchdog}
TimeoutStopSec={stop}
KillMode=mixed
Environment=TERM=dumb NO_COLOR=1
StandardOutput=journal
StandardError=journal

ProtectSystem=strict
ReadWritePaths={writable}
ProtectHome=read-only
PrivateTmp=yes
DevicePolicy=closed
DeviceAllow=char-usb_device rw
DeviceAllow=/dev/kmsg r
NoNewPrivileges=yes
CapabilityBoundingSet=
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
LockPersonality=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_NETLINK AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM
PrivateMounts=yes
RemoveIPC=yes
LimitCORE=0
LimitNOFILE=65536
UMask=0077

[Install]
WantedBy=multi-user.target
"""


@dataclass(frozen=True)
class Service:
    """What is to run.

    Attributes:
        program: the command `provision`, absolute.
        home: the bench home, absolute.
        user: the account; it owns the home.
        web: whether the station has pages, whose address stands in the journal then.
    """

    program: Path
    home: Path
    user: str
    web: bool


def write_unit(service: Service) -> str:
    """Return the text of the unit.

    Raises:
        HomeError: a path has letters that no unit can hold.
    """
    words = ["station", "--home", str(service.home), "--yes", "--web" if service.web else "--no-web"]
    typed = [_quote(word).replace("$", "$$") for word in words]  # of the program itself no variable is read
    return _UNIT.format(
        described=_escape(str(service.home)),
        command=" ".join([_quote(str(service.program)), *typed]),
        user=service.user,
        watchdog=WATCHDOG_SECONDS,
        stop=STOP_SECONDS,
        writable=_quote(str(service.home)),
    )


def write_account(user: str) -> str:
    """Return the file of sysusers.d that makes the account, without a password and a shell."""
    return f'# Written by `provision install-service`.\nu {user} - "Provision bench" / -\nm {user} plugdev\n'


def _escape(text: str) -> str:
    """A text without specifiers (systemd.unit, "Specifiers").

    Raises:
        HomeError: it has control letters, or those that systemd takes in no program's name.
    """
    if not text.isprintable() or any(letter in text for letter in "\"'\\"):
        raise HomeError(
            f"{text!r}: a service of systemd needs a path without control letters, quotation marks and backslashes: "
            "give it another name"
        )
    return text.replace("%", "%%")


def _quote(word: str) -> str:
    """One word of a line (systemd.syntax, "Quoting")."""
    typed = _escape(word)
    return f'"{typed}"' if any(letter in typed for letter in " ;") else typed
