"""`provision install-service` where systemd is process 1: the unit is taken, and starts under its account.

The home of a ward needs a hospital's apps, which nobody has here: its station is refused, and the journal says why. No
batch runs here: a start takes a minute of an emulated processor.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from provision.service.unit import NAME, write_account

pytestmark = pytest.mark.usb

PROVISION = Path(sys.executable).with_name("provision")
WARD = Path("/srv/ward")
SECONDS = 240.0
"""For every wait: all of it is emulated."""


def run(*words: str | Path, status: int | None = 0) -> str:
    """What a program says, which must end with that status; None for any."""
    done = subprocess.run(words, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert status is None or done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


def ask(name: str) -> str:
    """A property of the unit."""
    return run("systemctl", "show", "-P", name, NAME).strip()


def read_journal() -> str:
    return run("journalctl", "-u", NAME, "-o", "cat", "--no-pager")


@pytest.fixture(scope="module")
def installed() -> Iterator[str]:
    """The service as the README has it, refused for the ward's apps; what the last command said."""
    for folder in Path(sys.executable).resolve().parents:
        folder.chmod(folder.stat().st_mode | 0o011)  # this Python lies in somebody's own folder
    run(PROVISION, "init", "--name", "CHU Exemple", "--ssid", "HOPITAL", WARD)
    site = WARD / "site.yaml"
    site.write_text(re.sub(r"^  hotline: .*", '  hotline: "5555"', site.read_text(), flags=re.M))
    (WARD / "secrets/wifi").write_text("a long passphrase\n")
    install = (PROVISION, "install-service", "--home", WARD, "--language", "en")
    accounts = Path("/etc/sysusers.d/provision.conf")
    accounts.parent.mkdir(exist_ok=True)
    accounts.write_text(write_account("provision"))
    run("systemd-sysusers", accounts)
    run("chown", "-R", "provision:", WARD)
    said = run(*install, status=1)
    yield said
    with suppress(subprocess.SubprocessError):
        run("systemctl", "stop", NAME, status=None)


def test_a_ward_without_its_apps_is_refused_in_the_journal(installed: str) -> None:
    assert "systemctl restart" in installed
    assert f"{WARD}/bench.yaml: app_set: expected the hospital's own apps.yaml" in read_journal()
    assert ask("User") == "provision"
