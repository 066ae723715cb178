"""Foreign screens inside a kiosk app: "app info" or "notification settings" join its task, and lock task lets them.

From 11 on the owner may have lock task refuse every start of a package that is not on its list (LockTaskController,
`isActivityAllowed`). That takes file pickers, choosers of other apps and permission questions away from kiosk apps as
well, so that `grants:` in apps.yaml must name what they need. Before, `closed.settings` is what such a screen meets.
"""

from __future__ import annotations

from provision.controls.agent_view import AgentView
from provision.controls.desired import DesiredState
from provision.controls.model import Decision
from provision.controls.spec import Comparison, ControlSpec
from provision.controls.through_agent import CLOSING_WHYS, need_owner
from provision.facts.collect import Facts
from provision.proofs.attempts import LATEST, Gap, NoAttempt
from provision.terms import Control
from provision.texts.message import message

CONTROL = Control.IN_TASK_CLOSED
FIRST_API = 30
PLACE = "Wi-Fi and kiosk document 3.2; 11, row 54"


def decide(_facts: Facts, _want: DesiredState) -> Decision:
    """By plain shell: the kiosk and its features are an owner's."""
    return need_owner(CONTROL, wanted=message("closed"), observed=message("open"))


def _compare(_facts: Facts, _want: DesiredState, _view: AgentView) -> Comparison:
    """No print of Android's that is read here names the features of lock task."""
    return Comparison(message("closed"), None)


SPEC = ControlSpec(
    CONTROL,
    asked_by="closed.in_task",
    is_wanted=lambda _facts, want, _view: want.site.asks_for(CONTROL),
    decide=decide,
    reads=(),
    whys=(*CLOSING_WHYS, "kiosk.no-agent"),
    compare=_compare,
    policy=("in_task",),
    make_policy=lambda _site: {"in_task": {"closed": True}},
    gaps=(
        NoAttempt("in_task.settings", CONTROL, 21, FIRST_API - 1, Gap.NO_LOCK, PLACE),
        NoAttempt("in_task.settings", CONTROL, FIRST_API, LATEST, Gap.NO_VERB, PLACE),
    ),
)
