"""The reports about complaints: what is counted and how it is cut, what each account reaches, overdue ages, appraisal exports, recount."""

import csv
import io
import re
from zipfile import ZipFile

import pytest

from contracts.complaint_figures import ComplaintRecountRow, ComplaintSums, OverdueRow
from contracts.complaint_words import CaseType, CloseReason, DeadlineKind, Grade, Trigger
from services.console import store
from services.console.complaint_measures import MEASURES
from services.console.complaint_rates import content_rate, first_reply_rate, mean_score, on_time_rate, reopened_rate
from services.console.periods import moved
from services.console.views.complaint_figures_drawn import ENDINGS, TRIGGERS, limits_of
from tests.services.console.complaint_figures_fake import TYPES, added
from tests.services.console.complaint_seeds import ALL_DEALERS

LAST = "2026-02"
PATH = "/complaint-figures"
PAGES = (PATH, f"{PATH}/overdue", f"{PATH}/appraisal")
EAST = [code for code, _, region, _ in ALL_DEALERS if region == "EAST"]


def counted(complaining, **wanted):
    """Of all slices that are so."""
    sums = ComplaintSums()
    for one in complaining.reports.slices([wanted["period"]]):
        if all(getattr(one, name) == value for name, value in wanted.items()):
            sums = added(sums, complaining.reports.sums(one))
    return sums


def over(complaining, **wanted):
    found = OverdueRow(code="")
    for one in complaining.reports.slices([wanted["period"]]):
        if all(getattr(one, name) == value for name, value in wanted.items()):
            found = added(found, complaining.reports.over(one))
    return found


def table(answer):
    return list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))


def tiles(answer):
    """Title to number, as they are read."""
    found = re.findall(
        r'<div class="stat-title">(?:<a [^>]*>)?([^<]+)(?:</a>)?</div>\s*<div class="stat-value"><b>([^<]+)</b>', answer.text
    )
    return dict(found)


def hundredths(share):
    return f"{share * 100:.1f} %" if 0 < share < 0.1 else f"{share * 100:.0f} %"


def asked(complaining):
    """Path, query, role and scope of what was asked of the reports."""
    return [(path.partition("?")[0], query, role, scope) for _, path, query, _, role, scope in complaining.asked]


def off(measure="close_kept", kept=12, counted=13, type="quality", grade="serious"):
    return ComplaintRecountRow(region_code="EAST", dealer_code="D003", type=type, grade=grade, measure=measure, kept=kept, counted=counted)


def test_rates_are_worked_out_from_sums_and_nothing_is_divided_by_nothing():
    sums = ComplaintSums(closed=20, close_met=16, close_kept=12, closed_reopened=5, answered=4, content=3, score_total=17)

    assert (on_time_rate(sums), reopened_rate(sums), content_rate(sums), mean_score(sums)) == (0.75, 0.25, 0.75, 4.25)
    nothing = ComplaintSums()
    assert [rate(nothing) for rate in (on_time_rate, first_reply_rate, reopened_rate, content_rate, mean_score)] == [None] * 5


def test_every_measure_trigger_and_ending_has_words():
    assert set(MEASURES) == set(ComplaintSums.model_fields)
    assert set(TRIGGERS) == set(Trigger)
    assert set(ENDINGS) == {f"closed_{reason.value}" for reason in CloseReason} | {"solved_direct", "closed_invalid"}


def test_the_nation_is_the_sum_of_its_slices(console, complaining):
    answer = console.login("complaint_handler").get(f"{PATH}?period={LAST}")

    nation, shown = counted(complaining, period=LAST), tiles(answer)
    assert (shown["收到"], shown["结案"], shown["升级"]) == (f"{nation.received:,}", f"{nation.closed:,}", f"{nation.escalated:,}")
    assert (shown["按时结案率"], shown["满意率"]) == (hundredths(on_time_rate(nation)), hundredths(content_rate(nation)))
    assert shown["月末超期未结"] == f"{over(complaining, period=LAST).total:,}"
    assert f"重开过 {nation.closed_reopened}（{hundredths(reopened_rate(nation))}）" in answer.text


