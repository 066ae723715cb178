"""The file of udev's rules that lets people open every device with an adb interface, written by root."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path
from shlex import quote

from provision.bench.udev_rule import FILE, write_rule
from provision.files import write_atomically

RELOAD = (("udevadm", "control", "--reload"), ("udevadm", "trigger", "--subsystem-match=usb"))
"""What makes udev read new rules, and apply them to what is plugged in."""
RELOAD_SECONDS = 30.0


def name_command(file: Path = Path(FILE)) -> str:
    """Return what a person types who may become root."""
    write = f"echo {quote(write_rule(None))} > {file}"
    return f"sudo sh -c {quote(' && '.join([write, *(' '.join(words) for words in RELOAD)]))}"


def write_rule_file(file: Path = Path(FILE), reload: Sequence[Sequence[str]] = RELOAD) -> str | None:
    """Write the rule and let udev read it.

    Returns:
        why udev was not told, though the file is written; None where it was.

    Raises:
        OSError: the file cannot be written.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(file, f"{write_rule(None)}\n".encode())
    return next((why for words in reload if (why := _call(words)) is not None), None)


def _call(words: Sequence[str]) -> str | None:
    """Run a program of udev's; return why it could not do what it should."""
    try:
        subprocess.run(
            words, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=RELOAD_SECONDS, check=True
        )
    except subprocess.CalledProcessError as failed:
        return str(failed.stderr).strip() or str(failed)
    except OSError as error:
        return f"{words[0]}: {error.strerror or error}"
    except subprocess.SubprocessError as error:
        return str(error)
    return None
