"""Foreign screens inside a kiosk app: "app info" or "notification settings" join its task, and lock task lets them.

From 11 on the owner may have lock task refuse every start of a package that is not on its list (LockTaskController,
`isActivityAllowed`). That takes file pickers, choosers of other apps and permission questions away from kiosk apps as
well, so that `grants:` in apps.yaml must name what they need. Before, `closed.settings` is what such a screen meets.
"""

from __future__ import annotations

from provision.controls.through_agent import CLOSING_WHYS
from provision.controls.unprinted import make_spec
from provision.proofs.attempts import LATEST, Gap, NoAttempt
from provision.terms import Control

CONTROL = Control.IN_TASK_CLOSED
FIRST_API = 30
PLACE = "Wi-Fi and kiosk document 3.2; 11, row 54"

SPEC = make_spec(
    CONTROL,
    asked_by="closed.in_task",
    wanted="closed",
    without="open",
    whys=CLOSING_WHYS,
    member="in_task",
    make_value=lambda _site: {"closed": True},
    gaps=(
        NoAttempt("in_task.settings", CONTROL, 21, FIRST_API - 1, Gap.NO_LOCK, PLACE),
        NoAttempt("in_task.settings", CONTROL, FIRST_API, LATEST, Gap.NO_VERB, PLACE),
    ),
)
