"""Actions by plain shell. A step that ended without complaint proves nothing: the read-back decides."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from provision.controls.model import InstallApp, JoinWifi, RunLine, Step
from provision.errors import StepFailed
from provision.facts.query import find_refusal
from provision.facts.wifi import NO_ACCESS
from provision.runs.executors import Executors
from provision.runs.install import Installer
from provision.site.network_secrets import NetworkSecrets
from provision.state.pending_uploads import PendingUploads
from provision.terms import Reason
from provision.transport import Answer, Transport

_RIGHT_TAKEN = re.compile(
    r"^.*(?:requires:?|has|have|this permission:|need the) ?android\.permission\."
    r"(?:WRITE_SETTINGS|WRITE_SECURE_SETTINGS|(?:INSTALL_)?GRANT_RUNTIME_PERMISSIONS|REVOKE_RUNTIME_PERMISSIONS"
    r"|INSTALL_PACKAGES|DELETE_PACKAGES|CHANGE_COMPONENT_ENABLED_STATE|UPDATE_APP_OPS_STATS|MANAGE_APP_OPS_MODES)\b.*$",
    re.MULTILINE,
)
"""Forms of `ContextImpl.enforce` and of the services (packages document 3.11), for rights of AOSP's shell."""


@dataclass(frozen=True)
class Limits:
    """Total deadlines in seconds: one round of facts, one step, one upload or commit, one whole boot."""

    facts: float
    step: float
    package: float
    boot: float


class ShellExecutor:
    """Executes the actions that plain shell can, on one tablet."""

    def __init__(
        self,
        transport: Transport,
        limits: Limits,
        secrets: Callable[[], NetworkSecrets],
        uploads: PendingUploads | None = None,
    ) -> None:
        self._transport = transport
        self._limits = limits
        self._secrets = secrets
        self._installer = Installer(transport, limits.package, uploads)
        self._refusals: dict[str, str] = {}

    @property
    def refusals(self) -> Mapping[str, str]:
        """Words of the tablet against tolerant steps, by step name; only of each step's last try."""
        return dict(self._refusals)

    @property
    def executors(self) -> Executors:
        """Lines, apps and, where there is no agent, the hospital's network.

        The commit of an app may still be under way when its step returns; `finish` waits for it.
        """
        return {RunLine: self._run_line, InstallApp: self._installer.install, JoinWifi: self._join}

    def tidy(self) -> None:
        """Take back what an earlier run left unfinished; nothing is sent where nothing is known to be left."""
        self._installer.tidy()

    def finish(self) -> None:
        """Wait for the commit still under way.

        Raises:
            StepFailed, TransportError: how it ended.
        """
        self._installer.finish()

    def close(self) -> None:
        """Leave no thread behind after an error."""
        self._installer.close()

    def _run_line(self, step: Step, action: RunLine) -> None:
        answer = self._run(shlex.join(action.words))
        if not action.tolerant:
            raise_if_permission_revoked(step, answer)
            return
        # No control rests on a tolerant step: the tablet's words are kept for the plan, the read-back decides.
        self._refusals.pop(step.name, None)
        said = find_refusal(answer.text)
        if said is not None:
            self._refusals[step.name] = said

    def _run(self, line: str) -> Answer:
        return self._transport.shell(line, seconds=self._limits.step)

    def _join(self, step: Step, action: JoinWifi) -> None:
        """Join; text and status are hints only (Wi-Fi document 1.4).

        One refusal is certain, because it is thrown before the verb begins (1.1).

        Raises:
            StepFailed: uid shell has no access to the verb.
        """
        passphrase = None if action.secret is None else self._secrets()[action.secret].reveal().decode()
        answer = self._run(shlex.join(action.make_words(passphrase)))
        # Any other text and status is a hint only: the read-back decides, as after every join.
        if NO_ACCESS in answer.text:
            raise StepFailed(step.name, Reason.WIFI_SHELL_CLOSED, f"the tablet says: uid shell {NO_ACCESS} this verb")


def raise_if_permission_revoked(step: Step, answer: Answer) -> None:
    """Commands that print nothing of use may still be refused: by a firmware that took a right from uid shell.

    Raises:
        StepFailed: the text names a right that AOSP gives to uid shell (packages document 3.11; Wi-Fi document 1.7).
    """
    found = _RIGHT_TAKEN.search(answer.text)
    if found is not None:
        raise StepFailed(step.name, Reason.OEM_GATE, found[0].strip()[:200])