def test_a_month_in_which_nothing_happened_shows_dashes_not_noughts_of_rates(console):
    shown = tiles(console.login("monitor").get(f"{PATH}?period=2024-06"))

    assert (shown["收到"], shown["按时结案率"], shown["满意率"], shown["月末超期未结"]) == ("0", "–", "–", "0")


def test_a_frozen_month_says_since_when_and_what_changed_since(console):
    answer = console.login("monitor").get(f"{PATH}?period={LAST}")

    assert "已于 2026-03-06 冻结；此后更正：结案后又重开 +2，低分 +1" in answer.text


@pytest.mark.parametrize(("by", "rows"), [("regions", 5), ("dealers", 1 + len(ALL_DEALERS)), ("types", 6), ("grades", 4), ("months", 12)])
def test_the_table_is_cut_by_regions_dealers_types_grades_and_months(console, by, rows):
    answer = console.login("auditor").get(f"{PATH}?period={LAST}&by={by}&format=csv")

    assert len(table(answer)) == 1 + rows


def test_types_and_grades_stand_as_people_list_them_and_what_is_not_filed_is_said_so(console):
    monitor = console.login("monitor")

    types, grades = (
        [name for (name,) in table(monitor.get(f"{PATH}?period={LAST}&by={by}&format=csv&cols=name"))[1:]] for by in ("types", "grades")
    )

    assert types == ["未建档", "品质", "销售", "服务", "部品", "其他"]
    assert grades == ["未建档", "一般", "严重", "重大"]


def test_an_export_holds_sums_and_rates_that_a_spreadsheet_can_count_with(console, complaining):
    answer = console.login("leader").get(
        f"{PATH}?period={LAST}&by=dealers&format=csv&cols=code&cols=close_met&cols=on_time_rate&cols=mean_score"
    )

    rows = {code: (int(met), float(rate), float(mean)) for code, rate, mean, met in table(answer)[1:] if code}
    sums = counted(complaining, period=LAST, dealer="D007")
    assert rows["D007"] == (sums.close_met, pytest.approx(on_time_rate(sums)), pytest.approx(mean_score(sums), abs=0.005))


def test_excel_is_exported_too(console):
    answer = console.login("operator").get(f"{PATH}?period={LAST}&by=types&format=xlsx")

    assert answer.data[:2] == b"PK"
    assert f"complaints-nation-{LAST}-types.xlsx" in answer.headers["Content-Disposition"]


def test_type_and_grade_hold_for_every_number_of_the_page_and_stay_in_its_links(console, complaining):
    answer = console.login("monitor").get(f"{PATH}?period={LAST}&type=quality&grade=major")

    wanted = {"period": LAST, "type": CaseType.QUALITY, "grade": Grade.MAJOR}
    assert tiles(answer)["收到"] == f"{counted(complaining, **wanted).received:,}"
    assert tiles(answer)["月末超期未结"] == f"{over(complaining, **wanted).total:,}"
    asked_of = [query for path, query, *_ in asked(complaining) if "/figures" in path]
    assert {(query.get("type"), query.get("grade")) for query in asked_of} == {("quality", "major")}
    assert f'{PATH}/overdue?period={LAST}&amp;type=quality&amp;grade=major"' in answer.text
    assert f'{PATH}?period={LAST}&amp;type=quality&amp;grade=major&amp;region=EAST"' in answer.text


def test_a_region_shows_its_dealers_and_no_others(console):
    answer = console.login("monitor").get(f"{PATH}?period={LAST}&region=EAST&by=dealers&format=csv&cols=code")

    assert sorted(code for (code,) in table(answer)[1:]) == sorted(EAST)


def test_a_limit_that_nobody_had_is_not_drawn(console):
    sums = ComplaintSums(close_met=4, close_kept=3, close_breached=1, vrt_conclusion_breached=1)

    bars = limits_of(sums).bars

    assert [(bar.name, bar.value, bar.label) for bar in bars] == [("VRT 结论", None, "– · 0/0"), ("结案", 0.75, "75 % · 3/4")]
    assert len(DeadlineKind) > len(bars)


