"""Statistics of reminders and appointments: what is counted, both readings, what each account reaches, and exports."""

import csv
import io
import re

import pytest

from contracts.reminder_figures import AppointmentSums, ReminderSums
from contracts.reminders import SERVICE_TYPES
from services.console import store
from services.console.periods import moved
from services.console.reckoning import added, arrived_rate, due, either_rate, returned_of_tracked, returned_rate, to_call, tracked_rate
from tests.services.console.reminding_fake import DEALERS, REGIONS

LAST = "2026-02"


def counted(reminding, period, dealers):
    return added((reminding.sums(period, dealer, type) for dealer in dealers for type in SERVICE_TYPES), ReminderSums())


def table(answer):
    return list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))


def tiles(answer):
    """Title to number, as they are read."""
    found = re.findall(
        r'<div class="stat-title">(?:<a [^>]*>)?([^<]+)(?:</a>)?</div>\s*<div class="stat-value"><b>([^<]+)</b>', answer.text
    )
    return dict(found)


def test_rates_are_worked_out_from_sums_and_nothing_is_divided_by_nothing():
    sums = ReminderSums(due_new=80, due_carried=20, tracked=50, reached_either=60, returned=25)

    assert (tracked_rate(sums), either_rate(sums), returned_rate(sums), returned_of_tracked(sums)) == (0.5, 0.6, 0.25, 0.5)
    assert (tracked_rate(ReminderSums()), arrived_rate(AppointmentSums())) == (None, None)
    assert to_call(AppointmentSums(requested=10, withdrawn_uncalled=3)) == 7


def test_the_nation_is_the_sum_of_its_dealers(console, reminding):
    answer = console.login("operator").get(f"/figures?period={LAST}")

    nation = counted(reminding, LAST, DEALERS)
    shown = tiles(answer)
    assert shown["应提醒"] == f"{due(nation):,}"
    assert shown["未回厂"] == f"{nation.not_returned:,}"
    assert shown["提醒回厂率"] == f"{returned_rate(nation) * 100:.0f} %"
    assert f"占已跟踪 {returned_of_tracked(nation) * 100:.0f} %" in answer.text


def test_a_month_without_items_shows_dashes_not_noughts_of_rates(console):
    shown = tiles(console.login("operator").get("/figures?period=2026-04"))

    assert (shown["应提醒"], shown["提醒完成率"], shown["提醒回厂率"]) == ("0", "–", "–")


def test_a_frozen_month_says_since_when_and_what_changed_since(console):
    answer = console.login("operator").get(f"/figures?period={LAST}")

    assert "已于 2026-03-06 冻结；此后更正：已回厂 +3，未回厂 −3" in answer.text


@pytest.mark.parametrize(
    ("by", "rows"), [("regions", len(REGIONS)), ("dealers", len(DEALERS)), ("types", len(SERVICE_TYPES) + 2), ("months", 12)]
)
def test_the_table_is_cut_by_regions_dealers_types_and_months(console, by, rows):
    answer = console.login("auditor").get(f"/figures?period={LAST}&by={by}&format=csv")

    assert len(table(answer)) == 1 + rows


def test_an_export_holds_sums_and_rates_that_a_spreadsheet_can_count_with(console, reminding):
    answer = console.login("operator").get(f"/figures?period={LAST}&by=dealers&format=csv&cols=code&cols=due&cols=tracked_rate")

    rows = {code: (int(number), float(share)) for code, number, share in table(answer)[1:]}
    sums = counted(reminding, LAST, ["D007"])
    assert rows["D007"] == (due(sums), pytest.approx(tracked_rate(sums)))


def test_excel_is_exported_too(console):
    answer = console.login("operator").get(f"/figures/appointments?period={LAST}&by=dealers&format=xlsx")

    assert answer.data[:2] == b"PK"
    assert f"appointments-nation-{LAST}-dealers.xlsx" in answer.headers["Content-Disposition"]


def test_a_region_shows_its_dealers_and_no_others(console):
    answer = console.login("operator").get(f"/figures?period={LAST}&region=WEST&by=dealers&format=csv&cols=name")

    assert {name for (name,) in table(answer)[1:]} == {name for name, region in DEALERS.values() if region == "WEST"}


