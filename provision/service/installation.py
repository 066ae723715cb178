"""Putting a station's unit where systemd reads it, and taking it away."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from provision.files import write_atomically
from provision.service.unit import NAME

SYSTEMD_SECONDS = 90.0


@dataclass(frozen=True)
class Places:
    """Where the files stand; another root is a tree that systemd does not run from.

    Attributes:
        calls: whether the programs of systemd are called.
    """

    root: Path = Path("/")
    calls: bool = True

    @property
    def unit(self) -> Path:
        """The unit."""
        return self.root / "etc/systemd/system" / NAME

    @property
    def account(self) -> Path:
        """The account's line."""
        return self.root / "etc/sysusers.d/provision.conf"


def make_account(places: Places, account: str) -> str | None:
    """Write the account's line and have it made; one that is there already stays as it is.

    Returns:
        why `systemd-sysusers` did not do its part; None where it did.

    Raises:
        OSError: the file cannot be written.
    """
    _write(places.account, account)
    return _call_all(places, (("systemd-sysusers", str(places.account)),))


def install_unit(places: Places, unit: str) -> str | None:
    """Write the unit, and start the service now and with the computer.

    Returns:
        why `systemctl` did not do its part, though the file is written; None where it did.

    Raises:
        OSError: the file cannot be written.
    """
    _write(places.unit, unit)
    words = (("daemon-reload",), ("enable", NAME), ("restart", NAME))
    return _call_all(places, [("systemctl", *each) for each in words])


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(file, text.encode())


def remove(places: Places) -> str | None:
    """Stop the service and take its files away; account, home and udev rule stay.

    Returns:
        why a program of systemd did not do its part; None where all did.

    Raises:
        OSError: a file cannot be taken away.
    """
    stopped = _call_all(places, (("systemctl", "disable", "--now", NAME),)) if places.unit.exists() else None
    places.unit.unlink(missing_ok=True)
    places.account.unlink(missing_ok=True)
    return stopped or _call_all(places, (("systemctl", "daemon-reload"),))


def _call_all(places: Places, calls: Sequence[Sequence[str]]) -> str | None:
    return next((why for words in calls if (why := _call(words)) is not None), None) if places.calls else None


def _call(words: Sequence[str]) -> str | None:
    """Run a program of systemd; return why it could not do what it should."""
    told = " ".join(words)
    try:
        subprocess.run(
            words, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=SYSTEMD_SECONDS, check=True
        )
    except subprocess.CalledProcessError as failed:
        return f"{told}: {' '.join(str(failed.stderr).split()) or failed.returncode}"
    except OSError as error:
        return f"{told}: {error.strerror or error}"
    except subprocess.SubprocessError as error:
        return str(error)
    return None
