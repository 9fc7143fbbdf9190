"""What watches the house names metrics that it really tells, and says in two languages what to do; no Prometheus is needed to know."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from adapters.wechat.gateway.metrics import Metrics
from chassis.health import Health
from chassis.telemetry import Telemetry
from launcher.house import SERVICES
from services.complaints.watching import Gauges as GaugesOfComplaints
from services.reminders.watching import Gauges as GaugesOfReminders

DEPLOY = Path(__file__).parents[2] / "deploy"
RULES = DEPLOY / "prometheus" / "cheqiao.rules.yaml"
BOARDS = sorted((DEPLOY / "grafana" / "boards").glob("*.json"))
OPERATING = DEPLOY.parent / "docs" / "operating.md"
METRIC = re.compile(r"\b(?:cheqiao|process)_[a-z0-9_]+")
SELECTED = re.compile(r"\b(?P<metric>cheqiao_[a-z0-9_]+)\{(?P<labels>[^}]*)\}")
GROUPED = re.compile(r"\bby \((?P<labels>[^)]*)\)")
FOREIGN_LABELS = {"instance", "job", "le"}
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def exposed() -> dict[str, set[str]]:
    """Every series of a process that runs all services, with its labels."""
    health = Health()
    Telemetry(health.registry)
    Metrics(health.registry, lambda: 0)
    GaugesOfReminders(health.registry)
    GaugesOfComplaints(health.registry)
    found: dict[str, set[str]] = {}
    for collector, names in health.registry._collector_to_names.items():
        labels = set(getattr(collector, "_labelnames", ()))
        for name in names:
            found[name] = labels
    for metric in health.registry.collect():
        for sample in metric.samples:
            found.setdefault(sample.name, set())
    return found


def alerts() -> list[dict[str, Any]]:
    return [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]


def expressions() -> list[str]:
    asked = [rule["expr"] for rule in alerts()]
    for board in BOARDS:
        asked += [target["expr"] for panel in json.loads(board.read_text())["panels"] for target in panel["targets"]]
    return asked


@pytest.mark.parametrize("expression", expressions())
def test_every_metric_that_is_asked_for_is_told_with_these_labels(exposed: dict[str, set[str]], expression: str):
    named = set(METRIC.findall(expression))
    selected = {label.strip().split("=")[0].rstrip("!~") for found in SELECTED.finditer(expression) for label in found["labels"].split(",")}
    grouped = {label.strip() for found in GROUPED.finditer(expression) for label in found["labels"].split(",")}

    assert named <= set(exposed)
    known = FOREIGN_LABELS.union(*(exposed[name] for name in named))
    assert (selected | grouped) <= known


@pytest.mark.parametrize("alert", alerts(), ids=lambda alert: alert["alert"])
def test_every_alert_says_in_both_languages_what_it_is_and_what_to_do(alert: dict[str, Any]):
    said = alert["annotations"]

    assert alert["labels"]["severity"] in ("critical", "warning", "info")
    assert CHINESE.search(said["summary"])
    assert CHINESE.search(said["description"])
    assert not CHINESE.search(said["summary_en"] + said["description_en"])
    page, _, anchor = said["runbook"].partition("#")
    assert page == "docs/operating.md"
    assert f'<a id="{anchor}"></a>' in OPERATING.read_text()


def test_every_alert_has_a_case_in_which_it_fires_and_one_in_which_it_does_not():
    tests = [
        test["name"] for path in (DEPLOY / "prometheus" / "tests").glob("*.yaml") for test in yaml.safe_load(path.read_text())["tests"]
    ]

    for alert in alerts():
        assert f"{alert['alert']} fires" in tests
        assert [name for name in tests if name.startswith(f"{alert['alert']} stays silent")]


def test_every_service_is_scraped():
    jobs = {job["job_name"]: job for job in yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yaml").read_text())["scrape_configs"]}

    assert set(jobs["cheqiao"]["dns_sd_configs"][0]["names"]) == set(SERVICES)


@pytest.mark.parametrize("board", BOARDS, ids=lambda path: path.stem)
def test_a_boards_panels_have_two_languages_and_stand_beside_one_another(board: Path):
    panels = json.loads(board.read_text())["panels"]

    taken = set()
    for panel in panels:
        place = panel["gridPos"]
        cells = {(place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])}
        assert not cells & taken, panel["title"]
        assert max(x for x, _ in cells) < 24
        taken |= cells
    assert all(" · " in panel["title"] and panel["datasource"]["uid"] == "prometheus" for panel in panels)


def test_no_metric_has_a_label_that_may_be_anything(exposed: dict[str, set[str]]):
    named = set().union(*exposed.values())

    assert named <= {
        "service", "step", "type", "outcome", "partner", "state", "account", "name", "mode", "result", "zone", "route", "method", "status",
        "version", "implementation", "major", "minor", "patchlevel", "generation",
    }  # fmt: skip
