"""The product's whole road for one tablet over USB: plug, `provision once`, a signed record, unplug."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from bench import Bench, Figure, wait_for

import provision
from provision.bench.adb import ServerAddress

pytestmark = pytest.mark.usb

VERIFIER = Path(provision.__file__).parent / "records" / "verify_record.py"
PROVISION = Path(sys.executable).with_name("provision")
RUN_SECONDS = 480


def run(*words: str | Path) -> str:
    """Standard output of one program, which must end well."""
    done = subprocess.run([sys.executable, *words], capture_output=True, text=True, timeout=RUN_SECONDS, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_plugged_tablet_gets_its_record_and_is_unplugged(
    bench: Bench, address: ServerAddress, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    run(PROVISION, "init", "--kind", "training", home)
    bench_yaml = home / "bench.yaml"  # deadlines of virtual tablets are short, and everything here is emulated
    bench_yaml.write_text(
        re.sub(r"^  (facts|step|package|boot): \d+", r"  \1: 100", bench_yaml.read_text(), flags=re.M)
    )
    (home / "slots.yaml").write_text('slots:\n  - {label: "1", port: "1-1"}\n')
    unit = bench.unit(0)
    unit.plug()
    assert bench.watch.next().action == "add"
    bench.ready("1-1")
    whole = Figure("`provision once`, start to record")
    said = run(*(PROVISION, "once", "--home", home, "--adb-server", str(address)), "--slot", "1", "--yes", "--json")
    whole.stop()
    (tablet,) = json.loads(said.splitlines()[-1])["tablets"]
    assert (tablet["outcome"], tablet["reason"], tablet["deviations"]) == ("done", None, [])
    assert tablet["changes"]
    unit.unplug()
    assert bench.watch.next().action == "remove"
    wait_for(lambda: not bench.row("1-1"))
    assert (home / "records" / tablet["record"]).is_file()
    run(VERIFIER, home / "records", "--key", home / "keys" / "key.json")
