"""What is installed with the code: the same files as in the checkout, none left out."""

from __future__ import annotations

from pathlib import Path

from provision.home.bench_settings import IS_CHECKOUT, TOOLKIT

ROOT = Path(__file__).parents[1]
SHIPPED = ROOT / "provision/shipped"


def test_an_installed_program_finds_what_a_checkout_has() -> None:
    assert (IS_CHECKOUT, TOOLKIT) == (True, ROOT)
    for name in ("apks/apps.yaml", "apks/agent.apk", "apks/agent.apk.sha256", "apks/fixtures", "device_profiles"):
        assert (SHIPPED / name).resolve() == ROOT / name
