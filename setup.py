"""Writes the commit that a wheel is built from into it; everything else of the build stands in pyproject.toml."""

from __future__ import annotations

import subprocess
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent


def ask_git(*words: str) -> str:
    """Return what git says of this folder; empty where there is no git, or none that speaks of it."""
    try:
        said = subprocess.run(("git", "-C", str(ROOT), *words), capture_output=True, text=True, check=True, timeout=30)
    except (OSError, subprocess.SubprocessError):
        return ""
    return said.stdout.strip()


class BuildWithCommit(build_py):
    """`build_py`, and `provision/shipped/commit`: one line, `-dirty` behind a commit whose files were edited."""

    def run(self) -> None:
        """Copy the package, then write the commit; not for `pip install -e`, whose checkout can be asked."""
        super().run()
        if self.editable_mode or Path(ask_git("rev-parse", "--show-toplevel") or "/") != ROOT:
            return
        commit = ask_git("describe", "--always", "--dirty", "--abbrev=12", "--exclude=*")
        if commit:
            Path(self.build_lib, "provision/shipped/commit").write_text(f"{commit}\n")


setup(cmdclass={"build_py": BuildWithCommit})
