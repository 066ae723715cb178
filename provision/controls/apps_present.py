"""The app set: every app in its pinned version, its bytes proved by reading them back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from provision.appset.access import PERMISSIONS, SpecialAccess, is_known
from provision.appset.fit import choose
from provision.appset.model import App
from provision.appset.rules import AT_FAULT, EXTENSIONS, PLATFORM_LIBRARIES, Tablet, Unfit, UnfitCause
from provision.controls.desired import DesiredState
from provision.controls.model import Decision, InstallApp, Part, RunLine, Step
from provision.controls.spec import ControlSpec, always
from provision.facts.apps import CHECKSUM_API, InstalledApp, find_checksum
from provision.facts.collect import Facts
from provision.facts.permissions import Owner
from provision.facts.props import Props
from provision.terms import Assurance, Control, Phase, Reason
from provision.texts.message import NOTHING, Message, Value, enumerate_messages, join_clauses, message, verbatim

SESSIONS_API = 24
ROOM_FACTOR = 2
"""Room an app takes while it is installed: the upload and the copy that stays (packages document 3.1, 3.3)."""

CONTROL = Control.APPS_PRESENT


@dataclass(frozen=True)
class Fit:
    """One app on one tablet: its files there, and why it cannot be installed, None when it can or is already."""

    label: str
    app: App
    misfit: Unfit | None


def decide(facts: Facts, want: DesiredState) -> Decision:
    """Install what is missing, older, unusable, or whose bytes are not the pinned ones.

    Plain shell gives `set`: a user can uninstall an app again; only an owner prevents it.
    """
    fits = tuple(_fit_beside(facts, app) for app in want.appset.apps)
    apps = tuple(each.app for each in fits)
    wrong = tuple(app for app in apps if not is_right(facts.apps.get(app.package), app, facts.props.api))
    blocked, detail = _find_obstacle(facts, fits, wrong)
    return Decision(
        control=CONTROL,
        wanted=_list(apps),
        observed=enumerate_messages(*(_describe(facts, app) for app in apps)),
        holds=not wrong,
        assurance=Assurance.SET if blocked is None else Assurance.UNSUPPORTED,
        why=_find_why(wrong, blocked),
        steps=() if blocked else tuple(_mend(facts, wrong)),
        blocked=blocked,
        detail=detail,
        evidence=_list_evidence(facts, apps),
        parts=tuple(_explain(facts, each) for each in fits),
    )


def _find_why(wrong: tuple[App, ...], blocked: Reason | None) -> str:
    if not wrong:
        return "apps.all-present"
    return "apps.unfit" if blocked else "apps.some-missing"


def _list_evidence(facts: Facts, apps: tuple[App, ...]) -> tuple[str, ...]:
    """One line for each app of the set that is there."""
    packages = {app.package for app in apps}
    return tuple(_evidence(name, app) for name, app in sorted(facts.apps.items()) if name in packages)


def describe_tablet(
    props: Props,
    libraries: frozenset[str] | None = None,
    owners: Mapping[str, Owner] | None = None,
    providers: Mapping[str, str] | None = None,
) -> Tablet:
    """Describe what decides which files fit; the density as the screen is built, whatever a user chose."""
    density = props.get("ro.sf.lcd_density")
    told = {name: (owner.package, owner.checksum) for name, owner in (owners or {}).items()}
    dots = int(density) if density.isdecimal() else None
    return Tablet(props.api, props.abis, dots, libraries, told, _read_extensions(props), providers or {})


def _read_extensions(props: Props) -> Mapping[int, int] | None:
    """What `getprop` says of them; None where it names none, which no Android from 11 on does."""
    said = {sdk: props.get(f"build.version.extensions.{name}") for sdk, name in EXTENSIONS.items()}
    return {sdk: int(text) for sdk, text in said.items() if text.isdecimal() and len(text) < 9} or None


def needs_libraries(apps: Iterable[App]) -> bool:
    """Tell whether an app needs a shared library that not every Android has."""
    traits = (file.traits for app in apps for file in (app, *app.variants))
    return any(each.native_libraries or not each.libraries <= PLATFORM_LIBRARIES.keys() for each in traits)


def fit(facts: Facts, app: App) -> Fit:
    """How one app fits; what is installed right already fits, whatever a new installation would say.

    A downgrade loses data and is refused on many releases (packages document 3.9): never tried.
    """
    found = facts.apps.get(app.package)
    chosen = choose(app, describe_tablet(facts.props, facts.libraries, facts.permissions, facts.providers))
    if isinstance(chosen, Unfit):
        right = is_right(found, app, facts.props.api)
        return Fit(app.label, app, None if right else chosen)
    if found is not None and found.version_code > chosen.version_code:
        needs, has = f"{chosen.version_code}", f"{found.version_code}"
        return Fit(app.label, chosen, Unfit(app.package, UnfitCause.NEWER_INSTALLED, needs, has))
    return Fit(app.label, chosen, None)


def _fit_beside(facts: Facts, app: App) -> Fit:
    """How one app fits on what is there: an app of its name by another publisher is never updated.

    By the checksum that Android prints of the signer; none is compared where either is not known for sure.
    """
    fits, found = fit(facts, app), facts.apps.get(app.package)
    told = None if found is None or facts.props.api < CHECKSUM_API else find_checksum(found.signatures)
    if told and fits.app.checksum and told != fits.app.checksum:
        return replace(fits, misfit=Unfit(app.package, UnfitCause.OTHER_SIGNER_INSTALLED, fits.app.checksum, told))
    return fits


def list_foreign_authorities(apps: Iterable[App]) -> frozenset[str]:
    """Authorities that an app's providers want under another name than its own package's."""
    return frozenset(
        name
        for app in apps
        for file in (app, *app.variants)
        for traits in file.all_traits
        for name in traits.authorities
        if not name.startswith(f"{file.package}.") and name != file.package
    )


def list_foreign_permissions(apps: Iterable[App]) -> frozenset[str]:
    """Permissions that an app defines under another name than its own package's, which others may define as well."""
    files = (file for app in apps for file in (app, *app.variants))
    return frozenset(
        name for file in files for name in file.traits.permissions if not name.startswith(f"{file.package}.")
    )


