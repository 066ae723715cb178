"""`apks/agent/PLANS.md`: what `provision plan --why` says of a new ward's site, release beside release.

`python tests/report/side_by_side.py` writes it; a test keeps it current. Tablets and agent are those of the tests'
factories: fresh, with an app that takes calls, and with all that the agent's table has for their release.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from factories import make_app, make_appset, make_facts, make_props  # noqa: E402 - also run as a program

from provision.agent.contract import AGENT  # noqa: E402
from provision.agent.rows import AGENT_CONTROLS, best_assurance  # noqa: E402
from provision.appset.releases import name_release  # noqa: E402
from provision.controls.agent_view import AgentView  # noqa: E402
from provision.controls.desired import DesiredState  # noqa: E402
from provision.controls.model import Decision  # noqa: E402
from provision.facts.authorisation import LAPSES_API, Authorisation  # noqa: E402
from provision.facts.collect import Facts  # noqa: E402
from provision.home.create import Details, create_home  # noqa: E402
from provision.proofs.attempts import Gap, Proof  # noqa: E402
from provision.proofs.tell import tell_proof  # noqa: E402
from provision.runs.plan import Plan, make_plan  # noqa: E402
from provision.site.model import Site, load_site  # noqa: E402
from provision.terms import Assurance, Control, HomeKind  # noqa: E402
from provision.texts.catalogue import Language, say  # noqa: E402

FILE = ROOT / "apks/agent/PLANS.md"
RELEASES = (23, 28, 33, 35)
HEAD = """# One site on four Androids

What `provision plan --why` says of the `site.yaml` that `provision init` writes for a ward, on a fresh tablet of each
release: how firm each control can be, what it is made of, what the bench tries in the patient's place, and what stays
open. Written by `python tests/report/side_by_side.py`, held by a test; only virtually verified. `WALLS.md` tells the
same of all releases, from the agent's table.

"""


def write_page() -> str:
    """Return the page."""
    site = read_new_site()
    plans = {api: make_plan(*_prepare(site, api)) for api in RELEASES}
    controls = list(dict.fromkeys(one.control for plan in plans.values() for one in plan.decisions))
    tables = [line for control in controls for line in _show(control, plans)]
    gaps = (
        f"- {gap}: {say(Language.EN, f'proof.gap.{gap}')}\n"
        for gap in Gap
        if any(f"({gap})" in line for line in tables)
    )
    return "".join([HEAD, *tables, "## Why nothing is tried\n\n", *gaps])


def read_new_site() -> Site:
    """Return the site of a new ward home, with the one line that it asks for."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "ward/site.yaml"
        create_home(file.parent, HomeKind.WARD, 0, Details(name="CHU Exemple", ssid="HOPITAL"))
        file.write_text(file.read_text("utf-8").replace("  hotline: ", '  hotline: "4242"'), "utf-8")
        return load_site(file)


def _prepare(site: Site, api: int) -> tuple[Facts, DesiredState, AgentView]:
    lapses = Authorisation(None) if api >= LAPSES_API else None
    facts = make_facts(props=make_props(ro__build__version__sdk=str(api)), apps={}, authorisation=lapses)
    apps = make_appset(make_app(), make_app("org.example.visio", calls=True))
    want = DesiredState(site, apps, is_tablet=True, agent=make_app(AGENT, label="agent", version_code=6))
    return facts, want, AgentView({control: best_assurance(control, api) for control in AGENT_CONTROLS}, tried={})


def _show(control: Control, plans: Mapping[int, Plan]) -> Iterator[str]:
    """A control's table: a line for how firm it is, one for each part, one for each attempt."""
    here = {api: next((one for one in plan.decisions if one.control is control), None) for api, plan in plans.items()}
    names = " | ".join(name_release(api) for api in plans)
    yield f"## {control}: {say(Language.EN, f'control.{control}')}\n\n| | {names} |\n|{' --- |' * (len(plans) + 1)}\n"
    yield _row("assurance", here, lambda api, one: _tell_assurance(plans[api], one))
    subjects = list(dict.fromkeys(part.subject for one in here.values() if one for part in one.parts))
    for subject in subjects:
        yield _row(subject, here, lambda _api, one, subject=subject: _tell_part(one, subject))
    attempts = {api: [proof for proof in plan.proofs if proof.control is control] for api, plan in plans.items()}
    for name in dict.fromkeys(proof.name for proofs in attempts.values() for proof in proofs):
        found = {api: next((proof for proof in proofs if proof.name == name), None) for api, proofs in attempts.items()}
        example = next(proof for proof in found.values() if proof is not None)
        what = tell_proof(Language.EN, name, example.verdict, example.detail)[0]
        yield _row(f"attempt: {what}", here, lambda api, _one, found=found: _tell_proof(found[api]))
    yield "\n"


Tell = Callable[[int, Decision], str]


def _row(title: str, here: Mapping[int, Decision | None], tell: Tell) -> str:
    cells = ("not wanted" if one is None else tell(api, one) for api, one in here.items())
    return f"| {title} | {' | '.join(cell.replace('|', '/') for cell in cells)} |\n"


def _tell_assurance(plan: Plan, one: Decision) -> str:
    required = plan.required.get(one.control)
    left = plan.proofs and any(proof.gap is Gap.NO_LOCK for proof in plan.proofs if proof.control is one.control)
    firm = str(one.assurance) + (", partly" if left and one.assurance is Assurance.ENFORCED else "")
    return firm if required is None else f"{firm} (required: {required})"


def _tell_part(one: Decision, subject: str) -> str:
    return next((say(Language.EN, part.key, **part.values) for part in one.parts if part.subject == subject), "–")


def _tell_proof(proof: Proof | None) -> str:
    if proof is None:
        return "–"
    return "tried" if proof.gap is None else f"not tried ({proof.gap})"


if __name__ == "__main__":
    FILE.write_text(write_page(), "utf-8")
