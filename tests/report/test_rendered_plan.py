"""A plan as people read it: what the profile says, from which file, and what no run does yet."""

from __future__ import annotations

from pathlib import Path

import pytest
from factories import make_app, make_appset, make_facts, make_props, make_site

from provision.controls.agent_view import AgentView
from provision.controls.desired import DesiredState, with_vendor_tweaks
from provision.profiles.load import load_profiles
from provision.profiles.model import Profile
from provision.proofs.attempts import Gap, Tried
from provision.report.plan import render_plan
from provision.runs.plan import make_plan
from provision.terms import Assurance, Control, ProofVerdict
from provision.texts.catalogue import Language, say

COMMON = """
status: draft
hands_first:
  - {en: Wipe it, fr: Effacer}
"""
VENDOR = """
status: draft
match: [{prop: ro.product.manufacturer, equals: [samsung]}]
hands_first:
  - {en: Tap it, fr: Toucher}
gates:
  - {id: old, max_api: 23, says: {en: old trouble, fr: vieil ennui}, mark: P, source: somebody}
  - {id: now, min_api: 30, says: {en: new trouble, fr: nouvel ennui}, mark: R, source: the code}
  - {id: edge, min_api: 30, max_api: 30, says: {en: edge trouble, fr: ennui au bord}, mark: U, source: nobody}
  - {id: late, min_api: 31, says: {en: late trouble, fr: ennui tardif}, mark: R, source: the code}
"""


@pytest.fixture
def profiles(tmp_path: Path) -> tuple[Profile, Profile]:
    """The common profile and the one of a maker."""
    (tmp_path / "samsung").mkdir()
    (tmp_path / "common.yaml").write_text(COMMON)
    (tmp_path / "samsung/vendor.yaml").write_text(VENDOR)
    loaded = load_profiles(tmp_path)
    return loaded.common, loaded.known[0]


def render(profile: Profile, language: Language = Language.EN, *, why: bool = False) -> str:
    facts = make_facts(props=make_props(ro__build__version__sdk="30"))
    plan = make_plan(facts, DesiredState(make_site(), make_appset(), is_tablet=True))
    return render_plan(language, facts, profile, plan, why=why)


def test_what_hands_do_first_stands_in_order_with_its_file(profiles: tuple[Profile, Profile], tmp_path: Path) -> None:
    text = render(profiles[1])
    assert f"    1. Wipe it [{tmp_path}/common.yaml]\n" in text
    assert f"    2. Tap it [{tmp_path}/samsung/vendor.yaml]" in text


def test_a_plan_names_the_obstacles_of_this_android_only(profiles: tuple[Profile, Profile], tmp_path: Path) -> None:
    text = render(profiles[1])
    assert f"    now: new trouble [{tmp_path}/samsung/vendor.yaml]\n    edge: edge trouble" in text
    assert "old trouble" not in text
    assert "late trouble" not in text


def test_why_adds_the_others_with_their_range_and_the_source_of_each(profiles: tuple[Profile, Profile]) -> None:
    lines = [line.strip() for line in render(profiles[1], why=True).splitlines()]
    old, late = (next(at for at, line in enumerate(lines) if line.startswith(name)) for name in ("old: ", "late: "))
    assert lines[old + 1 : old + 3] == [
        "not on this Android, only on Android 6.0 (API 23) and earlier",
        "reported; source: somebody",
    ]
    assert lines[late + 1] == "not on this Android, only on Android 12 (API 31) and later"
    assert "read in source code; source: the code" in lines
    assert "unconfirmed; source: nobody" in lines


def test_a_profile_without_obstacles_has_no_heading_for_them(profiles: tuple[Profile, Profile]) -> None:
    assert say(Language.EN, "plan.gates") in render(profiles[1])
    assert say(Language.EN, "plan.gates") not in render(profiles[0])


@pytest.mark.parametrize("language", Language)
def test_the_profile_speaks_the_language_of_the_plan(profiles: tuple[Profile, Profile], language: Language) -> None:
    words = {Language.EN: ("Wipe it", "new trouble"), Language.FR: ("Effacer", "nouvel ennui")}
    text = render(profiles[1], language)
    for spoken, said in words.items():
        assert all((word in text) == (spoken is language) for word in said)


@pytest.mark.parametrize("language", Language)
def test_a_plan_of_the_shell_road_says_that_nothing_is_enrolled(
    profiles: tuple[Profile, Profile], language: Language
) -> None:
    said = f"enrol: {say(language, 'phase.enrol')}\n    {say(language, 'plan.phase.enrol')}\n"
    assert said in render(profiles[0], language)
    assert say(Language.EN, "plan.phase.enrol") not in render_locked(profiles[0], AgentView(BEST))


