"""Desired state of one tablet: the site, the app set, the agent, and what its profile tweaks of the maker's system."""

from __future__ import annotations

from dataclasses import dataclass, replace

from provision.appset.model import App, AppSet
from provision.facts.collect import VendorQuery
from provision.profiles.model import Profile
from provision.profiles.schema import Removal, Switch, WayOut
from provision.site.model import Site


@dataclass(frozen=True)
class DesiredState:
    """The one configuration, as far as it concerns one tablet; `agent` None leaves the shell road only.

    `removals`: packages of the maker that go, from the tablet's profile; `switches`: what of its system is switched;
    `ways_out`: what hands have to try once the kiosk is locked.
    """

    site: Site
    appset: AppSet
    is_tablet: bool | None
    agent: App | None = None
    removals: tuple[Removal, ...] = ()
    switches: tuple[Switch, ...] = ()
    ways_out: tuple[WayOut, ...] = ()

    @property
    def targets(self) -> frozenset[str]:
        """List what the profile removes and switches: packages, and settings as `TABLE KEY`."""
        return frozenset([*(each.package for each in self.removals), *(each.target for each in self.switches)])

    @property
    def vendor_query(self) -> VendorQuery:
        """Make the question about removals and switches; nothing where the profile has none."""
        rows = tuple(switch.setting.name for switch in self.switches if switch.setting is not None)
        disabled = frozenset(switch.disable for switch in self.switches if switch.disable is not None)
        packages = disabled | {removal.package for removal in self.removals}
        return VendorQuery(rows, packages, removes=bool(self.removals), disables=bool(disabled))


def with_vendor_tweaks(want: DesiredState, profile: Profile, api: int, *, drafts: bool) -> DesiredState:
    """The same, with what a profile tells of this release: removals, switches but of an app of the set, ways out.

    Args:
        want: the configuration without its profile's part.
        profile: of the tablet.
        api: of the tablet.
        drafts: whether what no real tablet has confirmed counts, too.
    """
    ours = {app.package for app in want.appset.apps}
    return replace(
        want,
        removals=profile.removals(drafts=drafts),
        ways_out=tuple(each for each in profile.ways_out if each.concerns(api)),
        switches=tuple(each for each in profile.find_switches(api, drafts=drafts) if each.target not in ours),
    )
