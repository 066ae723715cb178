"""The home that the last version without a database left, and what it says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from provision.state.opening import open_bench_state
from provision.state.sql.bench_state import BenchState

KEPT = Path(__file__).parent / "fixtures/json-home"
ASIDE = "before-migration"


def content(state: BenchState) -> dict[str, Any]:
    """Everything a bench remembers, as plain values."""
    secrets = {asset: state.agent_secrets.issue(asset) for asset in state.agent_secrets.list_assets()}
    names = [f"A-{number:04d}" for number in range(1, 9)]
    return {
        "assets": list(state.open_registry("A").list_assets()),
        "confirmations": state.confirmations.list_confirmations(),
        "secrets": {asset: one.secret.reveal() for asset, one in secrets.items()},
        "issued": {
            asset: (one.policy, one.wanted, one.drilled, one.unlocked, one.tried) for asset, one in secrets.items()
        },
        "installs": {name: state.verified_installs.load(name) for name in names},
        "uploads": {name: state.pending_uploads.load(name) for name in names},
        "events": list(state.audit_log.list_events()),
    }


def read(home: Path) -> dict[str, Any]:
    with open_bench_state(home) as state:
        state.check()
        return content(state)