def test_what_is_enforced_is_never_said_to_be_open_to_the_user(profiles: tuple[Profile, Profile]) -> None:
    text = render_locked(profiles[0], AgentView(BEST), why=True)
    by_control = {part.split(":")[0]: part for part in text.split("\n\n")}
    assert say(Language.EN, "plan.left.enforced") in by_control["location.on"]
    assert say(Language.EN, "plan.left.partly") in by_control["kiosk.lock_task"]
    assert say(Language.EN, "plan.left.partly") in by_control["wifi.hospital"]
    set_only = AgentView(BEST | {Control.LOCATION_ON: Assurance.SET})
    assert say(Language.EN, "plan.open.location.on") not in text
    assert say(Language.EN, "plan.open.location.on") in render_locked(profiles[0], set_only, why=True)


@pytest.mark.parametrize("language", Language)
def test_a_plan_says_before_any_change_that_debugging_is_closed_in_the_end(
    profiles: tuple[Profile, Profile], language: Language
) -> None:
    kiosk = {"lock_task": True, "hotline": "12 34"}
    closed = make_site(kiosk=kiosk, require={"kiosk.lock_task": "set"}, seal={"debugging": "closed"})
    plan = make_plan(make_facts(), DesiredState(closed, make_appset(), is_tablet=True))
    text = render_plan(language, make_facts(), profiles[0], plan, why=True)
    assert f"\n{say(language, 'plan.seal')}\n    {say(language, 'seal.way-back')}\n" in text
    assert "document 1.7, 3.5, 8" in text
    assert say(language, "plan.seal") not in render(profiles[0], language)


def render_locked(profile: Profile, view: AgentView, *, why: bool = False) -> str:
    """The plan of an Android 11 tablet on the agent road."""
    facts = make_facts(props=make_props(ro__build__version__sdk="30"))
    site = make_site(kiosk={"lock_task": True, "hotline": "12"})
    plan = make_plan(
        facts, DesiredState(site, make_appset(), is_tablet=True, agent=make_app("org.provision.agent")), view
    )
    return render_plan(Language.EN, facts, profile, plan, why=why)


BEST = dict.fromkeys(Control, Assurance.ENFORCED)
TRIED = {"kiosk.settings": Tried(ProofVerdict.BROKEN, "x"), "kiosk.home": Tried(ProofVerdict.HELD, "y")}


def test_a_plan_says_what_will_be_tried_and_what_will_not(profiles: tuple[Profile, Profile]) -> None:
    text = render_locked(profiles[0], AgentView(BEST, tried={}))
    assert "        open Android’s settings: to be tried\n        leave by the HOME key: to be tried\n" in text
    assert "        switch Wi-Fi off: not tried: this Android has no lock against it\n" in text
    assert "tried by" not in text
    whole = render_locked(profiles[0], AgentView(BEST, tried={}), why=True)
    assert "            tried by: cmd wifi forget-network {id}\n" in whole
    assert "            Android fact: Wi-Fi and kiosk document 11.1\n" in whole


def test_a_plan_says_what_came_of_earlier_attempts(profiles: tuple[Profile, Profile]) -> None:
    text = render_locked(profiles[0], AgentView(BEST, tried=TRIED))
    assert "open Android’s settings: BROKEN: it worked on the locked tablet\n" in text
    assert "leave by the HOME key: held: it worked before locking and failed after\n" in text


def test_a_plan_by_plain_shell_attacks_nothing(profiles: tuple[Profile, Profile]) -> None:
    assert say(Language.EN, "plan.proofs") not in render(profiles[0], why=True)


def test_a_french_plan_has_no_english_word_of_a_comparison(profiles: tuple[Profile, Profile]) -> None:
    text = render(profiles[1], Language.FR, why=True).replace("\u00a0", " ")
    assert "voulu : aucun autre réseau enregistré" in text
    assert "voulu : activée ; la tablette dit : " in text
    assert "voulu : connectée à HOPITAL" in text
    assert "(brouillon)" in text
    assert not [word for word in (" not locked", "joined to", " absent,", "not joined") if word in text]


SWITCHES = """
switches:
  - id: now
    setting: {table: global, key: protect_battery, value: 1}
    min_api: 30
    why: {en: saves it, fr: la ménage}
    breaks: {en: runs shorter, fr: dure moins}
    mark: P
    source: somebody
  - id: late
    disable: org.example.updates
    min_api: 31
    why: {en: rests it, fr: la repose}
    breaks: {en: grows old, fr: vieillit}
    mark: R
    source: the code
"""


