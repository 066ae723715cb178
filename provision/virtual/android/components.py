"""Component names in the forms Android reads and prints."""

from __future__ import annotations


def short(component: str) -> str:
    """`pkg/.Cls` where the class is inside the package."""
    package, name = component.split("/")
    return f"{package}/{name[len(package) :]}" if name.startswith(package + ".") else component


def full(text: str) -> str | None:
    """`pkg/full.Class` from `pkg/cls` or `pkg/.Cls`, None for anything else."""
    package, slash, name = text.partition("/")
    if not slash or not package or not name or text.startswith("-"):
        return None
    return f"{package}/{package + name if name.startswith('.') else name}"


def info(component: str) -> str:
    """`ComponentInfo{pkg/cls}`."""
    return f"ComponentInfo{{{component}}}"
