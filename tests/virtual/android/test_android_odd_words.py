"""No call, however odd its words, ends the virtual tablet: like Android it answers something."""

from __future__ import annotations

import random
import shlex
from pathlib import Path

import pytest

from provision.virtual.android.words import SERVICES, WORDS
from tests.virtual.android.bench import Bench, model_for

CALLS, QUICK_CALLS = 1500, 250
ODD = (
    "²", "--5", "", "-x", "ff", "zz", "9" * 26, "nan", "inf", "--user", "0", "x", "-", "--", "é", "reboot", "a/b", "-S",
    "--get", "--set", "settings", "package", "global", "5", "true", "enable", "--uri", "content://settings/global",
)  # fmt: skip
VERBS = (
    "install", "grant", "suspend", "clear", "put", "get", "delete", "list", "volume", "connect-network", "add-network",
    "forget-network", "set-time", "set-timezone", "suggest_manual_time_zone", "set-brightness", "stayon", "power",
    "wifi", "nfc", "data", "disable-nfc", "set_dnd", "start", "broadcast", "keyevent", "activities", "processes",
    "check", "call", "query", "insert", "set", "set-app-locales", "screen_off_timeout", "sys.powerctl",
)  # fmt: skip


def draw(random_words: random.Random) -> list[str]:
    """One call: a program, and some words that fit it or not."""
    program = random_words.choice(sorted(WORDS))
    service = [random_words.choice(sorted(SERVICES))] if program == "cmd" else []
    verb = [random_words.choice(VERBS)] if random_words.random() < 0.9 else []
    return [program, *service, *verb, *random_words.choices(ODD + VERBS, k=random_words.randint(0, 4))]


@pytest.mark.parametrize("calls", [QUICK_CALLS, pytest.param(CALLS, marks=pytest.mark.later)])
@pytest.mark.parametrize("api", range(21, 38))
def test_odd_words_are_answered(api: int, calls: int, tmp_path: Path) -> None:
    bench, random_words = Bench(tmp_path, model_for(api)), random.Random(api)  # noqa: S311 - reproducible tests
    for _ in range(calls):
        line = shlex.join(draw(random_words))
        try:
            bench.run(line)
        except Exception as error:  # noqa: BLE001 # whatever it is, the line is what counts
            pytest.fail(f"API {api}: `{line}`: {error!r}")


@pytest.mark.parametrize(
    "line",
    [
        "pm install -S ²",
        "pm install-write -S ² 7 base.apk -",
        "pm install --user ² /data/local/tmp/a.apk",
        "dumpsys battery set level ²",
    ],
)
@pytest.mark.parametrize("api", [21, 28, 34])
def test_a_digit_that_is_no_number_is_answered(api: int, line: str, tmp_path: Path) -> None:
    assert Bench(tmp_path, model_for(api)).run(line) is not None
