"""What the kernel says of a port is read, tied to it, and cannot be said by a tablet or a program in its place."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest

from provision.bench.kernel_log import JournalWords, KernelWords, KmsgWords, find_kernel_log
from provision.bench.kernel_words import (
    OF_DEVICE,
    OF_HUB,
    OF_PORT,
    TOLD,
    Complaint,
    KernelWord,
    parse_journal,
    parse_kmsg,
    parse_message,
)
from provision.cli.speech import tell_kernel_word
from provision.doctor.finding import Level
from provision.doctor.kernel_log import examine_kernel_log
from provision.errors import PortSourceError
from provision.station.kernel_ear import QUIET_SECONDS, Heard, KernelEar
from provision.station.recovery import note_nothing
from provision.texts.language import Language
from tests.case_files import read_cases
from tests.waiting import SECONDS

CASES = read_cases(Path(__file__).parents[1] / "cases/bench/kernel_words.yaml")
OVER_CURRENT = KernelWord("1-1.2", Complaint.OVER_CURRENT)
MESSAGE = "usb 1-1-port2: over-current condition"


def read(case: Mapping[str, Any]) -> Any:  # noqa: ANN401 # as the cases write it
    word = parse_message(case["text"])
    return None if word is None else [word.port, str(word.complaint), word.error]


def test_each_message_is_read_as_what_it_is() -> None:
    wrong = [(case["text"], read(case)) for case in CASES if read(case) != case["word"]]
    assert wrong == []


def test_every_row_of_the_table_has_a_message() -> None:
    said = [case["text"].partition(": ")[2] for case in CASES if case["word"]]
    rows = [row for row in (*OF_DEVICE, *OF_PORT, *OF_HUB) if not any(map(row.form.fullmatch, said))]
    assert rows == []


def test_a_hub_speaks_for_all_of_its_ports_and_no_other() -> None:
    for case in CASES:
        word = parse_message(case["text"])
        if word is not None and "ports" in case:
            assert all(word.is_about(port) for port in case["ports"])
            assert not any(word.is_about(port) for port in case["others"])


@pytest.mark.parametrize(
    ("record", "word"),
    [
        (f"3,812,5140900,-;{MESSAGE}\n SUBSYSTEM=usb\n DEVICE=+usb:1-1-port2\n", OVER_CURRENT),
        (f"3,812,5140900,-,caller=T12;{MESSAGE}\n", OVER_CURRENT),
        (f"11,812,5140900,-;{MESSAGE}\n", None),  # a program wrote it: facility 1
        (f"6,812,5140900,-;usb 1-1: Product: x\\x0a3,1,1,-;{MESSAGE}\n", None),
        (f"6,812,5140900,-;usb 1-1: Product: x\n{MESSAGE}\n", None),
        (f"x,812,5140900,-;{MESSAGE}\n", None),
        (f"٣,812,5140900,-;{MESSAGE}\n", None),
        (MESSAGE, None),
        ("", None),
        ("9" * 5000, None),
    ],
)
def test_a_record_of_kmsg_counts_where_the_kernel_said_it(record: str, word: KernelWord | None) -> None:
    assert parse_kmsg(record.encode()) == word


OWN = {"_TRANSPORT": "kernel", "SYSLOG_FACILITY": "0"}


@pytest.mark.parametrize(
    ("entry", "word"),
    [
        ({**OWN, "MESSAGE": MESSAGE}, OVER_CURRENT),
        ({**OWN, "MESSAGE": f"usb 1-1: Product: x\n{MESSAGE}"}, None),
        ({**OWN, "SYSLOG_FACILITY": "1", "MESSAGE": MESSAGE}, None),
        ({**OWN, "_TRANSPORT": "syslog", "MESSAGE": MESSAGE}, None),
        ({**OWN, "MESSAGE": list(MESSAGE.encode())}, None),
        ({"MESSAGE": MESSAGE}, None),
        ([1], None),
    ],
)
def test_a_line_of_the_journal_counts_where_the_kernel_said_it(entry: object, word: KernelWord | None) -> None:
    assert parse_journal(json.dumps(entry).encode()) == word


def test_what_is_no_line_of_the_journal_is_nothing() -> None:
    lines = (b"", b"{", b"\xff\xfe", b"[" * 100_000, b"-- No entries --", b"null")
    assert [line[:20] for line in lines if parse_journal(line) is not None] == []


@contextmanager
def listening(words: KernelWords) -> Iterator[SimpleQueue[KernelWord | str]]:
    heard: SimpleQueue[KernelWord | str] = SimpleQueue()

    def listen() -> None:
        try:
            for word in words.events():
                heard.put(word)
        except PortSourceError as error:
            heard.put(str(error))

    listener = threading.Thread(target=listen)
    listener.start()
    try:
        yield heard
    finally:
        words.close()
        words.close()
        listener.join(SECONDS)
        assert not listener.is_alive()


def test_kmsg_is_heard_as_it_comes_and_closed(tmp_path: Path) -> None:
    """A pipe in its place: what is written at once is read at once, as a record of the kernel's is."""
    pipe = tmp_path / "kmsg"
    os.mkfifo(pipe)
    kernel = os.open(pipe, os.O_RDWR)
    with listening(KmsgWords(pipe)) as heard:
        for address in (4, 5):
            os.write(kernel, f"3,{address},1,-;usb 1-1.2: device not accepting address {address}, error -71\n".encode())
            assert heard.get(timeout=SECONDS) == KernelWord("1-1.2", Complaint.BAD_SIGNAL, -71)
    os.close(kernel)


