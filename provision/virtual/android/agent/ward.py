"""Members of a policy about the people of a ward: whom a patient calls, how staff come in, the screen (contract 7)."""

from __future__ import annotations

from typing import Any

from provision.virtual.android.agent.packages import MOST_PACKAGES, PACKAGE
from provision.virtual.android.agent.reading import Fields, Refused, read_json, read_text
from provision.virtual.android.agent.wifi_network import OpenSecret

MEMBERS = ("family", "stay", "staff", "outside", "screen")
"""Those that agents before 0.6.0 do not know."""

MOST_TILES = 30
LABEL = r"[^\x00-\x1f\x7f-\x9f]{1,40}"
SCREEN = {"diagonal": (120, 500), "idle_minutes": (1, 60)}
FORBIDDEN_SCHEMES = frozenset({"android-app", "content", "data", "file", "intent", "javascript", "market", "package"})
LEAST_MINUTES, MOST_MINUTES = 15, 14 * 24 * 60
LEAST_DAYS, MOST_DAYS = 7, 60
ALARM = {"percent": (10, 100), "minutes": (1, 30)}
NAME, MOST_NAMES = r"[^\u0000-\u001f\u007f-\u009f]{1,32}", 16
PIN_DIGITS = range(6, 9)


def read_family(body: Fields, kiosk: tuple[str, ...] | None, secrets: OpenSecret | None) -> list[dict[str, str]]:
    """The tiles, in their order; none where the policy has none. Sealed in an order, in plain in the store."""
    if not body.has("family"):
        return []
    if secrets is not None:
        body = _open_family(body, secrets)
    found = []
    for index, tile in enumerate(body.children("family", MOST_TILES)):
        forms = {
            "label": LABEL,
            "link": r"[a-z][a-z0-9+.-]{1,30}:[\x21-\x7e]{1,500}",
            "package": PACKAGE,
        }
        if tile.has("hour"):
            forms["hour"] = "([01][0-9]|2[0-3]):[0-5][0-9]"
        read = {name: tile.text(name, form) for name, form in forms.items()}
        tile.end()
        place = f"order.body.family.{index}"
        if read["link"].partition(":")[0] in FORBIDDEN_SCHEMES:
            raise Refused("order-invalid", f"{place}.link: expected https or the scheme of a call app")
        if read["package"] not in (kiosk or ()):
            raise Refused("order-invalid", f"{place}.package: expected an app of the kiosk")
        found.append(read)
    return found


def _open_family(body: Fields, secrets: OpenSecret) -> Fields:
    plain = secrets(body, "family", "family")
    try:
        return Fields({"family": read_json(read_text(plain))}, "order.body", "order-invalid")
    except Refused:
        raise Refused("order-invalid", "order.body.family: expected tiles as JSON") from None


def read_screen(body: Fields, kiosk: tuple[str, ...] | None) -> dict[str, object]:
    """What is said of the launcher's screen; empty where nothing is."""
    if not body.has("screen"):
        return {}
    screen = body.child("screen")
    found: dict[str, object] = {
        name: screen.number(name, least, most) for name, (least, most) in SCREEN.items() if screen.has(name)
    }
    if screen.has("labels"):
        apps = screen.child("labels")
        found["labels"] = {name: _read_labels(apps, name, kiosk or ()) for name in apps.names(PACKAGE, MOST_PACKAGES)}
    screen.end()
    if not found:
        raise Refused("order-invalid", "order.body.screen: expected some of diagonal, idle_minutes, labels")
    return found


def _read_labels(apps: Fields, package: str, kiosk: tuple[str, ...]) -> dict[str, str]:
    if package not in kiosk:
        raise Refused("order-invalid", f"order.body.screen.labels.{package}: expected an app of the kiosk")
    labels = apps.child(package)
    return {each: labels.text(each, LABEL) for each in labels.names("fr|en|es|pt|ar|tr", 6)}


def read_staff(body: Fields, secrets: OpenSecret | None) -> int:
    """Minutes of staff mode, 0 for none; the PIN is checked and not kept here, where nobody types it."""
    if not body.has("staff"):
        return 0
    staff = body.child("staff")
    minutes = staff.number("minutes", 1, 10)
    pin = None if secrets is None else secrets(staff, "pin", "staff.pin")
    staff.end()
    if pin is not None and not (len(pin) in PIN_DIGITS and pin.isdigit()):
        raise Refused("order-invalid", "order.body.staff.pin: 6 to 8 digits")
    return minutes


def read_outside(body: Fields, *, watched: bool, ordered: bool) -> dict[str, Any]:
    """The rule for a tablet that left, as it is stored; empty for none.

    Args:
        watched: whether the policy has what the rule needs.
        ordered: whether this is an order, in which a wipe needs the offline key's word: `SiteKeys` judges it.
    """
    if not body.has("outside"):
        return {}
    outside = body.child("outside")
    found: dict[str, Any] = {"minutes": outside.number("minutes", LEAST_MINUTES, MOST_MINUTES)}
    if outside.has("alarm"):
        alarm = outside.child("alarm")
        found["alarm"] = {name: alarm.number(name, *bounds) for name, bounds in ALARM.items()}
        alarm.end()
    if outside.has("wipe"):
        wipe = outside.child("wipe")
        found["wipe"] = {"days": wipe.number("days", LEAST_DAYS, MOST_DAYS)}
        for part in ("key", "statement", "sig") if ordered else ():
            wipe.data(part)
        wipe.end()
    if outside.has("names"):
        found["names"] = outside.texts("names", NAME, MOST_NAMES)
    outside.end()
    if not watched:
        raise Refused("order-invalid", "order.body.outside: minutes needs kiosk, networks and location")
    return found
