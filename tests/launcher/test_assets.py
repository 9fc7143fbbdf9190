"""What our pages take from others is asked for at start, and named when it is not there."""

import json
import re
from pathlib import Path

import pytest

from chassis.settings import SettingsError
from launcher.assets import NEEDED, require_assets
from launcher.house import ROOT


def filled(folder: Path) -> Path:
    for name in NEEDED:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("body {}")
    return folder


def test_the_folder_is_found_when_all_is_in_it(tmp_path: Path) -> None:
    assert require_assets(filled(tmp_path)) == tmp_path


@pytest.mark.parametrize("missing", NEEDED)
def test_what_is_missing_is_named_with_what_to_do(tmp_path: Path, missing: str) -> None:
    (filled(tmp_path) / missing).unlink()

    with pytest.raises(SettingsError, match=f"{missing}: missing; run `make setup`"):
        require_assets(tmp_path)


def test_setup_brought_all_that_the_pages_need() -> None:
    assert require_assets() == ROOT / "web_assets"


def test_every_version_is_exact_and_the_same_in_the_lock() -> None:
    package = json.loads((ROOT / "package.json").read_text())
    wanted = package["dependencies"] | package["devDependencies"]
    locked = json.loads((ROOT / "package-lock.json").read_text())["packages"]

    assert all(re.match(r"^\d+\.\d+\.\d+$", version) for version in wanted.values())
    assert {name: locked[f"node_modules/{name}"]["version"] for name in wanted} == wanted


def test_the_lock_has_a_hash_for_every_package_and_names_no_registry() -> None:
    text = (ROOT / "package-lock.json").read_text()
    packages = [entry for path, entry in json.loads(text)["packages"].items() if path]

    assert packages
    assert all(entry["integrity"].startswith("sha512-") for entry in packages)
    assert "://" not in text + (ROOT / ".npmrc").read_text()