def choose_files(facts: Facts, apps: Iterable[App]) -> tuple[App, ...]:
    """Each app with the files this tablet gets; the usual ones where none fits."""
    return tuple(fit(facts, app).app for app in apps)


def is_right(found: InstalledApp | None, app: App, api: int) -> bool:
    """Bytes, version and state are right, and it holds the permissions and special accesses it is to have."""
    lacks = (*_find_ungranted(found, app, api), *_find_shut(found, app, api))
    return is_installed_right(found, app) and not lacks and not _find_left_open(found, app, api)


def is_installed_right(found: InstalledApp | None, app: App) -> bool:
    """Installed for user 0, usable, in the pinned version and with the pinned bytes of base and splits."""
    return (
        found is not None
        and found.usable
        and found.version_code == app.version_code
        and found.sha256 == app.sha256
        and found.splits == {split.name: split.sha256 for split in app.splits}
    )


def _find_ungranted(found: InstalledApp | None, app: App, api: int) -> tuple[str, ...]:
    """Grants that are left; before Android 6 every permission comes with the installation (packages document 8)."""
    held = frozenset() if found is None else found.granted
    return tuple(name for name in app.grants_on(api) if name not in held)


def _find_shut(found: InstalledApp | None, app: App, api: int) -> tuple[str, ...]:
    """Special accesses that are left to be given."""
    allowed = frozenset() if found is None else found.allowed
    return tuple(str(each) for each in app.special_access if is_known(each, api) and str(each) not in allowed)


def _find_left_open(found: InstalledApp | None, app: App, api: int) -> tuple[str, ...]:
    """The whole screen, of an app that takes no calls any more: no other access is given without being named."""
    full = SpecialAccess.FULL_SCREEN
    left = found is not None and full in found.allowed and full not in app.special_access and is_known(full, api)
    return (str(full),) if left else ()


def list_given(apps: Iterable[App], api: int) -> tuple[str, ...]:
    """Packages of apps that are to have a special access on this release, or may still have that of a call."""
    full = SpecialAccess.FULL_SCREEN

    def is_asked(app: App) -> bool:
        may_be_left = is_known(full, api) and PERMISSIONS[full] in app.permissions
        return may_be_left or any(is_known(each, api) for each in app.special_access)

    return tuple(app.package for app in apps if is_asked(app))


def find_misfit(facts: Facts, app: App) -> Message | None:
    """Why an app cannot be installed here, None when it can or is installed right."""
    misfit = fit(facts, app).misfit
    return None if misfit is None else tell_misfit(misfit)


def tell_misfit(misfit: Unfit) -> Message:
    """Tell what an app needs that the tablet does not have, or what of it this release refuses."""
    cause = message(f"cause.{misfit.cause}")
    form = "app-refused-there" if misfit.cause in AT_FAULT else "app-misfit"
    return message(form, package=misfit.package, cause=cause, needs=misfit.needs, has=misfit.has)


def _find_obstacle(facts: Facts, fits: tuple[Fit, ...], wrong: tuple[App, ...]) -> tuple[Reason | None, Message]:
    """Find what keeps the whole set away: the apps that do not fit, else the room for all of them."""
    misfits = [each.misfit for each in fits if each.misfit is not None]
    if misfits:
        foreign = all(each.cause is UnfitCause.OTHER_SIGNER_INSTALLED for each in misfits)
        return Reason.APP_OTHER_SIGNER if foreign else Reason.APP_UNFIT, join_clauses(*map(tell_misfit, misfits))
    needed = ROOM_FACTOR * sum(app.total for app in wrong if not is_installed_right(facts.apps.get(app.package), app))
    free = facts.storage.free_bytes
    if needed > free:
        return Reason.STORAGE_LOW, message("room", count=needed, free=free)
    return None, NOTHING


