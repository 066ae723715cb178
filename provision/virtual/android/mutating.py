"""Which calls write: a pure function of the words of a call.

The table names what only READS; everything else counts as a write, so a forgotten verb makes a
station look worse, never better.
"""

from __future__ import annotations

from collections.abc import Sequence

from provision.virtual.android.agent.packages import AGENT
from provision.virtual.android.argv import without_user

READ_ONLY = frozenset({"getprop", "dumpsys", "df", "ls", "cat", "sha256sum", "id", "uptime", "date"})
"""Words that never write."""

READ_VERBS: dict[str, frozenset[str]] = {
    "settings": frozenset({"get", "list", "help"}),
    "package": frozenset({
        "list", "path", "has-feature", "get-max-users", "resolve-activity", "query-activities",
        "get-install-location", "help", "dump", "dump-profiles",
    }),
    "wifi": frozenset({
        "help", "-h", "status", "list-networks", "list-scan-results", "list-suggestions",
        "get-country-code", "is-verbose-logging", "start-scan",
    }),
    "location": frozenset({"is-location-enabled", "help"}),
    "alarm": frozenset({"help"}),
    "activity": frozenset({"get-current-user", "help"}),
    "device_policy": frozenset({"list-owners", "help"}),
    "content": frozenset({"query"}),
    "locksettings": frozenset({"get-disabled", "help"}),
    "user": frozenset({"list", "help"}),
    "appops": frozenset({"get", "query", "help"}),
    "ime": frozenset({"list", "help"}),
    "service": frozenset({"list", "check"}),
    "svc": frozenset({"help"}),
}  # fmt: skip
"""Reading verbs by service; no verb at all prints the usage and reads too."""

SERVICE_OF = {"pm": "package", "am": "activity", "dpm": "device_policy"}


def mutates(argv: Sequence[str]) -> bool:
    """Tell whether a call is written to the journal.

    `dumpsys battery set`, `wm size WxH` and the like write; `content call` counts as a write
    because the model cannot know what a method does. Only the agent's own provider is known: its
    orders are counted one by one where they are carried out, by their word.
    """
    if list(argv[:4]) == ["content", "call", "--uri", f"content://{AGENT}.station"]:
        return False
    word = argv[1] if argv[0] == "cmd" and len(argv) > 1 else argv[0]
    rest = without_user(argv[2 if argv[0] == "cmd" else 1 :])
    if word in {"wm", "connectivity"} or (word == "dumpsys" and rest[:1] == ["battery"]):
        return len(rest) > 1
    if word == "dumpsys" and rest[:2] == ["deviceidle", "whitelist"]:
        return any(not each.startswith("=") for each in rest[2:])
    if rest[:1] == ["volume"]:
        return "--set" in rest or "--adj" in rest
    if word in READ_ONLY or not rest:
        return word in {"reboot"}
    return rest[0] not in READ_VERBS.get(SERVICE_OF.get(word, word), frozenset())
