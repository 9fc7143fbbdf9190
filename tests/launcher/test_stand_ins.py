"""The stand-ins' secrets: known ones for embedded alone, random ones that production takes."""

from pathlib import Path

import pytest

from chassis.settings import SettingsError, load
from launcher.house import ROOT
from launcher.stand_ins import SHARED, addresses, random_environment, run_sandbox, secrets_of, speaks_with_stand_ins
from sandbox.secrets import SandboxSecrets

SERVERS = {
    "CHEQIAO_BROKER_URL": "amqp://u:p@127.0.0.1:5672/%2F",
    "CHEQIAO_DATABASE_URL": "mysql+pymysql://u:p@127.0.0.1:3306/cheqiao_{schema}",
    "CHEQIAO_PUBLIC_URL": "https://car.example.com",
}


def production(**more: str) -> dict[str, str]:
    return {**random_environment(), **addresses("http://127.0.0.1:8100"), **SERVERS, **more}


def test_random_secrets_are_all_that_production_wants() -> None:
    settings = load(ROOT / "config.yaml", "production", production())

    assert settings.accounts["main"].aes_key is not None


def test_no_two_are_alike() -> None:
    one, other = random_environment(), random_environment()

    assert all(one[name] != other[name] for name in SHARED.values())


def test_the_stand_ins_share_them_through_the_environment() -> None:
    environment = random_environment()

    shared = secrets_of(environment)

    assert (shared.appid, shared.dms_api_key) == (environment["CHEQIAO_WECHAT_APPID"], environment["CHEQIAO_DMS_API_KEY"])


def test_an_empty_environment_means_the_known_ones() -> None:
    assert secrets_of({}) == SandboxSecrets.known()


def test_half_an_environment_is_refused_with_what_is_missing() -> None:
    with pytest.raises(SettingsError, match="CHEQIAO_CSC_API_KEY"):
        secrets_of({"CHEQIAO_WECHAT_APPID": "wx1"})


def test_known_secrets_are_refused_in_production() -> None:
    known = SandboxSecrets.known()

    with pytest.raises(SettingsError, match=r"partners\.dms\.api_key"):
        load(ROOT / "config.yaml", "production", production(CHEQIAO_DMS_API_KEY=known.dms_api_key))


@pytest.mark.parametrize("real", ["CHEQIAO_WECHAT_API_URL", "CHEQIAO_DMS_URL", "CHEQIAO_CSC_URL"])
def test_a_house_that_speaks_with_one_real_system_does_not_speak_with_stand_ins(real: str) -> None:
    with_stand_ins = load(ROOT / "config.yaml", "production", production())
    with_a_real_one = load(ROOT / "config.yaml", "production", production(**{real: "https://partner.example.com/api"}))

    assert speaks_with_stand_ins(with_stand_ins)
    assert not speaks_with_stand_ins(with_a_real_one)


def test_the_stand_ins_open_their_doors_on_loopback_only(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="loopback"):
        run_sandbox("0.0.0.0:8100", "http://127.0.0.1:8000", tmp_path, SandboxSecrets.known())