def _mend(facts: Facts, wrong: tuple[App, ...]) -> Iterator[Step]:
    """Every installation first, so that one is uploaded while another is committed; then the grants that are left."""
    missing = [app for app in wrong if not is_installed_right(facts.apps.get(app.package), app)]
    for app in order_installs(missing):
        yield install(app, facts.props.api)
    for app in wrong:
        found = None if app in missing else facts.apps.get(app.package)
        for name in _find_ungranted(found, app, facts.props.api):
            yield _grant(app, name)
        for name in _find_shut(found, app, facts.props.api):
            yield _set_access(app, name, "allow")
        for name in _find_left_open(found, app, facts.props.api):
            yield _set_access(app, name, "default")


def order_installs(apps: Iterable[App]) -> tuple[App, ...]:
    """The smallest first, whatever the app set's order: a tablet soon has something to commit.

    Johnson's rule for two machines, the hub and the tablet: an app that takes longer to commit than to upload goes
    before those that take longer to upload.
    """
    return tuple(sorted(apps, key=lambda app: app.total))


def install(app: App, api: int, control: Control = CONTROL, phase: Phase = Phase.APPS) -> Step:
    """The step that installs or updates one app."""
    return Step(
        name=f"{control}/{app.package}",
        control=control,
        phase=phase,
        action=InstallApp(app, sessions=api >= SESSIONS_API or bool(app.splits), has_cmd=api >= SESSIONS_API),
        undo=verbatim(f"pm uninstall {app.package}"),
        reference="packages document 3.3, 3.4",
        source="AOSP PackageManagerShellCommand.java (sessions), cmds/pm Pm.java (Android 5-6)",
    )


def _grant(app: App, permission: str) -> Step:
    """Silent when it worked and sometimes when it did not: the read-back decides (packages document 8, 11.4)."""
    return Step(
        name=f"{CONTROL}/{app.package}/{permission}",
        control=CONTROL,
        phase=Phase.APPS,
        action=RunLine(("pm", "grant", app.package, permission)),
        undo=verbatim(f"pm revoke {app.package} {permission}"),
        reference="packages document 8, 11.4, 11.7",
        source="AOSP PackageManagerShellCommand.java (grant), cmds/pm Pm.java (Android 6)",
    )


def _set_access(app: App, operation: str, mode: str) -> Step:
    """Silent when it worked; names differ by release, so that the read-back decides (packages document 8)."""
    before = "default" if mode == "allow" else "allow"
    return Step(
        name=f"{CONTROL}/{app.package}/{operation}",
        control=CONTROL,
        phase=Phase.APPS,
        action=RunLine(("appops", "set", app.package, operation, mode)),
        undo=verbatim(f"appops set {app.package} {operation} {before}"),
        reference="packages document 8",
        source="AOSP AppOpsCommand.java (Android 6), AppOpsService.java (from 7 on)",
    )


def _explain(facts: Facts, each: Fit) -> Part:
    """One line of the plan about one app."""
    found = facts.apps.get(each.app.package)
    if each.misfit is not None:
        return Part(each.label, f"fit.{each.misfit.cause}", {"needs": each.misfit.needs, "has": each.misfit.has})
    if is_right(found, each.app, facts.props.api):
        return Part(each.label, "fit.already-there", {})
    files = 1 + len(each.app.splits)
    return Part(each.label, "fit.fits", {"files": str(files), "megabytes": f"{each.app.total / 1e6:.1f}"})


def _list(apps: tuple[App, ...]) -> Message:
    return enumerate_messages(*(verbatim(f"{app.package} {app.version_code}") for app in apps))


def _describe(facts: Facts, app: App) -> Message:
    found = facts.apps.get(app.package)
    if found is None:
        return message("app-absent", package=app.package)
    which: dict[str, Value] = {"package": app.package, "version": found.version_code}
    if not found.usable:
        return message("app-disabled", **which)
    if found.version_code == app.version_code and not is_installed_right(found, app):
        return message("app-bytes", **which)
    api = facts.props.api
    ungranted = (*_find_ungranted(found, app, api), *_find_shut(found, app, api))
    if found.version_code == app.version_code and ungranted:
        return message("app-ungranted", **which, names=", ".join(ungranted))
    left = _find_left_open(found, app, api)
    if found.version_code == app.version_code and left:
        return message("app-left-open", **which, names=", ".join(left))
    return verbatim(f"{app.package} {found.version_code}")


def _evidence(name: str, app: InstalledApp) -> str:
    parts = [f"{name} versionCode={app.version_code} usable={str(app.usable).lower()} sha256={app.sha256 or '-'}"]
    parts += [f"{split}={digest or '-'}" for split, digest in sorted(app.splits.items())]
    parts += [] if app.witness is None else [f"witness={app.witness}"]
    parts += [] if app.proved_in is None else [f"proved-in={app.proved_in}"]
    return " ".join(parts)


SPEC = ControlSpec(
    CONTROL,
    asked_by="apps of apps.yaml",
    is_wanted=always,
    decide=decide,
    reads=("apps", "libraries", "permissions", "providers", "props", "storage"),
    whys=("apps.all-present", "apps.some-missing", "apps.unfit"),
    unproved="only set: nothing but the kiosk stops a user from removing an app",
)
