"""Which packages this very tablet works with now, whatever they are called; asked only where some are to go.

Rows of the settings name the keyboard, accessibility services and, up to Android 9, the dialer as `PACKAGE/CLASS` or
`PACKAGE`; `null` is nobody's choice (packages document 2.3). A chosen WebView stands in a row of its own from 7 on. The
home screen is what resolves HOME (4.5, from 7 on), and every active admin stands in the dump of policies (6.6). What
does not answer names no package: then the families of `profiles/needed.yaml` are all that guards.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from provision.facts.query import Outputs, Query

_ROWS = {
    "keyboard": ("secure", "default_input_method"),
    "accessibility": ("secure", "enabled_accessibility_services"),
    "calls": ("secure", "dialer_default_application"),
    "pages": ("global", "webview_provider"),
}
"""By role: table and key."""

HOME_API = 24
_HOME = Query(
    "home",
    (
        *("cmd", "package", "resolve-activity", "--brief"),
        *("-a", "android.intent.action.MAIN", "-c", "android.intent.category.HOME"),
    ),
)
_ADMINS = Query("admins", ("dumpsys", "device_policy"))

_PACKAGE = r"[A-Za-z]\w*(?:\.\w+)+"
_ROW = re.compile(rf"(?:^|:)({_PACKAGE})(?=/[\w.$]+|:|$)", re.ASCII)
_COMPONENT = re.compile(rf"^[ \t]*({_PACKAGE})/[\w.$]+[ \t]*$", re.ASCII | re.MULTILINE)
_ADMIN = re.compile(rf"^[ \t]+({_PACKAGE})/[\w.$]+:[ \t]*$", re.ASCII | re.MULTILINE)


def make_queries(api: int) -> tuple[Query, ...]:
    """Make the questions that a tablet of this release can be asked."""
    rows = tuple(Query(role, ("settings", "get", *row)) for role, row in _ROWS.items())
    return (*rows, _ADMINS, *((_HOME,) if api >= HOME_API else ()))


def parse(outputs: Outputs) -> Mapping[str, str]:
    """The role of each package that has one: a key of `_ROWS`, `home` or `admin` (texts: `message.role`).

    Raises:
        AnswerCut: one of the answers broke off.
    """
    for output in outputs.values():
        if output.cut:
            raise output.ended_early("a whole answer", private=True)
    return dict(_find(outputs))


def _find(outputs: Outputs) -> Iterator[tuple[str, str]]:
    for package in _ADMIN.findall(outputs[_ADMINS.name].body):
        yield package, "admin"
    if _HOME.name in outputs:
        for package in _COMPONENT.findall(outputs[_HOME.name].body):
            yield package, "home"
    for role in _ROWS:
        for package in _ROW.findall(outputs[role].body.strip()):
            yield package, role