def test_the_journal_is_followed_and_its_follower_ended() -> None:
    lines = json.dumps({**OWN, "MESSAGE": MESSAGE})
    program = f"import time; print({lines!r}, flush=True); time.sleep(600)"
    with listening(JournalWords((sys.executable, "-c", program))) as heard:
        assert heard.get(timeout=SECONDS) == OVER_CURRENT


def test_a_log_that_may_not_be_read_is_said_with_the_command(tmp_path: Path) -> None:
    closed = examine_kernel_log(tmp_path / "kmsg", (tmp_path,), user=0, group="root")
    assert (closed.level, closed.command) == (Level.WARNING, "usermod -aG root root")
    (tmp_path / "kmsg").touch()
    assert examine_kernel_log(tmp_path / "kmsg", (tmp_path,)).level is Level.RIGHT
    assert find_kernel_log(tmp_path / "none", (tmp_path,)) is None
    with pytest.raises(PortSourceError, match="none: No such file"):
        KmsgWords(tmp_path / "none")
    with pytest.raises(PortSourceError, match="no-such-program"):
        JournalWords(("no-such-program",))


HEARD = [
    (0.0, OVER_CURRENT, Heard(("1-1.2",), ("7",))),
    (1.0, OVER_CURRENT, Heard(("1-1.2",))),
    (1.0, KernelWord("1-1.2", Complaint.BAD_SIGNAL, -71), Heard(("1-1.2",), ("7",))),
    (2.0, KernelWord("1-1", Complaint.HUB_OVER_CURRENT, is_hub=True), Heard(("1-1.2", "1-1.3"), ("7", "8"))),
    (3.0, KernelWord("1-1", Complaint.HUB_OVER_CURRENT, is_hub=True), Heard(("1-1.2", "1-1.3"))),
    (3.0, KernelWord("1-1.2", Complaint.RESET), Heard()),
    (3.0, KernelWord("1-9", Complaint.OVER_CURRENT), Heard()),
    (QUIET_SECONDS, OVER_CURRENT, Heard(("1-1.2",), ("7",))),
]


def test_a_complaint_is_heard_each_time_and_said_and_kept_once_a_minute() -> None:
    kept: list[tuple[str, object]] = []
    ear = KernelEar({"1-1.2": "7", "1-1.3": "8"}, lambda slot, _event, **members: kept.append((slot, members["word"])))
    assert [ear.hear(word, now) for now, word, _ in HEARD] == [heard for _, _, heard in HEARD]
    assert kept == [
        ("7", "over-current"),
        ("7", "bad-signal"),
        ("7", "hub-over-current"),
        ("8", "hub-over-current"),
        ("7", "reset"),
        ("7", "over-current"),
    ]


@pytest.mark.parametrize("language", Language)
def test_what_is_told_has_words_and_the_kernels_number(language: Language) -> None:
    words = [KernelWord("1-1.2", complaint, -71) for complaint in sorted(TOLD)]
    told = [tell_kernel_word(language, ["7"], word) for word in words]
    assert all("-71" in line and "7" in line for line in told)
    assert len(set(told)) == len(TOLD)


def test_what_is_said_of_a_hub_names_it_and_its_slots_once() -> None:
    word = KernelWord("1-1", Complaint.HUB_NO_POWER, is_hub=True)
    assert tell_kernel_word(Language.EN, ["10", "9"], word).startswith("Hub 1-1 (slots 9, 10): the hub does not give")


@pytest.mark.parametrize(("user", "group"), [(0, "no-such-group"), (4_000_000_000, "root")])
def test_no_command_is_given_that_cannot_help(user: int, group: str, tmp_path: Path) -> None:
    closed = examine_kernel_log(tmp_path / "kmsg", (tmp_path,), user, group)
    assert (closed.key, closed.level, closed.command) == ("kernel-log.no-group", Level.WARNING, None)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (KernelWord("1-1.4", Complaint.OVER_CURRENT), KernelWord("1-1.4", Complaint.HUB_OVER_CURRENT, is_hub=True)),
        (KernelWord("1-1.4.1", Complaint.OVER_CURRENT), KernelWord("1-1.4.1", Complaint.OVER_CURRENT)),
        (KernelWord("1-1.4", Complaint.BAD_SIGNAL, -71), KernelWord("1-1.4", Complaint.BAD_SIGNAL, -71)),
        (KernelWord("1-1.40", Complaint.OVER_CURRENT), KernelWord("1-1.40", Complaint.OVER_CURRENT)),
    ],
)
def test_a_port_that_feeds_a_hub_and_is_cut_speaks_for_every_slot_below(said: KernelWord, told: KernelWord) -> None:
    ports = {"1-1.4.1": "7", "1-1.4.2.3": "8", "1-1.5": "9"}
    ear = KernelEar(ports, note_nothing)
    assert ear.name_hub(said) == told
    if told.is_hub:
        assert ear.hear(told, 1.0) == Heard(("1-1.4.1", "1-1.4.2.3"), ("7", "8"))
        assert ear.hear(told, 2.0).labels == ()