def test_a_dealers_manager_sees_one_dealer_whatever_the_address_says(console, reminding):
    manager = console.login("dealer_manager")

    answer = manager.get(f"/figures?period={LAST}&dealer=D009&region=WEST")

    assert tiles(answer)["应提醒"] == f"{due(counted(reminding, LAST, ['D001'])):,}"
    assert {scope for *_, scope in reminding.asked} == {"dealer:D001"}
    assert DEALERS["D009"][0] not in answer.text


def test_a_regions_manager_sees_the_dealers_of_the_region_and_no_others(console, reminding):
    manager = console.login("region_manager")

    answer = manager.get(f"/figures?period={LAST}&by=dealers&format=csv&cols=name")
    elsewhere = manager.get(f"/figures?period={LAST}&dealer=D009")

    assert {name for (name,) in table(answer)[1:]} == {name for name, region in DEALERS.values() if region == "EAST"}
    assert tiles(elsewhere)["应提醒"] == "0"
    assert {scope for *_, scope in reminding.asked} == {"region:EAST"}


def test_staff_of_the_house_have_no_scope(console, reminding):
    console.login("auditor").get("/figures")

    assert {(operator, scope) for *_, operator, scope in reminding.asked} == {("auditor", None)}


def test_a_manager_whose_account_names_no_place_sees_nothing(console, reminding):
    with console.context.database.write() as tx:
        tx.execute(store.staff.update().where(store.staff.c.name == "dealer_manager").values(scope=""))

    answers = [console.login("dealer_manager").get(path) for path in ("/figures", "/figures/appointments", "/lists")]

    assert [answer.status_code for answer in answers] == [403] * 3
    assert reminding.asked == []


def test_the_trend_goes_back_a_year_and_marks_the_month_that_runs(console, reminding):
    answer = console.login("operator").get("/figures")

    (months,) = re.findall(r'<months-chart[^>]* data-chart="([^"]+)"', answer.text)
    assert months.count("月&#34;") == 12
    assert "&#34;running&#34;:true" in months
    assert ("GET", "/reminders/v1/figures", moved(reminding.period, -11)) in [
        (a, b, query.get("first")) for a, b, query, *_ in reminding.asked
    ]


def test_of_many_dealers_the_best_and_the_worst_are_drawn(console):
    answer = console.login("operator").get(f"/figures?period={LAST}")

    assert f"（前 10 与后 5，共 {len(DEALERS)} 家）" in answer.text


def test_appointments_count_alike(console, reminding):
    answer = console.login("operator").get(f"/figures/appointments?period={LAST}")

    sums = added((reminding.booked(LAST, dealer) for dealer in DEALERS), AppointmentSums())
    shown = tiles(answer)
    assert (shown["应预约"], shown["应电话反馈"]) == (f"{sums.requested:,}", f"{to_call(sums):,}")
    assert shown["预约回厂率"] == f"{arrived_rate(sums) * 100:.0f} %"


@pytest.mark.parametrize("asked", ["period=2026-13", "period=soon", "dealer=%3Cscript%3E"])
def test_what_is_no_month_and_no_place_is_said_in_words(console, asked):
    answer = console.login("operator").get(f"/figures?{asked}")

    assert answer.status_code == 400
    assert "<script>" not in answer.text.split("<main")[1]


def test_while_reminders_is_away_the_page_says_which_service(console, reminding):
    reminding.stop()

    answer = console.login("operator").get("/figures")

    assert answer.status_code == 503
    assert "提醒服务暂时没有回答" in answer.text


def test_managers_find_their_statistics_at_once_and_nothing_of_the_house(console):
    manager = console.login("region_manager")

    assert manager.get("/").headers["Location"] == "/console/figures"
    assert [manager.get(path).status_code for path in ("/queues", "/parked", "/reminders", "/facts", "/rules", "/audit", "/staff")] == [
        403
    ] * 7
    assert "/console/queues" not in manager.get("/figures").text
