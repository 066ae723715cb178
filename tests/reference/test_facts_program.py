"""`scripts/android_facts` as a program: what it says to words it cannot take."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "android_facts"


def test_a_level_that_is_no_number_is_named() -> None:
    ended = subprocess.run(
        [sys.executable, SCRIPT, "--show", "x", "y", "z"], capture_output=True, text=True, check=False, timeout=60
    )
    assert ended.returncode == 2
    assert ended.stderr.endswith("LEVEL: expected a number like 34, got 'x'\n")
