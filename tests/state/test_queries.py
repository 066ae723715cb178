"""Every query of the stores over a filled database finds its rows by a key or an index."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from factories import make_props
from sqlalchemy import Engine, event
from state_file import read_state

from provision.identity.which import Asset
from provision.proofs.attempts import Tried
from provision.site.secret import Secret
from provision.state.agent_secrets import Issued, KnownKey
from provision.state.donations import Donation
from provision.state.opening import open_bench_state
from provision.state.run_times import RunTime
from provision.state.sql.agent_secret_store import AgentSecretStore, keep_issued
from provision.state.sql.asset_registry import AssetRegistry, keep_assets
from provision.state.sql.audit_log import AuditEvent, AuditLog, keep_event
from provision.state.sql.bench_state import BenchState
from provision.state.sql.cable_history_store import CableHistoryStore
from provision.state.sql.checkpoint_store import CheckpointStore
from provision.state.sql.confirmation_store import ConfirmationStore
from provision.state.sql.donation_store import DonationStore
from provision.state.sql.label_check_store import LabelCheckStore
from provision.state.sql.pending_upload_store import PendingUploadStore, keep_uploads
from provision.state.sql.run_time_store import RunTimeStore
from provision.state.sql.site_name_store import SiteNameStore
from provision.state.sql.verified_install_store import VerifiedInstallStore, keep_installs
from provision.state.sql.ward_store import WardStore
from provision.state.verified_installs import InstallMemory, VerifiedInstall
from provision.state.wards import Assignment, Role
from provision.terms import DeviceConfirmation, IntakeVerdict, Outcome, ProofVerdict

STORES = (
    AgentSecretStore,
    AssetRegistry,
    AuditLog,
    CableHistoryStore,
    CheckpointStore,
    ConfirmationStore,
    DonationStore,
    LabelCheckStore,
    PendingUploadStore,
    RunTimeStore,
    SiteNameStore,
    VerifiedInstallStore,
    WardStore,
)
TABLETS = 700
LISTED = {
    "alembic_version": "one row",
    "confirmation": "one row a model that a person was ever asked about",
    "slot_cable": "one row a slot",
    "ward_assignment": "one row a word on a tablet's ward, for the list of them",
    "retired_number": "one row a number that was retired, for the list of wards",
    "site_name": "one row a name that the site had",
    "agent_secret": "numbers alone, from the index, for the near ones of a number that is unknown",
}
"""Tables that a statement without a condition may read whole, with why."""

TRIED = {"kiosk.home": Tried(ProofVerdict.HELD, "x")}
UNDO = ("pm", "install-abandon", "7")
PROPS = make_props()
RUN = RunTime(datetime(2026, 1, 1, tzinfo=UTC), "A-1", "m", "1", "", Outcome.DONE, None, 1.0, 0.0, 2, None)

GIVEN = Donation("h", "i", "2026", "1", "S1", "m", "11", "", 80, 2, 1, IntakeVerdict.KEEP, ())


def fill(state: BenchState) -> None:
    """A bench after 700 tablets."""
    installs = {f"org.example.{name}": VerifiedInstall(name * 64, "0" * 64, {}, "run", ours=True) for name in "abcd"}
    issued = Issued(Secret(b"x" * 32), unlocked={"kiosk.home": 0.5}, tried=TRIED)

    def work(connection: Any) -> None:  # noqa: ANN401 # a connection
        for number in range(1, TABLETS + 1):
            asset = f"A-{number:04d}"
            keep_assets(connection, [Asset(asset, f"S{number}", (f"i{number}",))])
            keep_issued(connection, asset, issued)
            keep_installs(connection, asset, InstallMemory(installs, frozenset({"org.example.e"})))
            keep_uploads(connection, asset, (UNDO,))
            keep_event(connection, AuditEvent("2026-01-01T00:00:00Z", "answer", asset, "x"))

    state.database.write(work)
    state.confirmations.give(PROPS, DeviceConfirmation.TABLET)


def make_calls(state: BenchState) -> dict[type, dict[str, Callable[[], object]]]:
    """A call of each public name of each store."""
    secrets, audit, said = state.agent_secrets, state.audit_log, state.confirmations
    labels = state.open_label_checks("A")
    registry, uploads, installs = state.open_registry("A"), state.pending_uploads, state.verified_installs
    memory = InstallMemory({"a": VerifiedInstall("k", "s", {}, "r")}, frozenset({"b"}))

    def find_orphaned() -> None:
        assert installs.find_orphaned("A-0001").names(())
        assert installs.find_orphaned()._knows("org.example.a", "a" * 64)

    return {
        AgentSecretStore: {
            "find": lambda: secrets.find("A-0001"),
            "list_assets": secrets.list_assets,
            "issue": lambda: secrets.issue("A-9001"),
            "renew": lambda: secrets.renew("A-0001", lambda _asset: Secret(b"x" * 32)),
            "note_policy": lambda: secrets.note_policy("A-0001", "p", "w"),
            "note_drill": lambda: secrets.note_drill("A-0001"),
            "note_unlocked": lambda: secrets.note_unlocked("A-0001", {"x": 0.1}),
            "note_tried": lambda: secrets.note_tried("A-0001", TRIED),
            "find_own_key": lambda: secrets.find_own_key("A-0001"),
            "note_own_key": lambda: secrets.note_own_key("A-0001", KnownKey("0" * 32, "0" * 64)),
        },
        AssetRegistry: {
            "is_empty": lambda: registry.is_empty,
            "knows": lambda: registry.knows("A-0001"),
            "find_asset": lambda: registry.find_asset("A-0001"),
            "list_assets": lambda: list(registry.list_assets()),
            "restore": lambda: registry.restore([("A-9002", "S")]),
            "check_in": lambda: [
                registry.check_in(f"S{serial}", installation, carried)
                for serial, installation, carried in (
                    (1, "i1", None),
                    (9003, "i", None),
                    (2, "j", "A-0002"),
                    (3, "k", None),
                )
            ],
            "find": lambda: registry.find("S1", "i1"),
            "find_other_bench": lambda: registry.find_other_bench("B-0001"),
            "check_out": lambda: registry.check_out("A-0001"),
        },
        LabelCheckStore: {
            "list_open": labels.list_open,
            "list_twins": lambda: labels.list_twins("S1"),
            "confirm": lambda: [labels.confirm("S1", "k", number) for number in ("A-0001", "B-0001")],
            "confirm_new": lambda: labels.confirm_new("S2", "m"),
            "correct": lambda: labels.correct("A-0004", labels.confirm_new("S4", "n"), "x"),
            "find_successor": lambda: labels.find_successor("A-0004"),
            "find_successors": lambda: labels.find_successors(["A-0004", "A-0001"]),
            "list_former": lambda: labels.list_former("A-0001"),
            "undo": lambda: labels.undo("S1", "k"),
        },
        WardStore: {
            "assign": lambda: state.wards.assign(["A-0001", "A-0002"], "cardio", Role.WARD, ""),
            "find": lambda: state.wards.find("A-0001"),
            "list_events": lambda: state.wards.list_events("A-0001"),
            "list_current": state.wards.list_current,
            "take_over": lambda: state.wards.take_over([(Assignment("A-0009", "cardio", "", Role.WARD, ""), None)]),
        },
        SiteNameStore: {
            "list_names": state.site_names.list_names,
            "note": lambda: state.site_names.note("CHU"),
        },
        CableHistoryStore: {
            "note": lambda: state.cable_history.note("7", "1-1.7", dropped=True),
            "list_runs": state.cable_history.list_runs,
            "change": lambda: state.cable_history.change("7", "C12"),
            "list_present": state.cable_history.list_present,
        },
        RunTimeStore: {
            "note": lambda: state.run_times.note(RUN),
            "list_recent": state.run_times.list_recent,
            "find_last": lambda: state.run_times.find_last("A-1"),
            "list_between": lambda: state.run_times.list_between(RUN.at, RUN.at),
        },
        CheckpointStore: {
            "find": lambda: state.checkpoints.find("origin"),
            "keep": lambda: state.checkpoints.keep("origin", "note"),
        },
        AuditLog: {
            "note": lambda: audit.note("answer", "A-0001"),
            "list_events": lambda: [*audit.list_events(), *audit.list_events("A-0001")],
        },
        ConfirmationStore: {
            "find": lambda: said.find(PROPS),
            "list_confirmations": said.list_confirmations,
            "give": lambda: said.give(PROPS, DeviceConfirmation.NO_TABLET),
            "revoke": lambda: said.revoke(PROPS.title),
            "stamp": said.stamp,
        },
        DonationStore: {
            "find": lambda: state.donations.find("h", "i", "S1"),
            "note": lambda: [state.donations.note(GIVEN), state.donations.note(GIVEN, new=True)],
            "list_donations": lambda: list(state.donations.list_donations()),
            "forget": lambda: state.donations.forget(1),
            "reserve": lambda: state.donations.reserve(9),
        },
        PendingUploadStore: {
            "open": lambda: uploads.open("A-0001"),
            "load": lambda: uploads.load("A-0001"),
            "save": lambda: uploads.save("A-0001", (UNDO,)),
        },
        VerifiedInstallStore: {
            "find_orphaned": find_orphaned,
            "open": lambda: installs.open("A-0001", "r"),
            "load": lambda: installs.load("A-0001"),
            "save": lambda: installs.save("A-0001", memory),
        },
    }


@contextmanager
def collect() -> Iterator[dict[str, Any]]:
    """Every statement that SQLAlchemy hands to SQLite meanwhile, with parameters it had."""
    said: dict[str, Any] = {}

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *rest: object) -> None:  # noqa: ANN401 # the driver's
        said[statement] = parameters[0] if rest[-1] else parameters

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(Engine, "before_cursor_execute", note)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a bench after 700 tablets."""
    home = tmp_path_factory.mktemp("filled")
    with open_bench_state(home) as state:
        fill(state)
    return home


