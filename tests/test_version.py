"""`provision --version`: commit and agent of a checkout and of an installed program, or the word that nobody knows."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from provision.cli.version import read_commit
from provision.home.bench_settings import DEVELOPMENT_AGENT
from tests import program


def test_the_version_names_the_agent_by_its_own_bytes() -> None:
    ended = program.run(["--version"], {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"})
    digest = hashlib.sha256(DEVELOPMENT_AGENT.read_bytes()).hexdigest()
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.startswith("provision ")
    assert ended.stdout.endswith(f", agent {digest}\n")


@pytest.mark.parametrize(
    ("files", "kind", "commit"),
    [
        ({"commit": b"0123456789ab-dirty\n"}, "installed", "0123456789ab-dirty"),
        ({}, "installed", ""),
        ({"commit": b"\xff\xfe"}, "installed", ""),
        ({}, "checkout", ""),
        ({".git": b"gitdir: /nowhere\n"}, "checkout", ""),
    ],
    ids=["built", "built without git", "damaged", "unpacked archive", "repository gone"],
)
def test_a_commit_is_named_where_it_is_known(files: dict[str, bytes], kind: str, commit: str, tmp_path: Path) -> None:
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    assert read_commit(tmp_path, checkout=kind == "checkout") == commit