def test_the_trend_goes_back_a_year_and_marks_the_month_that_runs(console, complaining):
    answer = console.login("monitor").get(PATH)

    (months,) = re.findall(r'<months-chart[^>]* data-chart="([^"]+)"', answer.text)
    assert months.count("月&#34;") == 12
    assert "&#34;running&#34;:true" in months
    assert moved(complaining.reports.period, -11) in {query.get("first") for _, query, *_ in asked(complaining)}


def test_of_dealers_the_best_come_first_and_of_reopening_those_with_the_least(console, complaining):
    monitor = console.login("monitor")

    def best(measure):
        page = monitor.get(f"{PATH}?period={LAST}&measure={measure}").text
        return re.search(r'aria-label="服务店排名[^"]*?[：][^"]*?：([^ ]+) ', page).group(1)

    sums = {name: counted(complaining, period=LAST, dealer=code) for code, name, *_ in ALL_DEALERS}
    assert on_time_rate(sums[best("on_time")]) == max(on_time_rate(one) for one in sums.values())
    assert reopened_rate(sums[best("reopened")]) == min(reopened_rate(one) for one in sums.values())


@pytest.mark.parametrize("path", PAGES)
def test_a_dealers_manager_sees_one_dealer_whatever_the_address_says(console, complaining, path):
    answer = console.login("dealer_manager").get(f"{path}?period={LAST}&dealer=D009&region=NORTH")

    reports = [(query, role, scope) for where, query, role, scope in asked(complaining) if "figures" in where or "appraisal" in where]
    assert answer.status_code == 200
    assert {(role, scope) for _, role, scope in reports} == {("dealer", "dealer:D001")}
    assert {query.get("code") or query.get("dealer") for query, *_ in reports} == {"D001"}
    assert "天津滨海店" not in answer.text
    assert "上海浦东店" in answer.text


def test_a_dealers_own_numbers_are_what_is_shown(console, complaining):
    shown = tiles(console.login("dealer_manager").get(f"{PATH}?period={LAST}"))

    own = counted(complaining, period=LAST, dealer="D001")
    assert (shown["收到"], shown["结案"]) == (f"{own.received:,}", f"{own.closed:,}")


@pytest.mark.parametrize("path", PAGES[:2])
def test_a_regions_manager_sees_the_dealers_of_the_region_and_no_others(console, complaining, path):
    manager = console.login("region_manager")

    theirs = table(manager.get(f"{path}?period={LAST}&by=dealers&format=csv&cols=code"))[1:]
    elsewhere = table(manager.get(f"{path}?period={LAST}&dealer=D009&by=types&format=csv&cols=name"))[1:]

    assert theirs
    assert {code for (code,) in theirs} <= set(EAST)
    assert elsewhere == []
    assert {scope for *_, scope in asked(complaining)} == {"region:EAST"}


def test_appraisal_of_another_regions_dealer_is_empty(console):
    manager = console.login("region_manager")

    own, elsewhere = (table(manager.get(f"{PATH}/appraisal?period={LAST}&dealer={code}&format=csv")) for code in ("D001", "D009"))

    assert len(own) > 1
    assert elsewhere[1:] == []


@pytest.mark.parametrize(
    ("role", "acts"), [("complaint_handler", "handler"), ("agent", "agent"), ("leader", "leader:2"), ("auditor", "monitor")]
)
def test_head_office_has_no_scope(console, complaining, role, acts):
    answer = console.login(role).get(PATH)

    assert answer.status_code == 200
    assert {(role, scope) for *_, role, scope in asked(complaining)} == {(acts, "")}


@pytest.mark.parametrize("path", PAGES)
def test_a_manager_whose_account_names_no_place_sees_nothing(console, complaining, path):
    with console.context.database.write() as tx:
        tx.execute(store.staff.update().where(store.staff.c.name == "dealer_manager").values(scope=""))

    answer = console.login("dealer_manager").get(path)

    assert (answer.status_code, complaining.asked) == (403, [])


