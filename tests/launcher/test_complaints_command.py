"""`cheqiao complaints` against the service's own API: what is shown, and how it ends."""

import json

import pytest
from click.testing import CliRunner
from sqlalchemy import update
from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from contracts.complaint_steps.intake import Withdraw
from launcher.commands import cheqiao
from launcher.commands.complaining import CHINA
from services.complaints.tables import sums
from tests.services.complaints.api.desk_asked import TOKEN, asked_desk
from tests.services.complaints.cases.case_worlds import AGENT
from tests.services.complaints.figures.test_complaint_reports import pass_limit
from tests.serving import Server

MONTH = ("--period", "2026-11")


@pytest.fixture
def desk(tmp_path):
    with asked_desk(tmp_path / "complaints.db") as desk:
        yield desk


@pytest.fixture
def command(desk):
    """Runs it with these words; gives its end and what it printed."""
    server = Server(DispatcherMiddleware(NotFound(), {"/complaints/v1": desk.app}))
    environ = {"CHEQIAO_HTTP_INTERNAL": f"127.0.0.1:{server.port}", "CHEQIAO_OPERATOR_TOKEN": TOKEN, "CHEQIAO_OPERATOR": "韩梅梅"}

    def run(*words):
        return CliRunner(env=environ).invoke(cheqiao, ["complaints", *words])

    yield run
    server.stop()


def test_a_recount_ends_with_one_where_the_reports_differ(desk, command):
    desk.assigned()
    right = command("recount", *MONTH)
    with desk.house.write() as tx:
        tx.execute(update(sums).values(received=sums.c.received + 1))

    wrong = command("recount", *MONTH)

    assert (right.exit_code, "一致" in right.stdout) == (0, True)
    assert (wrong.exit_code, "received" in wrong.stdout) == (1, True)


def test_what_ended_is_a_line_each_without_the_customer(desk, command):
    for _ in range(2):
        desk.take(desk.receive(), AGENT, Withdraw())

    told = command("appraisal", *MONTH)

    rows = [json.loads(line) for line in told.stdout.splitlines()]
    assert [(row["close_reason"], row["score"]) for row in rows] == [("withdrawn", None)] * 2
    assert not {"name", "mobile", "vin", "plate", "text"} & set(rows[0])


def test_nothing_overdue_is_said_so(desk, command):
    desk.assigned()

    told = command("overdue", *MONTH)

    assert (told.exit_code, "没有超期" in told.stdout) == (0, True)
    assert command("overdue", "--period", "12").exit_code == 2


def test_what_is_overdue_is_a_line_for_each_dealer_or_type_with_its_age(desk, command):
    pass_limit(desk, desk.assigned())
    month = ("--period", f"{desk.now:%Y-%m}")

    by_dealer, by_type = command("overdue", *month, "--level", "dealer"), command("overdue", *month, "--split", "type", "--json")

    assert "D001" in by_dealer.stdout
    assert f"as of {desk.now.astimezone(CHINA):%Y-%m-%d %H:%M}" in by_dealer.stdout
    assert [(row["type"], row["total"], row["up_to_1_day"]) for row in json.loads(by_type.stdout)["rows"]] == [("quality", 1, 1)]


def test_the_status_says_what_is_open_and_that_there_is_no_table_of_authority(desk, command):
    desk.receive_many(2)
    desk.take(desk.receive(), AGENT, Withdraw())

    told = command("status")
    as_json = json.loads(command("status", "--json").stdout)

    assert told.exit_code == 0
    assert "2026-12-31" in told.stdout
    assert "费用授权" in told.stdout
    assert (as_json["open"], as_json["authority_rules"]) == (2, 0)


def test_holidays_of_a_year_are_entered_from_a_file(command, tmp_path):
    days = tmp_path / "2027.txt"
    lines = ["# 2027", "2027-02-14 08:30-12:00 13:30-17:30 春节 调休", *(f"2027-02-{day:02d} 春节" for day in range(5, 14)), ""]
    days.write_text("\n".join(lines), encoding="utf-8")

    told = command("holidays", str(days))

    assert (told.exit_code, "10 天" in told.stdout) == (0, True)
    assert json.loads(command("status", "--json").stdout)["holidays_known_until"] == "2027-12-31"


def test_a_file_with_a_line_that_is_no_day_enters_nothing(command, tmp_path):
    days = tmp_path / "2027.txt"
    days.write_text("\n".join([*(f"2027-02-{day:02d} 春节" for day in range(5, 20)), "2027-02-30 春节"]), encoding="utf-8")

    told = command("holidays", str(days))

    assert (told.exit_code, "第 16 行" in told.stderr) == (2, True)
    assert json.loads(command("status", "--json").stdout)["holidays_known_until"] == "2026-12-31"
