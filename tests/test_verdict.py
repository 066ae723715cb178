"""Which outcome an error or a last reading means; `done` only when everything wanted was read back."""

from __future__ import annotations

import pytest
from factories import make_appset, make_facts, make_site, make_wifi

from provision.config.load import Load
from provision.controls.desired import DesiredState
from provision.errors import (
    AdbServerError,
    AnswerCut,
    AnswerError,
    Cancelled,
    ConfigurationError,
    DeadlinePassed,
    HomeError,
    ProvisionError,
    RecordError,
    ServerGone,
    StepFailed,
    TabletGone,
    TransportError,
)
from provision.facts.ask import NotBooted
from provision.facts.collect import Facts
from provision.facts.location import Location
from provision.runs.plan import make_plan
from provision.runs.plan_runner import Reading
from provision.runs.verdict import annotate_host_load, outcome_from_error, outcome_from_reading
from provision.terms import Outcome, Reason
from provision.texts.catalogue import Language
from provision.texts.message import message, tell

UNKNOWN = Reason.ANSWER_NOT_UNDERSTOOD
LOST = "java.lang.SecurityException: Neither user 2000 nor current process has android.permission.DUMP."
DENIED = "Permission Denial: can't dump battery from pid=1, uid=2000 due to missing android.permission.DUMP permission"

VERDICTS = [
    (StepFailed("s", Reason.INSTALL_REFUSED, "d"), Outcome.FAILED, Reason.INSTALL_REFUSED),
    (StepFailed("s", Reason.READ_BACK_DIFFERS, "d"), Outcome.FAILED, Reason.READ_BACK_DIFFERS),
    (StepFailed("s", Reason.OEM_GATE, "d"), Outcome.REFUSED, Reason.OEM_GATE),
    (StepFailed("s", Reason.OWNER_UNSUPPORTED, "d"), Outcome.REFUSED, Reason.OWNER_UNSUPPORTED),
    (DeadlinePassed("x"), Outcome.FAILED, Reason.TABLET_HUNG),
    (TabletGone("x"), Outcome.LOST, Reason.TABLET_GONE),
    (TransportError("x"), Outcome.LOST, Reason.TABLET_GONE),
    (ServerGone("x"), Outcome.LOST, Reason.ADB_SERVER_GONE),
    (NotBooted("c", "e", "g"), Outcome.FAILED, Reason.BOOT_INCOMPLETE),
    (AnswerError("c", "e", "g"), Outcome.FAILED, Reason.ANSWER_NOT_UNDERSTOOD),
    (AnswerError("c", "e", f"\nException occurred while executing 'x':\n{LOST}"), Outcome.REFUSED, Reason.OEM_GATE),
    (AnswerCut("dumpsys battery", "e", DENIED), Outcome.REFUSED, Reason.OEM_GATE),
    (AnswerError("c", "e", "SecurityException: not exported from uid 10086"), Outcome.FAILED, UNKNOWN),
    (AnswerCut("c", "e", "g"), Outcome.FAILED, Reason.ANSWER_CUT),
    (RecordError("x"), Outcome.FAILED, Reason.RECORD_NOT_WRITTEN),
    (ConfigurationError(), Outcome.FAILED, Reason.BENCH_FILE_WRONG),
    (HomeError("x"), Outcome.FAILED, Reason.BENCH_FILE_WRONG),
    (AdbServerError("x"), Outcome.FAILED, Reason.UNEXPECTED),
    (ProvisionError("x"), Outcome.FAILED, Reason.UNEXPECTED),
]


@pytest.mark.parametrize(("error", "outcome", "reason"), VERDICTS, ids=repr)
def test_an_error_has_one_outcome_and_one_reason(error: ProvisionError, outcome: Outcome, reason: Reason) -> None:
    verdict = outcome_from_error(error)
    assert (verdict.outcome, verdict.reason) == (outcome, reason)


@pytest.mark.parametrize("error", [*(row[0] for row in VERDICTS), Cancelled("x")], ids=repr)
def test_no_error_is_ever_done(error: ProvisionError) -> None:
    assert outcome_from_error(error).outcome not in (Outcome.DONE, Outcome.DONE_WITH_WARNINGS)
    assert outcome_from_error(error).reason is not None


def test_a_failed_step_is_told_with_its_name() -> None:
    assert (
        str(outcome_from_error(StepFailed("apps.present/x", Reason.INSTALL_REFUSED, "Failure [-1]")).detail)
        == "apps.present/x: Failure [-1]"
    )


BUSY = "this computer's work waited for a processor 74 % of the last 10 s"
TOLD = [
    (
        DeadlinePassed(message("deadline-passed", place="usb:1-2")),
        f"usb:1-2: no complete answer within the deadline (`deadlines` in bench.yaml); {BUSY}",
        (
            "usb:1-2 : aucune réponse complète dans le délai (`deadlines` dans bench.yaml) ; "
            "cet ordinateur a attendu un processeur 74 % des 10 dernières secondes"
        ),
    ),
    (
        TabletGone(message("connection-ended", place="usb:1-2", words="EOFError")),
        "usb:1-2: the connection to the tablet ended (EOFError)",
        "usb:1-2 : la liaison avec la tablette s’est interrompue (EOFError)",
    ),
    (
        AnswerError("wm size", "a size", "?"),
        "`wm size`: expected a size, got '?'",
        "`wm size` : réponse incomprise '?' (attendu : a size)",
    ),
    (TabletGone("x"), "x", "x"),
]


@pytest.mark.parametrize(("error", "english", "french"), TOLD, ids=repr)
def test_what_broke_a_run_off_is_told_in_both_languages(error: ProvisionError, english: str, french: str) -> None:
    detail = annotate_host_load(outcome_from_error(error), Load(73.86, 0.0)).detail
    assert str(detail) == english
    assert tell(Language.FR, detail).replace("\u00a0", " ") == french


def test_a_kernel_without_figures_has_its_load_told() -> None:
    said = annotate_host_load(outcome_from_error(DeadlinePassed("x")), Load(None, 3.0)).detail
    assert str(said) == "x; this computer's load was 3.0 a processor"


def _concluded(facts: Facts, **site: object) -> tuple[Outcome, Reason | None]:
    verdict = outcome_from_reading(
        Reading(facts, make_plan(facts, DesiredState(make_site(**site), make_appset(), is_tablet=True)))
    )
    return verdict.outcome, verdict.reason


WRONG = {
    "apps.present": make_facts(apps={}),
    "location.on": make_facts(location=Location(on=False, source="")),
    "wifi.hospital": make_facts(wifi=make_wifi(ssid=None)),
    "wifi.other_networks": make_facts(wifi=make_wifi(saved=None)),
}


def test_done_needs_every_control_read_back() -> None:
    assert _concluded(make_facts()) == (Outcome.DONE, None)


@pytest.mark.parametrize("control", WRONG)
def test_one_unmet_control_is_never_done(control: str) -> None:
    assert _concluded(WRONG[control]) == (Outcome.DONE_WITH_WARNINGS, Reason.DEVIATIONS_LEFT)


@pytest.mark.parametrize("control", WRONG)
def test_one_unmet_control_the_site_requires_is_failed(control: str) -> None:
    assert _concluded(WRONG[control], require={control: "set"}) == (Outcome.FAILED, Reason.READ_BACK_DIFFERS)


def test_a_kiosk_the_shell_cannot_lock_is_never_done() -> None:
    kiosk = {"lock_task": True, "hotline": "12"}
    assert _concluded(make_facts(), kiosk=kiosk) == (Outcome.DONE_WITH_WARNINGS, Reason.DEVIATIONS_LEFT)
