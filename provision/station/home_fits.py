"""What the files of a home may not ask of each other; a refusal names the file, what it expects and what is there."""

from __future__ import annotations

from pathlib import Path

from provision.agent.apk import find_foreign_keys, read_built_in_keys
from provision.agent.key_chain import FILE as OFFLINE_FILE
from provision.agent.key_chain import load_key_chain
from provision.agent.policy import SINCE as WARD_SINCE
from provision.agent.rows import Capabilities
from provision.agent.site_key import load_site_key
from provision.appset.model import App, AppSet
from provision.errors import ConfigurationError, ConfigurationFault
from provision.home.folder import Home
from provision.site.family import FILE
from provision.terms import Control, HomeKind

FIXTURES = "org.provision.fixture."


def refuse_seal(home: Home) -> None:
    """Without an agent there is no maintenance code, so no way back to a tablet whose debugging is closed.

    Raises:
        ConfigurationError: it is so here.
    """
    if home.site.seals:
        file, expected = home.path / "bench.yaml", "an agent, since site.yaml says seal: {debugging: closed}"
        raise ConfigurationError(ConfigurationFault(file, None, "agent", expected, "none"))


def refuse_empty_demands(home: Home, appset: AppSet) -> None:
    """A demand that no tablet can fail says nothing: what the app set needs for it was forgotten.

    Raises:
        ConfigurationError: it is so here.
    """
    needs: tuple[tuple[Control, bool, str], ...] = (
        (Control.APPS_CONFIGURED, bool(appset.configurations), "a `configuration`"),
        (Control.CALLS_AWAKE, bool(appset.call_apps), "`calls: true`"),
    )
    file = home.path / "site.yaml"
    faults = [
        ConfigurationFault(file, None, f"require.{control}", f"an app with {what} in apps.yaml", "none")
        for control, is_there, what in needs
        if control in home.site.require and not is_there
    ]
    if faults:
        raise ConfigurationError(*faults)


def refuse_older_agent(home: Home, able: Capabilities, *, has_labels: bool) -> None:
    """Family tiles, names of apps and an offline key have no control of their own that would say so.

    Raises:
        ConfigurationError: it is so here.
    """
    offline = home.keys / OFFLINE_FILE
    asked = (
        ("labels in apps.yaml", has_labels),
        (FILE, (home.path / FILE).exists()),
        (str(offline.relative_to(home.path)), offline.exists()),
    )
    wrong = [key for key, is_asked in asked if is_asked and able.version < WARD_SINCE]
    if wrong:
        file, expected = home.path / "bench.yaml", f"an agent 0.6.0 or later for {' and '.join(wrong)}"
        raise ConfigurationError(ConfigurationFault(file, None, "agent", expected, "an older one"))


def refuse_foreign_agent(home: Home, agent: App) -> None:
    """An agent with another site's keys in it would obey nobody here; one with a former key needs the offline key.

    Raises:
        ConfigurationError: it is so here.
    """
    built_in = read_built_in_keys(agent.path)
    if built_in is None:
        return
    key = load_site_key(home.keys).key_id
    wrong = find_foreign_keys(built_in, key, load_key_chain(home.keys, key))
    faults = [ConfigurationFault(home.path / "bench.yaml", None, "agent", *said) for said in wrong]
    if faults:
        raise ConfigurationError(*faults)


def refuse_demo(kind: HomeKind, bench: Path, file: Path, appset: AppSet) -> None:
    """The fixture apps do nothing and are signed with a key everybody has: no ward may get them.

    Raises:
        ConfigurationError: the ward whose bench.yaml is `bench` gets them from `file`.
    """
    demo = [app.package for app in appset.apps if app.package.startswith(FIXTURES)]
    if demo and kind is HomeKind.WARD:
        got = f"{file} with the demonstration apps {', '.join(demo)}"
        fault = ConfigurationFault(bench, None, "app_set", "the hospital's own apps.yaml", got, "see apks/README.md")
        raise ConfigurationError(fault)