def test_no_query_reads_a_table_that_grows_from_end_to_end(filled: Path) -> None:
    with collect() as said, open_bench_state(filled) as state:
        calls = make_calls(state)
        for store in STORES:
            public = {name for name, _ in inspect.getmembers(store) if not name.startswith("_")}
            assert calls[store].keys() == public, f"each name of {store.__name__} is called here"
            for call in calls[store].values():
                call()
    queries = {
        text: given for text, given in said.items() if text.split()[0] in {"SELECT", "INSERT", "UPDATE", "DELETE"}
    }
    assert len(queries) > 25, "the hook hears them"
    found = {query: read_plan(filled, query, given) for query, given in queries.items()}
    wrong = {query: plan for query, plan in found.items() if not is_found_by_key(query, plan)}
    assert wrong == {}


def read_plan(home: Path, query: str, given: Any) -> list[str]:  # noqa: ANN401 # the driver's
    return [row[-1] for row in read_state(home, f"EXPLAIN QUERY PLAN {query}", *given)]


SCAN = re.compile(r"SCAN (?!CONSTANT|\d+ CONSTANT)(\w+)|SEARCH (\w+)(?! USING)\b")
"""Also a search by no index: so SQLite calls the look for a greatest or least value through a whole table."""


def is_found_by_key(query: str, plan: list[str]) -> bool:
    """Tell whether no table is scanned, but for one of `LISTED` by a statement that wants all of it."""
    scanned = {match[1] or match[2] for line in plan if (match := SCAN.match(line))}
    return not scanned or (scanned <= LISTED.keys() and re.search(r"\bWHERE\b", query) is None)


@pytest.mark.parametrize(
    ("query", "right"),
    [
        ("SELECT * FROM audit_event", False),
        ("SELECT * FROM audit_event ORDER BY id", False),
        ("SELECT * FROM audit_event WHERE account = 'x'", False),
        ("SELECT count(*) FROM audit_event", False),
        ("SELECT DISTINCT package FROM verified_install", False),
        ("SELECT * FROM asset WHERE prefix || number = 'A1'", False),
        ("SELECT * FROM agent_secret WHERE policy = 'p'", False),
        ("SELECT * FROM confirmation\nWHERE title = 'x'", False),
        ("DELETE FROM audit_event WHERE at < '2026'", False),
        ("SELECT max(number) FROM asset WHERE serial || '' = 'x'", False),
        ("SELECT max(at) FROM audit_event", False),
        ("SELECT * FROM audit_event WHERE id > 7 ORDER BY id LIMIT 5", True),
        ("SELECT max(number) FROM asset WHERE prefix = 'A'", True),
        ("SELECT * FROM confirmation", True),
    ],
)
def test_a_scan_is_seen(filled: Path, query: str, *, right: bool) -> None:
    assert is_found_by_key(query, read_plan(filled, query, ())) is right
