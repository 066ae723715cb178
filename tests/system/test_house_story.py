"""The story of a tablet in a house of two benches: a twin, reset, its label read, in a ward, at the other bench."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from provision.home.create import Details, create_home
from provision.state.opening import open_bench_state
from provision.terms import HomeKind
from tests.cli.ward_home import WARDS
from tests.register.postgres_server import PASSWORD, Server, make_server
from tests.system.bench_runs import assert_records_right, by_hand, run_station, state_of
from tests.system.test_label_story import end, make_twins, opens, say, shown

pytestmark = [pytest.mark.front, pytest.mark.later]


def join_house(home: Path, server: Server) -> None:
    """Let a bench share the register of a server."""
    (home / "secrets").mkdir(exist_ok=True)
    secret = home / "secrets/register"
    secret.write_text(PASSWORD)
    secret.chmod(0o600)
    file = home / "bench.yaml"
    place = {"url": f"postgresql://bench@127.0.0.1:{server.port}/postgres", "password": {"file": "secrets/register"}}
    file.write_text(yaml.safe_dump({**yaml.safe_load(file.read_text("utf-8")), "register": place}))


def test_a_0009_keeps_its_number_its_ward_and_its_code_at_two_benches(tmp_path: Path) -> None:
    home, second = make_twins(tmp_path), tmp_path / "second"
    with (home / "site.yaml").open("a", encoding="utf-8") as site:
        site.write(WARDS)
    with open_bench_state(home) as state:
        for other in range(1, 8):
            state.open_registry("A").check_in(f"other-{other}", f"other-{other}")
    with make_server() as server:
        join_house(home, server)
        numbers = {str(tablet["asset_id"]) for tablet in run_station(home, 2).tablets.values()}
        assert numbers == {"A-0008", "A-0009"}
        own = shown(home)

        for verb in ("factory-reset", "enable-adb"):
            by_hand(home, "2", verb)
        meanwhile, *ended = end(home)
        assert (meanwhile in numbers, ended) == (False, ["done-with-warnings", "label-unsure"])
        assert say(home, "confirm", "2", own)[0] == 0
        assert end(home)[:2] == (own, "done")
        assert say(home, "assign", own, "cardio-2", "--why", "asked")[0] == 0
        assert say(home, "register", "sync")[0] == 0

        create_home(second, HomeKind.TRAINING, 2, Details(prefix="B", site_key=home / "keys/site-key.pem"))
        join_house(second, server)
        for folder in ("bench", "captures"):
            shutil.copytree(home / folder, second / folder, dirs_exist_ok=True)
        assert end(second)[:2] == (own, "done"), "known to the house, and no second number"
        assert opens(second, own), "the hotline's code of the second bench"
        policy = state_of(second, "2")["data"]["app_data"]["org.provision.agent"]["policy"]
        assert ("Cardiologie 2" in policy, "4242" in policy) == (True, True), "the ward that the first bench knows"
        status, page = say(second, "tablet", own)
        assert status == 0
        assert "Cardiologie 2" in page
        assert own in say(second, "tablet", meanwhile)[1], "what the number of the reset became"
        status, told = say(second, "register", "status")
        assert status == 0, told
    assert_records_right(home)
    assert_records_right(second)