@pytest.fixture
def switching(tmp_path: Path) -> Profile:
    """A draft of a maker with a switch for this Android, one for later ones, and a package to remove."""
    (tmp_path / "samsung").mkdir()
    (tmp_path / "common.yaml").write_text(COMMON)
    removal = "remove: [{package: org.example.game, safety: safe, why: a game, source: here}]\n"
    (tmp_path / "samsung/vendor.yaml").write_text(VENDOR + removal + SWITCHES)
    return load_profiles(tmp_path).known[0]


def render_with(profile: Profile, language: Language, *, drafts: bool, why: bool = False) -> str:
    facts = make_facts(props=make_props(ro__build__version__sdk="30"), installed=frozenset({"org.example.game"}))
    want = with_vendor_tweaks(DesiredState(make_site(), make_appset(), is_tablet=True), profile, 30, drafts=drafts)
    return render_plan(language, facts, profile, make_plan(facts, want), why=why)


@pytest.mark.parametrize("language", Language)
def test_what_a_draft_would_switch_and_remove_is_said_to_wait(switching: Profile, language: Language) -> None:
    text = render_with(switching, language, drafts=False)
    told = say(language, "plan.switch-sets", target="global protect_battery", value=1)
    assert f"    now: {told} {'saves it' if language is Language.EN else 'la ménage'} [" in text
    assert f"        {say(language, 'plan.switch-waits')}\n" in text
    assert say(language, "plan.removals-wait", count=1) in text
    assert "settings put" not in text
    assert "org.example.updates" not in text


@pytest.mark.parametrize("language", Language)
def test_what_is_switched_stands_with_its_step_and_nothing_waits(switching: Profile, language: Language) -> None:
    text = render_with(switching, language, drafts=True)
    assert "settings put global protect_battery 1" in text
    assert say(language, "plan.switch-waits") not in text
    assert say(language, "plan.removals-wait", count=1) not in text
    assert f"maker.switches: {say(language, 'control.maker.switches')}" in text


def test_why_tells_what_breaks_the_way_back_and_switches_of_other_androids(switching: Profile) -> None:
    lines = [line.strip() for line in render_with(switching, Language.EN, drafts=True, why=True).splitlines()]
    now = next(at for at, line in enumerate(lines) if line.startswith("now: sets "))
    assert lines[now + 1 : now + 3] == ["if it is wrong: runs shorter", "reported; source: somebody"]
    late = next(at for at, line in enumerate(lines) if line.startswith("late: disables "))
    assert lines[late + 1 : late + 3] == [
        "not on this Android, only on Android 12 (API 31) and later",
        "if it is wrong: grows old",
    ]
    assert say(Language.EN, "plan.undo", undo="by hand: the value from before is not kept") in lines


def test_an_app_of_the_app_set_is_never_switched_off(tmp_path: Path) -> None:
    (tmp_path / "samsung").mkdir()
    (tmp_path / "common.yaml").write_text(COMMON)
    own = SWITCHES.replace("org.example.updates", "org.example.chat").replace("min_api: 31", "min_api: 30")
    (tmp_path / "samsung/vendor.yaml").write_text(VENDOR + own)
    text = render_with(load_profiles(tmp_path).known[0], Language.EN, drafts=True)
    assert "disables org.example.chat for the user. rests it" in text
    assert text.count(say(Language.EN, "plan.switch-waits")) == 1
    assert "pm disable-user" not in text


LENOVO = {"ro__product__manufacturer": "LENOVO", "ro__product__brand": "Lenovo", "ro__product__model": "TB-1"}


@pytest.mark.parametrize(("api", "ways"), [(33, []), (36, ["window-menu", "slide-back"])])
def test_a_makers_way_out_is_for_hands_in_plan_and_record_where_it_was_reported(api: int, ways: list[str]) -> None:
    shipped = load_profiles(Path(__file__).parents[2] / "device_profiles")
    profile = next(each for each in shipped.known if each.name == "lenovo")
    facts = make_facts(props=make_props(**LENOVO, ro__build__version__sdk=str(api)))
    site = make_site(kiosk={"lock_task": True, "hotline": "12"})
    plain = DesiredState(site, make_appset(), is_tablet=True, agent=make_app("org.provision.agent"))
    plan = make_plan(facts, with_vendor_tweaks(plain, profile, api, drafts=False), AgentView(BEST, tried={}))
    by_hand = [proof for proof in plan.proofs if proof.gap is Gap.BY_HAND]
    assert [(proof.name, proof.verdict) for proof in by_hand] == [
        (f"maker.{way}", ProofVerdict.NOT_TRIED) for way in ways
    ]
    assert all(proof.detail.startswith("by-hand: ") and "freekiosk" in proof.reference for proof in by_hand)
    for language in Language:
        text = render_plan(language, facts, profile, plan, why=True)
        assert (say(language, "plan.ways-out") in text) == bool(ways)
        assert all(say(language, "proof.untried-way", name=way) in text for way in ways)