@pytest.mark.parametrize("role", ["technical", "vrt_member", "legal", "marketing", "dealer_staff", "integrator"])
def test_who_sees_single_cases_only_is_not_offered_reports_and_not_let_in(console, role):
    visitor = console.login(role)

    answers = [visitor.get(path).status_code for path in (*PAGES, f"{PATH}/recount")]

    assert answers == [403] * 4
    assert "/console/complaint-figures" not in visitor.get("/own/password").text


@pytest.mark.parametrize("wrong", ["period=2026-13", "dealer=%3Cscript%3E", "type=nonsense", "grade=worst"])
@pytest.mark.parametrize("path", PAGES[:2])
def test_what_is_no_month_place_type_or_grade_is_said_in_words(console, complaining, path, wrong):
    answer = console.login("monitor").get(f"{path}?{wrong}")

    assert answer.status_code == 400
    assert "<script>" not in answer.text.split("<main")[1]
    assert complaining.asked == []


@pytest.mark.parametrize("path", PAGES)
def test_while_complaints_is_away_the_page_says_so(console, complaining, path):
    complaining.stop()

    answer = console.login("monitor").get(path)

    assert answer.status_code == 503
    assert "投诉服务暂时没有回答" in answer.text


def test_how_each_figure_comes_about_is_on_the_page(console):
    text = console.login("monitor").get(PATH).text

    assert "建档前撤诉的没有时限，不计" in text
    assert "当月给出的评分中 4、5 分的占比" in text


# overdue


def test_overdue_cases_stand_by_age_and_lead_to_the_desk(console, complaining):
    period = complaining.reports.period
    answer = console.login("complaint_handler").get(f"{PATH}/overdue?region=EAST&grade=serious")

    total = over(complaining, period=period, region="EAST", grade=Grade.SERIOUS)
    assert f"过了结案时限还没有了结的单：<b>{total.total}</b>" in answer.text
    assert f"30 天以上 {total.longer}" in answer.text
    assert 'href="/console/complaints?region=EAST&amp;grade=serious&amp;queue=overdue"' in answer.text


@pytest.mark.parametrize(("by", "name"), [("regions", "EAST"), ("dealers", "D004"), ("types", "quality"), ("grades", "general")])
def test_overdue_cases_are_cut_by_region_dealer_type_and_grade(console, complaining, by, name):
    answer = console.login("monitor").get(f"{PATH}/overdue?period={LAST}&by={by}&format=csv&cols=code&cols=total&cols=up_to_7_days")

    wanted = over(complaining, period=LAST, **{by.removesuffix("s"): name})
    rows = {code: (int(total), int(week)) for code, total, week in table(answer)[1:]}
    assert rows[name] == (wanted.total, wanted.up_to_7_days)


def test_a_month_that_is_over_shows_how_it_was_at_its_end_and_leads_to_no_desk(console):
    text = console.login("monitor").get(f"{PATH}/overdue?period={LAST}").text

    assert "月末时的样子" in text
    assert "queue=overdue" not in text


# appraisal


def test_appraisal_pages_by_cursor_and_its_export_has_every_case(console, complaining):
    monitor, whole = console.login("monitor"), list(complaining.reports.rows(LAST))

    first = monitor.get(f"{PATH}/appraisal?period={LAST}")
    after = re.search(r"after=(TS\d+)", first.text).group(1)
    second = monitor.get(f"{PATH}/appraisal?period={LAST}&after={after}")
    export = table(monitor.get(f"{PATH}/appraisal?period={LAST}&format=csv&cols=number&cols=fee"))

    shown = [re.findall(r">(TS\d+)</a>", page.text) for page in (first, second)]
    assert [*shown[0], *shown[1]] == [row.number for row in whole[:40]]
    assert [(number, fee) for number, fee in export[1:]] == [
        (row.number, str(float(row.fee_yuan)) if row.fee_yuan else "") for row in whole
    ]
    assert ("monitor", "appraisal.exported", LAST) in console.audited()


