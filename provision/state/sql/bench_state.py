"""The stores of one bench, together."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from provision.state.numbers import NumberSource
from provision.state.sql.agent_secret_store import AgentSecretStore
from provision.state.sql.asset_registry import AssetRegistry
from provision.state.sql.audit_log import AuditLog
from provision.state.sql.cable_history_store import CableHistoryStore
from provision.state.sql.checkpoint_store import CheckpointStore
from provision.state.sql.confirmation_store import ConfirmationStore
from provision.state.sql.database import Database
from provision.state.sql.donation_store import DonationStore
from provision.state.sql.label_check_store import LabelCheckStore
from provision.state.sql.opening import open_database
from provision.state.sql.pending_upload_store import PendingUploadStore
from provision.state.sql.run_time_store import RunTimeStore
from provision.state.sql.site_name_store import SiteNameStore
from provision.state.sql.verified_install_store import VerifiedInstallStore
from provision.state.sql.ward_store import WardStore


@dataclass(frozen=True)
class BenchState:
    """Memory of one bench; see `open_bench_state`."""

    database: Database

    @property
    def confirmations(self) -> ConfirmationStore:
        """Store of what people said of models."""
        return ConfirmationStore(self.database)

    @property
    def verified_installs(self) -> VerifiedInstallStore:
        """Bytes of apps that were pulled before."""
        return VerifiedInstallStore(self.database)

    @property
    def pending_uploads(self) -> PendingUploadStore:
        """Store of what lost runs left on tablets."""
        return PendingUploadStore(self.database)

    @property
    def agent_secrets(self) -> AgentSecretStore:
        """Secrets and policies given out."""
        return AgentSecretStore(self.database)

    @property
    def wards(self) -> WardStore:
        """Wards that tablets were assigned to."""
        return WardStore(self.database)

    @property
    def site_names(self) -> SiteNameStore:
        """Names that the site had."""
        return SiteNameStore(self.database)

    @property
    def checkpoints(self) -> CheckpointStore:
        """The newest checkpoint of the ledger."""
        return CheckpointStore(self.database)

    @property
    def cable_history(self) -> CableHistoryStore:
        """Runs and drops by slot and cable."""
        return CableHistoryStore(self.database)

    @property
    def run_times(self) -> RunTimeStore:
        """What runs took."""
        return RunTimeStore(self.database)

    @property
    def donations(self) -> DonationStore:
        """Tablets that were given."""
        return DonationStore(self.database)

    @property
    def audit_log(self) -> AuditLog:
        """Who opened or gave back which tablet."""
        return AuditLog(self.database)

    def open_registry(self, prefix: str, numbers: NumberSource | None = None) -> AssetRegistry:
        """Known tablets, for the one thread that numbers new ones with `prefix`; `numbers` are of a shared register."""
        return AssetRegistry(self.database, prefix, numbers)

    def open_label_checks(self, prefix: str, numbers: NumberSource | None = None) -> LabelCheckStore:
        """Open the store of what people said of labels, for a bench that numbers as `open_registry`."""
        return LabelCheckStore(self.database, prefix, numbers)

    def check(self) -> None:
        """Read the whole database, compare it with its rules, and let each store read again what must not be lost.

        Raises:
            HomeError: it is damaged.
        """
        self.database.check()
        for asset in self.agent_secrets.list_assets():
            self.agent_secrets.find(asset)
        self.confirmations.list_confirmations()
        for _donation in self.donations.list_donations():
            pass
        for _asset in self.open_registry("").list_assets():
            pass  # read, page by page

    def close(self) -> None:
        """Let go of the database."""
        self.database.close()


def open_stores(home: Path) -> BenchState:
    """Open the database of a home.

    Raises:
        HomeError: see `open_database`.
    """
    return BenchState(open_database(home))
