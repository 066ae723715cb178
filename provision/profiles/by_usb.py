"""The profile that USB ids lead to, for hands before a tablet can be asked: a candidate, never its identity."""

from __future__ import annotations

from provision.profiles.model import MatchedOn, Profile, Profiles

_MODEL = "ro.product.model"


def find_by_usb(vendor_id: str, says: str, profiles: Profiles) -> Profile:
    """Find the model that a device names itself, else the one maker with this USB id, else the common profile.

    Args:
        vendor_id: four lower-case hexadecimal digits.
        says: what the device calls itself, empty where it says nothing.
    """
    models = [each for each in profiles.known if each.matched_on is MatchedOn.MODEL and _is_named(each, says)]
    makers = [each for each in profiles.known if each.matched_on is MatchedOn.VENDOR and vendor_id in each.usb]
    return next((found[0] for found in (models, makers) if len(found) == 1), profiles.common)


def _is_named(profile: Profile, says: str) -> bool:
    """Tell whether a device ends its own name with a model of this profile."""
    models = [each for rule in profile.match if rule.prop == _MODEL for each in rule.equals]
    return any(f" {says}".casefold().endswith(f" {model}".casefold()) for model in models)