def test_all_that_is_known_of_each_case_is_one_file(console):
    monitor = console.login("monitor")
    page = monitor.get(f"{PATH}/appraisal?period={LAST}&dealer=D001").text
    address = re.search(r'href="/console(/complaint-figures/appraisal\?[^"]*format=xlsx)" download>(?:(?!</a>).)*导出全部列', page, re.S)

    answer = monitor.get(address.group(1).replace("&amp;", "&"))

    with ZipFile(io.BytesIO(answer.data)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count('<c r="') % 23 == 0
    assert 'r="W2"' in sheet
    assert f"appraisal-D001-{LAST}.xlsx" in answer.headers["Content-Disposition"]


def test_nobody_is_asked_for_a_page_that_cannot_be(console, complaining):
    answer = console.login("monitor").get(f"{PATH}/appraisal?after={'9' * 65}")

    assert answer.status_code == 400
    assert not [path for path, *_ in asked(complaining) if "appraisal" in path]


# recount


def test_what_is_equal_is_said_so_and_written_down(console, complaining):
    answer = console.login("complaint_handler").post(f"{PATH}/recount", {"period": LAST})

    assert "一致" in answer.text
    assert "2026年2月" in answer.text
    assert asked(complaining) == [("/complaints/v1/figures/recount", {"period": LAST}, "handler", "")]
    assert console.audited() == [("complaint_handler", "recount.complaints", LAST)]


def test_what_differs_is_a_table_in_words_with_both_numbers(console, complaining):
    complaining.reports.off = (off(), off("low", 4, 1, "", ""), off("unheard_of", 1, 0, "new_type", "new_grade"))

    answer = console.login("auditor").post(f"{PATH}/recount", {"period": LAST})

    assert "3 处不一致" in answer.text
    for told in ("D003", "品质", "严重", "结案按时", ">12<", ">13<", "−1", "低分", "+3", "unheard_of", "new_type", "new_grade"):
        assert told in answer.text
    assert "没有改动任何数字" in answer.text


def test_of_thousands_the_first_are_listed_and_the_rest_are_counted(console, complaining):
    complaining.reports.off = (off(),) * 1203

    answer = console.login("operator").post(f"{PATH}/recount", {"period": LAST})

    assert answer.text.count("D003") == 500
    assert "另有 703 处没有列出" in answer.text


@pytest.mark.parametrize("role", ["dealer_manager", "region_manager"])
def test_managers_of_a_part_are_neither_offered_a_recount_nor_let_in(console, complaining, role):
    manager = console.login(role)

    page, answers = manager.get(PATH), [manager.get(f"{PATH}/recount"), manager.post(f"{PATH}/recount", {"period": LAST})]

    assert f"{PATH}/recount" not in page.text
    assert [answer.status_code for answer in answers] == [403, 403]
    assert not [path for path, *_ in asked(complaining) if path.endswith("/recount")]


def test_the_reports_lead_to_the_recount_with_their_month(console):
    leader = console.login("leader")

    answer, page = leader.get(f"{PATH}?period={LAST}"), leader.get(f"{PATH}/recount?period={LAST}")

    assert f"/console{PATH}/recount?period={LAST}" in answer.text
    assert f'<option value="{LAST}" selected>' in page.text


def test_without_the_token_nothing_is_counted(console, complaining):
    answer = console.login("monitor").post(f"{PATH}/recount", {"period": LAST, "csrf": "x"})

    assert (answer.status_code, complaining.asked, console.audited()) == (403, [], [])


def test_what_is_no_month_is_not_counted(console, complaining):
    answer = console.login("monitor").post(f"{PATH}/recount", {"period": "soon"})

    assert (answer.status_code, complaining.asked, console.audited()) == (400, [], [])


def test_a_dealer_has_as_many_rows_as_types(console):
    answer = console.login("dealer_manager").get(f"{PATH}?period={LAST}&by=regions&format=csv&cols=name")

    assert len(table(answer)) == 1 + len(TYPES)
