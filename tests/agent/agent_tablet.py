"""A virtual tablet with the agent installed, and a client that speaks to it on the tablet's own clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from agent_bed import site_key
from factories import make_site
from tablet_link import TabletLink

from provision.agent.client import AgentClient, AgentLimits, Sender
from provision.agent.contract import ADMIN, AGENT
from provision.agent.networks import Encrypt
from provision.agent.policy import MAINTENANCE, PolicySubject, make_policy
from provision.agent.site_key import SiteKey
from provision.site.secret import Secret
from provision.virtual.android.model import Network
from provision.virtual.android.state import Package, digest_of
from tests.virtual.android.bench import Bench, model_for

PASSPHRASE, SECRET = b"correct horse battery", b"maintenance-secret-20"
SSID = "HOPITAL"
PERMISSIONS = [
    "android.permission.ACCESS_FINE_LOCATION",
    "android.permission.ACCESS_COARSE_LOCATION",
    "android.permission.ACCESS_BACKGROUND_LOCATION",
]
ASSET = PolicySubject("A-0042", "Cardiologie 2")
KIOSK = ("org.example.visio",)
SECRETS = {"networks.0.passphrase": Secret(PASSPHRASE), MAINTENANCE: Secret(SECRET)}


class AgentTablet:
    """One tablet: `bench` for hands and dumps, `link` for the station's lines, `client` for orders."""

    def __init__(
        self,
        folder: Path,
        api: int = 30,
        answers: Mapping[str, object] | None = None,
        secrets: Mapping[str, Secret] = SECRETS,
        without: str = "",
    ) -> None:
        model = model_for(api, dict(answers or {}))
        features = {name: version for name, version in model.features.items() if name != without}
        model = model.model_copy(update={"features": features})
        air = (Network(ssid=SSID, passphrase=secrets["networks.0.passphrase"].reveal().decode()),)
        self.secrets = secrets
        self.bench = Bench(folder, model.model_copy(update={"air": air}))
        self.link = TabletLink(self.bench)
        self.client = self.client_of("Test")
        data = self.bench.tablet.device.data
        receivers: dict[str, str | None] = {f"{AGENT}.AdminReceiver": "android.permission.BIND_DEVICE_ADMIN"}
        data.packages[AGENT] = Package(
            version_code=6,
            version_name="0.6.0",
            target_sdk=34,
            permissions=PERMISSIONS,
            receivers=receivers,
            signer=digest_of("ours"),
        )
        data.packages[KIOSK[0]] = Package()

    def client_of(
        self, site: str, key: SiteKey | None = None, limits: AgentLimits | None = None, former: tuple[str, ...] = ()
    ) -> AgentClient:
        sender = Sender(site, key or site_key(), former)
        return AgentClient(self.link, sender, limits, wait=self.bench.clock.advance, clock=self.bench.clock)

    def enrol(self) -> AgentTablet:
        """Make the agent device owner by the command alone."""
        assert "Success" in self.bench.run(f"dpm set-device-owner {ADMIN}").out
        return self

    def policy(self, encrypt: Encrypt, packages: Sequence[str] = KIOSK) -> dict[str, object]:
        site = make_site(kiosk={"lock_task": True, "hotline": "12 34"})
        return make_policy(site, ASSET, packages, self.secrets, encrypt)
