"""Names and levels of product, agent, virtual tablets and reference against the tables of Android's class files.

What is known to differ stands in `tests/cases/reference/differences.yaml` with its reason; a difference that is mended
goes from there.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import claims_product as product
import claims_reference as reference
import claims_virtual as virtual
import pytest
import spoken_verbs
from android_tables import ROOT, Comparison, Levels, Rule, levels_of, read

from provision.virtual.android.commands import install_options, listing
from tests.case_files import read_cases

KNOWN: dict[str, dict[str, Any]] = read_cases(ROOT / "tests/cases/reference/differences.yaml")
EXACTLY, WITHIN, SOMEWHERE = Rule.EXACTLY, Rule.WITHIN, Rule.SOMEWHERE


def _words(service: str, method: str) -> dict[str, Levels]:
    return read("shell", service, method)


COMPARISONS = {
    "virtual: restrictions": Comparison(virtual.known_restrictions, virtual.real_restrictions, EXACTLY, 60),
    "virtual: restrictions that are missing": Comparison(
        virtual.missing_restrictions, virtual.real_restrictions, EXACTLY, 0
    ),
    "virtual: settings that a restriction guards": Comparison(virtual.guarded_keys, virtual.keys, SOMEWHERE, 10),
    "virtual: settings that a restriction guards by level": Comparison(
        virtual.guarded_keys, partial(read, "restrictions", "guarded settings"), WITHIN, 10, levels_of("28-37")
    ),
    "virtual: settings that a restriction guards that are missing": Comparison(
        virtual.unguarded_keys, partial(read, "restrictions", "guarded settings"), EXACTLY, 0, levels_of("28-37")
    ),
    "virtual: settings that a restriction writes": Comparison(virtual.written_keys, virtual.keys_by_table, WITHIN, 8),
    "virtual: settings of a fresh tablet": Comparison(virtual.first_keys, virtual.keys_by_table, SOMEWHERE, 10),
    "virtual: protected broadcasts": Comparison(
        virtual.protected, partial(read, "manifest", "protected broadcasts"), WITHIN, 4
    ),
    "virtual: permissions granted at install": Comparison(
        virtual.granted_at_install, partial(virtual.permissions, "normal"), WITHIN, 5
    ),
    "virtual: development permissions": Comparison(
        virtual.development, partial(virtual.permissions, "development"), WITHIN, 5
    ),
    "virtual: options of install": Comparison(
        virtual.options_of_install, partial(_words, "package", "makeInstallParams"), EXACTLY, 30, levels_of("24-37")
    ),
    "virtual: options of install that are missing": Comparison(
        partial(virtual.missing_options, "makeInstallParams", install_options.OPTIONS),
        partial(_words, "package", "makeInstallParams"),
        EXACTLY,
        0,
        levels_of("24-37"),
    ),
    "virtual: options of list packages that are missing": Comparison(
        partial(virtual.missing_options, "runListPackages", listing.OPTIONS_SINCE),
        partial(_words, "package", "runListPackages"),
        EXACTLY,
        0,
        levels_of("24-37"),
    ),
    "virtual: options of list packages": Comparison(
        virtual.options_of_list, partial(_words, "package", "runListPackages"), EXACTLY, 15, levels_of("24-37")
    ),
    "virtual: flags of user 0": Comparison(virtual.flags_of_user_0, virtual.real_flags_of_user_0, EXACTLY, 3),
    "reference: restrictions of 2.3 and 3.3": Comparison(
        reference.restrictions, virtual.real_restrictions, EXACTLY, 60
    ),
    "reference: restrictions of the policy table": Comparison(
        reference.policy_restrictions, virtual.real_restrictions, EXACTLY, 27
    ),
    "reference: methods of the policy table": Comparison(reference.policy_methods, reference.methods, EXACTLY, 28),
    "reference: readings of the policy table": Comparison(reference.policy_readings, reference.methods, WITHIN, 6),
    "reference: settings an owner may write": Comparison(
        reference.owner_settings, reference.real_owner_settings, WITHIN, 17
    ),
    "reference: settings an owner may write that are missing": Comparison(
        reference.missing_owner_settings, reference.real_owner_settings, EXACTLY, 17
    ),
    "reference: failure codes": Comparison(reference.failure_codes, reference.codes, SOMEWHERE, 30),
    "reference: settings in commands": Comparison(reference.settings_put, virtual.keys_by_table, SOMEWHERE, 30),
    "reference: verbs in commands": Comparison(reference.verbs, reference.real_verbs, SOMEWHERE, 60),
    "reference: verbs with a level": Comparison(reference.stated_verbs, reference.real_verbs, EXACTLY, 6),
    "agent: restrictions": Comparison(product.agent_restrictions, virtual.real_restrictions, EXACTLY, 4),
    "agent: methods": Comparison(product.agent_methods, reference.methods, WITHIN, 30),
    "agent: settings written as owner": Comparison(
        product.agent_owner_settings, reference.real_owner_settings, SOMEWHERE, 2
    ),
    "product: settings": Comparison(product.settings, virtual.keys_by_table, SOMEWHERE, 8),
    "product: rows of a report": Comparison(product.rows, product.real_rows, EXACTLY, len(product.DECIDING)),
    "product: verbs": Comparison(product.verbs, reference.real_verbs, SOMEWHERE, 12),
    "product: verbs with a level": Comparison(product.gated_verbs, reference.real_verbs, WITHIN, 3),
    "product: permissions to grant": Comparison(product.grants, product.real_grants, EXACTLY, 70, levels_of("23-37")),
    "product: permissions to grant that are missing": Comparison(
        product.missing_grants, product.real_grants, EXACTLY, 0, levels_of("23-37")
    ),
    "virtual: permissions that later releases know": Comparison(
        virtual.later_permissions, partial(virtual.permissions, "dangerous"), EXACTLY, 18, levels_of("23-37")
    ),
    "product: special accesses": Comparison(product.special_accesses, partial(read, "codes", "app ops"), WITHIN, 6),
    "agent: permissions": Comparison(product.agent_permissions, partial(read, "manifest", "permissions"), SOMEWHERE, 7),
    "product: failure names": Comparison(product.failure_names, product.real_failure_names, SOMEWHERE, 15),
}


VERBS, OPERATIONS = "virtual: verbs of ", "virtual: app ops"


def _known(of: str) -> dict[str, str]:
    """Known differences of one comparison."""
    return {name: str(said["levels"]) for name, said in KNOWN.get(of, {}).items()}


@pytest.mark.parametrize("of", COMPARISONS)
def test_names_and_levels_are_androids(of: str) -> None:
    assert COMPARISONS[of].differences() == _known(of)


def _compare_verbs(service: str, folder: Path, levels: Levels) -> dict[str, str]:
    """Differences on these levels; verbs that no virtual tablet plays are none."""
    spoken = spoken_verbs.spoken(service, folder, levels)
    return Comparison(lambda: spoken, lambda: spoken_verbs.real(service), EXACTLY, 1, over=levels).differences()


@pytest.mark.later
@pytest.mark.parametrize("service", spoken_verbs.services())
def test_virtual_tablets_know_a_verb_where_android_does(service: str, tmp_path: Path) -> None:
    assert _compare_verbs(service, tmp_path, spoken_verbs.judged(service)) == _known(VERBS + service)


@pytest.mark.parametrize("service", spoken_verbs.services())
def test_virtual_tablets_know_a_verb_where_android_does_on_a_sample_of_levels(service: str, tmp_path: Path) -> None:
    levels = spoken_verbs.sampled(service)
    known = {name: of for name, said in _known(VERBS + service).items() if (of := levels_of(said) & levels)}
    assert {name: levels_of(said) for name, said in _compare_verbs(service, tmp_path, levels).items()} == known


def test_virtual_tablets_know_an_app_op_where_android_does(tmp_path: Path) -> None:
    spoken = spoken_verbs.operations(tmp_path)
    operations = Comparison(lambda: spoken, partial(read, "codes", "app ops"), EXACTLY, 8)
    assert operations.differences() == _known(OPERATIONS)


def test_every_known_difference_has_its_reason() -> None:
    assert not [
        f"{of}: {name}" for of, names in KNOWN.items() for name, said in names.items() if not said.get("reason")
    ]


def test_every_known_difference_belongs_to_a_comparison() -> None:
    assert set(KNOWN) <= {*COMPARISONS, OPERATIONS, *(VERBS + service for service in spoken_verbs.services())}
