"""What a bench brings to the agent of every tablet, and the policy it makes of that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from provision.agent.client import Sender
from provision.agent.configured import Configurations, make_applications
from provision.agent.granted import make_grants
from provision.agent.networks import CHAIN, Encrypt, choose_networks, join_certificates, renumber, settle_keys
from provision.agent.policy import (
    MAINTENANCE,
    describe_subject,
    leave_out_unknown,
    make_policy,
    make_ward,
    name_left_out,
)
from provision.agent.rows import OURS, Capabilities
from provision.agent.screen import ScreenFacts, make_screen
from provision.appset.grants import Grant
from provision.appset.model import App
from provision.controls.apps_configured import Grants, list_fixed
from provision.site.family import Families, Family
from provision.site.model import Site
from provision.site.network import Network, NetworkKind, Tls, place_of
from provision.site.network_secrets import NetworkSecrets, open_certificates
from provision.site.secret import Secret
from provision.site.tablet_certificates import TabletCertificates
from provision.site.wards import Ward
from provision.state.agent_secrets import Issued

if TYPE_CHECKING:
    from provision.state.sql.agent_secret_store import AgentSecretStore


@dataclass(frozen=True)
class AgentKit:
    """Agent, keys and stores that a bench brings to every tablet.

    Attributes:
        app: the agent's APK, checked.
        site: what every tablet gets.
        packages: apps of the kiosk.
        sender: the site's name and key.
        secrets: reads those of the networks.
        issued: secrets and policies given out so far.
        configurations: managed configuration of the apps.
        grants: their run-time permissions.
        legacy: those made for releases before 6.0.
        capabilities: what the APK says of its own capability table.
        families: reads whom the patients of tablets call with one touch; people change it while a station runs.
        pin: reads the PIN of staff mode, where the site has one.
        demanding: indexes of the networks that ask for more than Android 6 has for their kind.
        find_ward: the ward that a tablet was assigned to, read anew at each policy, with the hotline that it has then;
            one that the house has no more is none.
        folder: that of `site.yaml`, where folders of certificates begin.
        screen: what patients call the apps, and the size of the tablet's display where its profile knows it.
    """

    app: App
    site: Site
    packages: tuple[str, ...]
    sender: Sender
    secrets: Callable[[], NetworkSecrets]
    issued: AgentSecretStore
    configurations: Configurations = field(default_factory=dict)
    grants: Mapping[str, tuple[Grant, ...]] = field(default_factory=dict)
    legacy: frozenset[str] = frozenset()
    capabilities: Capabilities = OURS
    families: Callable[[], Families] = dict
    pin: Callable[[], Secret] = lambda: Secret(b"")
    demanding: frozenset[int] = frozenset()
    screen: ScreenFacts = field(default_factory=ScreenFacts)
    find_ward: Callable[[str], Ward | None] = lambda _number: None
    folder: Path = Path()

    def issue(self, asset: str) -> Issued:
        """Issue what a tablet is given; a secret that it has none of yet is the same at every bench of the site."""
        issued = self.issued.issue(asset, self.sender.key.derive_secret)
        return self.issued.renew(asset, self.sender.key.derive_secret) if self.is_outlived(asset, issued) else issued

    def is_outlived(self, asset: str, issued: Issued) -> bool:
        """Tell whether a tablet's secret is of a time before the newest rekey."""
        chain = self.sender.chain
        return chain is not None and chain.outlives(issued.secret, self.sender.key.derive_secret(asset))

    def list_grants(self, api: int) -> Grants:
        """List what the owner of a tablet is to fix."""
        return list_fixed(self.grants, self.app, api, self.legacy)

    def settle_networks(self, api: int) -> tuple[Network, ...]:
        """The site's networks, each by the road that a release is given of it."""
        return settle_keys(self.site.networks, self.capabilities.networks, api)

    def choose_networks(self, api: int) -> tuple[int, ...]:
        """Indexes of the site's networks that the policy of a tablet holds."""
        return choose_networks(self.settle_networks(api), self.capabilities.networks, api, self.demanding)

    def open_certificates(self, api: int, secrets: NetworkSecrets) -> Mapping[int, TabletCertificates]:
        """Where the certificates are of keys that a tablet makes, by index of the network that it makes one for."""
        settled = self.settle_networks(api)
        return {
            index: open_certificates(network, index, secrets, self.folder)
            for index in self.choose_networks(api)
            if isinstance(network := settled[index], Tls) and network.kind is NetworkKind.TLS_ON_TABLET
        }

    def add_chains(self, number: str, api: int, secrets: NetworkSecrets, now: datetime) -> NetworkSecrets:
        """The secrets, and beside them the certificates that a tablet is to have; none that is still to be made."""
        stores = self.open_certificates(api, secrets)
        found = {
            place_of(index, CHAIN): store.find(number, self.sender.key.key_id, now) for index, store in stores.items()
        }
        return {**secrets, **{place: Secret(join_certificates(chain)) for place, chain in found.items() if chain}}

    def compose_policy(
        self, number: str, secret: Secret, encrypt: Encrypt, api: int, secrets: NetworkSecrets
    ) -> dict[str, object]:
        """The policy of the tablet with this number on a release.

        Args:
            secret: of its maintenance code.
            secrets: those of all networks of the site, by place.
        """
        chosen = self.choose_networks(api)
        settled = self.settle_networks(api)
        site = self.site.keep_networks([settled[index] for index in chosen])
        secrets = {**renumber(secrets, chosen), MAINTENANCE: secret}
        asset = describe_subject(self.site, number, self.find_ward(number))
        policy = make_policy(site, asset, self.packages, secrets, encrypt)
        if self.site.kiosk.lock_task:
            policy |= make_ward(
                self.site.kiosk, self.families().get(asset.id, Family()), self.pin, encrypt, self.sender.wipe
            )
            given = {network.ssid for network in site.networks}
            left_out = dict.fromkeys(each.ssid for each in self.site.networks if each.ssid not in given)
            policy = name_left_out(policy, tuple(left_out))
            policy |= make_screen(self.screen, site.kiosk.idle_minutes, self.packages)
        if self.sender.chain is not None:
            policy |= self.sender.chain.make_policy()
        policy |= make_applications(self.configurations, asset.id) | make_grants(self.list_grants(api))
        return leave_out_unknown(policy, self.capabilities.version)
