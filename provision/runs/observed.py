"""Facts that go into a record: pure, after each fact's redaction rule.

Counts instead of accounts and files, no foreign SSID, no address, no android_id.
"""

from __future__ import annotations

from typing import Any

from provision.facts.collect import Facts
from provision.facts.props import Props
from provision.records.content import ControlResult, ProofResult
from provision.runs.plan import Plan
from provision.texts.message import Message, message


def describe_identity(props: Props | None, asset_id: str, serial: str) -> dict[str, Any]:
    """Stable facts of one tablet: the same bytes in every run, over resets and updates.

    Args:
        props: None for a tablet that never answered; then only what the adb server lists is known.
    """
    if props is None:
        return {"assetId": asset_id, "serial": serial}
    return {
        "assetId": asset_id,
        "serial": props.serial,
        "maker": props.maker,
        "model": props.model,
        "device": props.get("ro.product.device"),
    }


def describe_system(props: Props) -> dict[str, Any]:
    """Describe the running system; changes with updates."""
    return {
        "api": props.api_if_known,
        "release": props.release,
        "securityPatch": props.get("ro.build.version.security_patch"),
        "fingerprint": props.get("ro.build.fingerprint"),
    }


def describe_facts(facts: Facts) -> dict[str, Any]:
    """The last reading, redacted."""
    return {
        "system": describe_system(facts.props),
        "setupComplete": facts.setup.complete,
        "batteryPercent": facts.battery.percent,
        "freeBytes": facts.storage.free_bytes,
        "users": facts.people.users,
        "accounts": facts.people.accounts,
        "donorFiles": facts.people.files,
        "deviceOwner": facts.owner.package if facts.owner.known else "unknown",
        "locationOn": facts.location.on,
        "wifi": {
            "radioOn": facts.wifi.radio_on,
            "savedNetworks": None if facts.wifi.saved is None else len({row.ssid for row in facts.wifi.saved}),
            "shellMayJoin": facts.wifi.shell_joins,
        },
        "apps": {
            name: {
                "versionCode": app.version_code,
                "sha256": app.sha256,
                "witness": app.witness,
                "provedIn": app.proved_in,
                "usable": app.usable,
            }
            for name, app in sorted(facts.apps.items())
        },
        "screenTimeoutMs": facts.screen.timeout_ms,
        "zone": facts.clock.zone,
    }


def list_controls(plan: Plan) -> tuple[ControlResult, ...]:
    """One result a control, from the plan that the last reading led to."""
    return tuple(
        ControlResult(
            control=decision.control,
            wanted=str(decision.wanted),
            observed=str(decision.observed),
            assurance=decision.reached,
            required=plan.required.get(decision.control),
            evidence=decision.evidence,
        )
        for decision in plan.decisions
    )


def list_proofs(plan: Plan) -> tuple[ProofResult, ...]:
    """Attempts in the user's place under the policy in force, and why others are not made."""
    return tuple(ProofResult(proof.name, proof.control, proof.verdict, proof.detail) for proof in plan.proofs)


def list_deviations(plan: Plan) -> tuple[Message, ...]:
    """One message for each control that is wanted but reads back different."""
    return tuple(
        message("deviates", control=str(decision.control), wanted=decision.wanted, observed=decision.observed)
        for decision in plan.unmet
    )
