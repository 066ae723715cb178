"""The agent on a tablet that nobody owns, for as long as its hardware is tested."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import click

from provision.agent.answers import AgentAbsent, AgentClosed
from provision.agent.contract import AGENT
from provision.agent.hardware import TabletOwned
from provision.agent.hello import ask_hello
from provision.appset.model import App
from provision.cli.hardware_pages import HardwarePages
from provision.cli.speech import language_of, name_reason
from provision.controls.apps_present import fit, install, tell_misfit
from provision.controls.kiosk_lock_task import HOME_KEY
from provision.controls.model import InstallApp
from provision.errors import AnswerError, ProvisionError, StepFailed
from provision.facts.apps import InstalledApp
from provision.facts.collect import Facts, read_facts
from provision.facts.installed_bytes import hash_file
from provision.runs.install import Installer
from provision.station.setup import BenchSetup
from provision.terms import Control, Phase, Reason
from provision.texts.catalogue import say
from provision.texts.language import Language
from provision.texts.message import tell
from provision.transport import Transport

UNINSTALL = ("pm", "uninstall", AGENT)


class TabletInUse(ProvisionError):
    """The agent is device owner: the tablet is a ward's, and nothing is shown over its screen."""


@dataclass(frozen=True)
class _Visit:
    """One tablet, and what to say to people about it."""

    setup: BenchSetup
    transport: Transport
    label: str

    @property
    def language(self) -> Language:
        """Of the bench."""
        return language_of(self.setup.home)

    def tell(self, key: str, **values: object) -> None:
        """Say one line about the tablet."""
        click.echo(say(self.language, key, label=self.label, **values))

    def read_facts(self) -> Facts:
        """What the tablet says now, the agent among its apps."""
        return read_facts(self.transport, (AGENT,), seconds=self.setup.limits.facts)

    def is_owned(self, facts: Facts) -> bool:
        """Tell whether the agent owns it, by Android's word or, where Android 5 has none, by its own.

        Raises:
            AnswerError: an agent is there, and its word is not understood: it may be a ward's.
        """
        if facts.owner.package is not None or facts.owner.known or AGENT not in facts.apps:
            return facts.owner.package == AGENT
        try:
            return ask_hello(self.transport, seconds=self.setup.limits.step).owner
        except (AgentAbsent, AgentClosed):
            return False


@contextmanager
def lend_agent(setup: BenchSetup, transport: Transport, label: str, *, keep: bool) -> Iterator[HardwarePages | None]:
    """Put the bench's agent on a tablet for a test, and take it off again; None, and why is told, where there is none.

    One that was there before stays, and that is told: a test that was cut off may have left it. A tablet whose agent
    is device owner is a ward's: none of its pages is shown.

    Args:
        label: the tablet's slot.
        keep: leave it there.

    Raises:
        TabletInUse: the tablet is a ward's; nothing was done.
        ProvisionError: the tablet does not answer, or its agent's word is not understood.
    """
    visit = _Visit(setup, transport, label)
    facts = visit.read_facts()
    if visit.is_owned(facts):
        raise TabletInUse(say(visit.language, "intake.agent.in-use", label=label))
    agent, there = setup.agent, AGENT in facts.apps
    pages: HardwarePages | None = None
    try:
        if agent is None:
            visit.tell("intake.agent.none")
        elif (here := facts if there else _bring(visit, agent, facts)) and _is_ours(visit, agent, here.apps.get(AGENT)):
            pages = HardwarePages(transport, visit.language, setup.limits.step)
        yield pages
    finally:
        _leave(visit, pages, takes=agent is not None and not there and not (keep and pages is not None))
        if there and pages is not None and not keep:
            visit.tell("intake.agent.left", package=AGENT)


def _bring(visit: _Visit, agent: App, facts: Facts) -> Facts | None:
    """Install the agent, and read the tablet again; None, and why is told, where that cannot be."""
    if facts.owner.package is not None:
        visit.tell("intake.agent.refused", why=say(visit.language, f"reason.{Reason.FOREIGN_OWNER}.title"))
        return None
    fits = fit(facts, agent)
    if fits.misfit is not None:
        visit.tell("intake.agent.refused", why=tell(visit.language, tell_misfit(fits.misfit)))
        return None
    installer = Installer(visit.transport, visit.setup.limits.package)
    try:
        step = install(fits.app, facts.props.api, Control.AGENT_OWNER, Phase.ENROL)
        if isinstance(step.action, InstallApp):
            installer.install(step, step.action)
        installer.finish()
    except StepFailed as refused:
        visit.tell("intake.agent.refused", why=name_reason(visit.language, refused)[0])
        return None
    finally:
        installer.close()
    return visit.read_facts()


def _is_ours(visit: _Visit, agent: App, found: InstalledApp | None) -> bool:
    """Tell whether the agent that is there is the bench's own, byte by byte: its word goes into records."""
    digest = None
    if found is not None and found.usable:
        try:
            digest = hash_file(visit.transport, found.path, seconds=visit.setup.limits.package)
        except AnswerError:
            visit.tell("intake.agent.unread")
            return False
    if digest != agent.sha256:
        visit.tell("intake.agent.other")
        return False
    return True


def _leave(visit: _Visit, pages: HardwarePages | None, *, takes: bool) -> None:
    """Leave nothing of the test on the screen, and no agent where there was none; what stays is told."""
    try:
        if pages is not None:
            with suppress(TabletOwned):
                pages.end()
        if takes and AGENT in visit.read_facts().apps:
            visit.transport.shell(shlex.join(UNINSTALL), seconds=visit.setup.limits.package)
            if AGENT in visit.read_facts().apps:
                visit.tell("intake.agent.left", package=AGENT)
        takes = False  # it is known what became of it, whatever the key that follows does
        if pages is not None:
            visit.transport.shell(shlex.join(HOME_KEY), seconds=visit.setup.limits.step)
    except ProvisionError:  # whatever ended the test comes first
        if takes:
            visit.tell("intake.agent.left", package=AGENT)
