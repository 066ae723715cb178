"""Lines of the reference that Android's classes decide: the methods they rest on, and what these must say.

`provision/reference/facts/README.md` describes the file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from classfile import INVOKES, ClassFile, Instruction, Method, Reference
from jars import Jar
from levels import levels_of, span

MEMBERS = {"document", "section", "statement", "class", "method", "has", "lacks", "levels"}
COMPILED = {"<init>": "new", "<clinit>": "static"}
"""What the compiler calls a constructor and a static initialiser in the names of the lambdas in them."""

UNKNOWN = "?"
"""A digest that nobody filled in yet."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with one statement on some levels."""

    statement: str
    text: str

    def __str__(self) -> str:
        return f"evidence.json: {self.statement!r}: {self.text}"


def found(jar: Jar, classes: Sequence[str], name: str) -> list[Method]:
    """The methods a statement rests on: all overloads with the lambdas in them, of the first class that is there."""
    for one in classes:
        there = jar.find(one)
        if there is not None:
            return _with_lambdas(there, name)
    return []


def _with_lambdas(owner: ClassFile, name: str) -> list[Method]:
    own = owner.named(name)
    plain = name.partition("(")[0]
    inner = f"lambda${COMPILED.get(plain, plain)}$"
    return own + [one for one in owner.methods if own and one.name.startswith(inner)]


def digest(methods: Sequence[Method]) -> str | None:
    """First 12 hexadecimal digits of the digest of the code of some methods, None when there is none."""
    if not methods:
        return None
    return hashlib.sha256(" ".join(sorted(one.digest for one in methods)).encode()).hexdigest()[:12]


def words(methods: Sequence[Method]) -> set[str]:
    """What `has` and `lacks` can name: texts, numbers, `case 1`, called methods (also `Class.name`) and fields."""
    told: set[str] = set()
    for method in methods:
        for one in method.instructions:
            told |= _words(one)
    return told


def _words(one: Instruction) -> set[str]:
    target = one.operand
    if isinstance(target, Reference):
        short = target.owner.rpartition(".")[2]
        return {target.name, f"{short}.{target.name}"} if one.opcode in INVOKES or target.owner else {target.name}
    if one.text is not None:
        return {one.text}
    if one.number is not None:
        return {str(one.number)}
    if one.cases:
        return {f"case {value}" for value in one.cases}
    return {str(target)} if isinstance(target, int | float | str) else set()


def examine(entries: Sequence[Mapping[str, Any]], jars: Mapping[int, Jar]) -> tuple[list[dict[str, Any]], list[Fault]]:
    """The statements with the digests of these jars, and whatever does not hold.

    A digest that stands there already is kept and compared; `?` is filled in.
    """
    faults: list[Fault] = []
    filled = []
    for entry in entries:
        wrong = sorted(set(entry) ^ MEMBERS)
        if set(entry) - MEMBERS or MEMBERS - {"has", "lacks"} - set(entry):
            faults.append(Fault(str(entry.get("statement")), f"members {', '.join(wrong)}: see the README beside it"))
            filled.append(dict(entry))
        else:
            found_here: list[str] = []
            filled.append(_examine(entry, jars, found_here))
            faults += [Fault(entry["statement"], text) for text in found_here]
    return filled, faults


def _examine(entry: Mapping[str, Any], jars: Mapping[int, Jar], wrong: list[str]) -> dict[str, Any]:
    classes = [entry["class"]] if isinstance(entry["class"], str) else list(entry["class"])
    got: dict[str | None, list[int]] = {}
    for levels, stands in entry["levels"].items():
        for level in levels_of(levels):
            if level not in jars:
                wrong.append(f"API {level}: no jar is pinned")
                continue
            methods = found(jars[level], classes, entry["method"])
            now = digest(methods)
            got.setdefault(now, []).append(level)
            if stands == UNKNOWN and now is None:
                wrong.append(f"API {level}: no {entry['method']}; write null where that is what decides")
            elif stands not in {UNKNOWN, now}:
                told = [f"digest {one}" if one else "no such method" for one in (now, stands)]
                wrong.append(f"API {level}: {entry['method']} has {told[0]}, written is {told[1]}")
            if now is not None:
                _compare(entry, level, words(methods), wrong)
    spans = {span(levels): now for now, levels in got.items()}
    ordered = {levels: spans[levels] for levels in sorted(spans, key=levels_of)}
    return {**entry, "levels": ordered}


def _compare(entry: Mapping[str, Any], level: int, told: set[str], wrong: list[str]) -> None:
    """What the code must and must not say."""
    for word in entry.get("has", []):
        if word not in told:
            wrong.append(f"API {level}: {entry['method']} does not say {word!r}")
    for word in entry.get("lacks", []):
        if word in told:
            wrong.append(f"API {level}: {entry['method']} says {word!r}")
