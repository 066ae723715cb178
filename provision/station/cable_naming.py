"""What was plugged, named for people: kind, candidates for maker and model, the first steps of their profile."""

from __future__ import annotations

from provision.bench.cable import Cable, CableGroup, Steps, find_group, name_kind
from provision.bench.ports import PortEvent
from provision.profiles.by_usb import find_by_usb
from provision.profiles.model import Profile, Profiles
from provision.texts.language import Language


def name_cable(profiles: Profiles, event: PortEvent) -> Cable:
    """Return what USB shows on a port; a device that is no tablet gets no steps."""
    kind = name_kind(event.interfaces, event.vendor_id, event.product_id)
    group = find_group(kind)
    profile = find_by_usb(event.vendor_id, event.name.says, profiles)
    return Cable(
        kind=kind,
        group=group,
        vendor_id=event.vendor_id,
        product_id=event.product_id,
        name=event.name,
        steps=_list_steps(profile) if group is CableGroup.TABLET else {},
        profile=profile.name,
    )


def _list_steps(profile: Profile) -> dict[str, Steps]:
    menu = profile.menu
    if menu is None:
        return {}
    return {str(each): Steps(getattr(menu.taps, each), getattr(menu.switch, each)) for each in Language}
