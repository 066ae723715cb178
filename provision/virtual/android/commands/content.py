"""`content`: the agent's provider and the settings provider.

Source: reference, packages document 7.4 (forms of rows, results and errors). What the settings provider
calls its rows and methods is AOSP's and unconfirmed there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from provision.virtual.android.agent import provider
from provision.virtual.android.argv import value_of, word
from provision.virtual.android.commands.settings import NAMESPACES, put
from provision.virtual.android.contract import Reply
from provision.virtual.android.device import Device
from provision.virtual.android.oem_gates import find_gate
from provision.virtual.android.replies import done, failed, stack

USAGE = "usage: adb shell content [subcommand] [options]\n"
VERBS = frozenset({"query", "call", "insert", "update", "delete", "read", "write"})
NO_URI = "Content provider URI not specified. Did you specify --uri argument?"
NO_METHOD = "Content provider method not specified. Did you specify --method argument?"
WHERE = re.compile(r"name='([^']*)'")


def content(device: Device, argv: Sequence[str], _stdin: bytes) -> Reply:
    """`content query|call|insert --uri content://AUTH/...`: status 0 in every case."""
    words = argv[1:]
    uri = value_of(words, "--uri")
    if word(words, 0) not in VERBS:
        return Reply(out=f"{USAGE}[ERROR] Unsupported operation: {word(words, 0)}\n")
    if uri is None:
        return Reply(out=f"{USAGE}[ERROR] {NO_URI}\n")
    if words[0] == "call" and value_of(words, "--method") is None:
        return Reply(out=f"{USAGE}[ERROR] {NO_METHOD}\n")
    authority, _, path = uri.removeprefix("content://").partition("/")
    if provider.serves(device, authority) and not device.data.user_locked:
        return provider.answer(device, words[0], uri, value_of(words, "--method"), value_of(words, "--arg"))
    if authority == "settings":
        return _settings(device, words, path)
    error = stack("java.lang.IllegalStateException", f"Could not find provider: {authority}")
    return failed(f"Error while accessing provider:{authority}\n{error}", 0)


def _settings(device: Device, words: Sequence[str], table: str) -> Reply:
    """One verb on the settings provider; words it does not have here change nothing."""
    if words[0] == "call":
        return _call(device, value_of(words, "--method") or "", value_of(words, "--arg") or "")
    if table not in NAMESPACES:
        error = stack("java.lang.IllegalArgumentException", f"Bad root path: {table}")
        return failed(f"Error while accessing provider:settings\n{error}", 0)
    if words[0] == "query":
        return _query(device, words, table)
    if words[0] == "insert":
        return _insert(device, table, _bound(words))
    return Reply()


def _query(device: Device, words: Sequence[str], table: str) -> Reply:
    """Rows in the order of their names."""
    wanted = WHERE.search(value_of(words, "--where") or "")
    names = [wanted[1]] if wanted else sorted(device.data.settings[table])
    columns = (value_of(words, "--projection") or "_id:name:value").split(":")
    rows = [(name, device.setting(table, name)) for name in names if device.setting(table, name) is not None]
    lines = [_row(number, columns, name, value or "") for number, (name, value) in enumerate(rows)]
    return done("\n".join(lines) if lines else "No result found.")


def _insert(device: Device, table: str, bound: dict[str, str]) -> Reply:
    """A write by the same rules as `settings put`, a maker's gate among them."""
    found = find_gate(device.shut_gates, "settings put", [table, *bound.values()])
    if found and found[0].throws:
        error = stack(found[0].throws.kind, found[0].throws.word(device.api, found[1]))
        return failed(f"Error while accessing provider:settings\n{error}", 0)
    if found or "name" not in bound:
        return Reply()
    return put(device, table, bound["name"], bound.get("value", ""))


def _row(number: int, columns: Sequence[str], name: str, value: str) -> str:
    held = {"_id": str(number + 1), "name": name, "value": value}
    return f"Row: {number} " + ", ".join(f"{column}={held.get(column, 'NULL')}" for column in columns)


def _bound(words: Sequence[str]) -> dict[str, str]:
    """The values of `--bind NAME:TYPE:VALUE`."""
    texts = [after for before, after in pairwise(words) if before == "--bind"]
    return {text.split(":", 2)[0]: text.split(":", 2)[-1] for text in texts}


def _call(device: Device, method: str, key: str) -> Reply:
    """`GET_global` and the like, the methods the `settings` tool itself uses."""
    verb, _, table = method.partition("_")
    if verb != "GET" or table not in NAMESPACES:
        return done("Result: null")
    return done(f"Result: Bundle[{{value={device.setting(table, key) or 'null'}}}]")
