"""The files for containers stay true although no test has a container engine."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from launcher.house import PREFIXES, SERVICES, WEB_ASSETS

ROOT = Path(__file__).parents[1]
PINNED = re.compile(r"^[a-z]+:\d+\.\d+\.\d+[a-z0-9.-]*$")
VARIABLE = re.compile(r"\$\{(?P<name>[A-Z_]+)(?P<default>:?)")


ASKED_FROM_WITHIN = {"reminders", "appointments", "complaints"}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    parsed: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return parsed


@pytest.fixture(scope="module")
def dockerfile() -> list[str]:
    return (ROOT / "Dockerfile").read_text().splitlines()


def wanted_variables() -> set[str]:
    """Those of config.yaml that production cannot do without."""
    text = "\n".join(line.partition(" #")[0] for line in (ROOT / "config.yaml").read_text().splitlines() if not line.startswith("#"))
    return {found["name"] for found in VARIABLE.finditer(text.partition("\nembedded:")[0]) if not found["default"]}


def test_every_service_of_the_house_has_a_container(compose: dict[str, Any]) -> None:
    run = {service["command"][1] for service in compose["services"].values() if service.get("command", [""])[0] == "run"}

    assert run == set(SERVICES)


@pytest.mark.parametrize("server", ["rabbitmq", "mariadb"])
def test_foreign_images_are_pinned(compose: dict[str, Any], server: str) -> None:
    assert PINNED.match(compose["services"][server]["image"])


def test_the_base_images_are_pinned(dockerfile: list[str]) -> None:
    bases = [line.split()[1] for line in dockerfile if line.startswith("FROM")]

    assert bases
    assert all(PINNED.match(base) for base in bases)


def test_whatever_the_configuration_wants_is_given(compose: dict[str, Any]) -> None:
    assert wanted_variables() <= set(compose["x-environment"])


def test_every_value_that_compose_wants_stands_in_the_example() -> None:
    wanted = {found["name"] for found in VARIABLE.finditer((ROOT / "docker-compose.yml").read_text())}
    named = {line.partition("=")[0] for line in (ROOT / ".env.example").read_text().splitlines() if not line.startswith("#")}

    assert wanted == named


def test_no_secret_stands_in_the_example() -> None:
    filled = [line for line in (ROOT / ".env.example").read_text().splitlines() if re.match(r"^[A-Z_]+=.", line)]

    assert filled == ["CHEQIAO_PUBLIC_URL=https://car.example.com"]


@pytest.mark.parametrize("ignoring", [".gitignore", ".dockerignore"])
def test_the_filled_in_secrets_go_into_neither_git_nor_an_image(ignoring: str) -> None:
    assert ".env" in (ROOT / ignoring).read_text().splitlines()


def test_every_package_is_in_the_image(dockerfile: list[str]) -> None:
    copied = {line.split()[1] for line in dockerfile if line.startswith("COPY") and "--from" not in line}
    packages = {file.parent.name for file in ROOT.glob("*/__init__.py")}

    assert packages - {"tests", "bench"} <= copied
    assert {"requirements.lock", "config.yaml"} <= copied


def test_whatever_is_copied_into_the_image_is_in_the_repository(dockerfile: list[str]) -> None:
    ours = [line.split()[1:-1] for line in dockerfile if line.startswith("COPY") and "--from" not in line]

    assert [name for names in ours for name in names if not (ROOT / name).exists()] == []


def test_the_image_has_what_our_pages_take_from_others_and_not_what_tests_do(dockerfile: list[str]) -> None:
    assert "RUN .ci/assets --omit=dev" in dockerfile
    assert f"COPY --from=assets /assets/{WEB_ASSETS.name} /app/{WEB_ASSETS.name}" in dockerfile


@pytest.mark.parametrize("ignoring", [".gitignore", ".dockerignore"])
def test_what_others_wrote_goes_into_neither_git_nor_an_image_from_here(ignoring: str) -> None:
    ignored = {line.rstrip("/") for line in (ROOT / ignoring).read_text().splitlines()}

    assert {WEB_ASSETS.name, "node_modules"} <= ignored


def test_the_image_does_not_run_as_root(dockerfile: list[str]) -> None:
    assert [line for line in dockerfile if line.startswith("USER")] == ["USER cheqiao"]


def test_the_spool_is_on_a_volume(compose: dict[str, Any]) -> None:
    kept = compose["services"]["gateway"]["volumes"][0].partition(":")

    assert kept[0] in compose["volumes"]
    assert kept[2] == compose["x-environment"]["CHEQIAO_VAR"]


def test_only_those_who_face_somebody_have_a_port(compose: dict[str, Any]) -> None:
    facing = {service for zone in PREFIXES.values() for service in zone.values()} - ASKED_FROM_WITHIN

    assert {name for name, service in compose["services"].items() if service.get("ports")} == facing


def test_every_service_is_asked_whether_it_lives(compose: dict[str, Any]) -> None:
    asked = {name for name, service in compose["services"].items() if "/livez" in str(service.get("healthcheck", {}).get("test", ""))}

    assert asked == set(SERVICES)


def test_every_service_hears_that_it_should_stop(compose: dict[str, Any]) -> None:
    assert all(compose["services"][name]["init"] for name in SERVICES)


def test_the_lock_names_only_hashed_files_of_a_registry() -> None:
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    packages = [line for line in lines if not line.startswith(" ")]

    assert all(re.match(r"^[a-z0-9-]+==\S+ \\$", line) for line in packages)
    assert all(re.match(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$", line) for line in lines if line.startswith(" "))


def test_every_variable_of_the_configuration_is_named_at_its_top() -> None:
    """Templates of WeChat are named by their ends."""
    text = (ROOT / "config.yaml").read_text()
    top = text.partition("\nruntime:")[0]

    missing = {found["name"] for found in VARIABLE.finditer(text)} - set(re.findall(r"CHEQIAO_[A-Z_]+", top))

    assert [name for name in sorted(missing) if "…_" + name.removeprefix("CHEQIAO_WECHAT_TPL_") not in top] == []
