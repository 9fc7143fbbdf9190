"""The month's runs, loads and dirty rows: how far they are, what they found, and orders about them."""

import json

import pytest

from services.console import store
from tests.services.console.reminding_fake import id_of


def test_this_month_and_the_next_are_seen_with_how_far_they_are(console):
    answer = console.login("integrator").get("/reminders")

    assert "已看 412,000 辆车，得出 37,633 条提醒" in answer.text
    assert 'value="412000" max="1000000"' in answer.text
    assert "与 DMS 的数量或校验和不符" in answer.text


def test_items_that_wait_for_a_message_and_messages_that_wait_for_their_turn_are_told_apart(console):
    visitor = console.login("integrator")

    chinese = visitor.get("/reminders").text
    visitor.set_cookie("cheqiao_lang", "en")
    english = visitor.get("/reminders").text

    assert [words in chinese for words in ("待提醒", "8,610", "本月稍后 96,300 条", "已排队", "1,840", "其中顺延 25 条")] == [True] * 6
    assert [words in english for words in ("To be told", "96,300 later this month", "Planned", "25 postponed")] == [True] * 4


def test_a_month_is_ordered_and_its_progress_shown(console, reminding):
    answer = console.login("operator").post("/reminders/runs", {"period": "2026-03"})

    run = next(run for run in reminding.runs.values() if run.run_no == 3)
    assert answer.headers["Location"] == f"/console/reminders/runs/{run.run_id}"
    assert run.ordered_by == "operator"
    assert ("operator", "run.start", "2026-03") in console.audited()


def test_a_run_that_goes_on_asks_for_itself_and_one_that_is_over_does_not(console):
    visitor = console.login("operator")

    going, over = visitor.get(f"/reminders/runs/{id_of('2026-04', 1)}"), visitor.get(f"/reminders/runs/{id_of('2026-03', 2)}")

    assert ('hx-trigger="every 2s"' in going.text, 'hx-trigger="every 2s"' in over.text) == (True, False)


def test_what_a_later_run_found_otherwise_is_listed_and_exported_whole(console):
    visitor, run = console.login("auditor"), id_of("2026-03", 2)

    shown, exported = visitor.get(f"/reminders/runs/{run}"), visitor.get(f"/reminders/runs/{run}?format=csv")

    assert "与首次的差异" in shown.text
    assert f"/reminders/runs/{run}?after=20" in shown.text
    assert len(exported.text.splitlines()) == 1 + 245


def test_counts_that_are_not_the_dmss_are_named_by_type(console):
    answer = console.login("auditor").get(f"/reminders/runs/{id_of('2026-02', 1)}")

    assert answer.text.count("一致") == 6
    assert "差 6" in answer.text
    assert "198442790321" in answer.text


def test_a_month_that_differs_is_accepted_by_who_may_order_and_it_is_written_down(console, reminding):
    run = id_of("2026-02", 1)
    visitor, auditor = console.login("operator"), console.login("auditor")
    offered, not_offered = visitor.get(f"/reminders/runs/{run}").text, auditor.get(f"/reminders/runs/{run}").text
    refused = auditor.post(f"/reminders/runs/{run}/accept")

    answer = visitor.post(f"/reminders/runs/{run}/accept")

    assert ("照收到的交给 CSC？" in offered, "照收到的交给 CSC？" in not_offered, refused.status_code) == (True, False, 403)
    assert answer.headers["Location"] == f"/console/reminders/runs/{run}"
    assert (reminding.runs[run].state, reminding.runs[run].accepted_by) == ("tasks", "operator")
    assert ("operator", "run.accepted", str(run)) in console.audited()
    shown = visitor.get(f"/reminders/runs/{run}").text
    assert ("放行 operator" in shown, "照收到的交给 CSC？" in shown) == (True, False)
    assert visitor.post(f"/reminders/runs/{run}/accept").status_code == 409


def test_an_unknown_run_is_said_in_words(console):
    assert console.login("auditor").get(f"/reminders/runs/{id_of('none')}").status_code == 404


def test_loads_are_seen_with_how_far_they_are_and_how_long_they_take(console):
    answer = console.login("integrator").get("/facts")

    assert 'value="365500" max="1000000"' in answer.text
    assert "约还要 26 分钟" in answer.text
    assert "从停下处继续" not in answer.text  # a later load of the same was done


def test_a_load_is_begun_stopped_and_goes_on_by_order(console, reminding):
    visitor = console.login("operator")

    visitor.post("/facts/loads", {"source": "dates", "full": "yes"})
    load = next(load for load in reminding.loads.values() if load.source == "dates" and load.ordered_by == "operator")
    visitor.post(f"/facts/loads/{load.load_id}/stop")
    stopped, offered = reminding.loads[load.load_id].state, visitor.get("/facts")
    visitor.post(f"/facts/loads/{load.load_id}/resume")

    assert (stopped, reminding.loads[load.load_id].state) == ("stopped", "running")
    assert "从停下处继续" in offered.text
    told = [("load.start", "dates"), ("load.stop", str(load.load_id)), ("load.resume", str(load.load_id))]
    assert [(action, about) for _, action, about in console.audited()] == told


def test_a_load_that_runs_is_not_begun_twice_and_the_answer_says_so(console):
    answer = console.login("operator").post("/facts/loads", {"source": "cars"})

    assert answer.status_code == 409
    assert "这一项正在读取" in answer.text


@pytest.mark.parametrize("path", ["/reminders/runs", "/facts/loads", "/rules"])
def test_who_may_only_look_orders_nothing(console, path):
    assert console.login("auditor").post(path).status_code == 403


def test_dirty_rows_come_with_their_reason_and_a_number_for_each(console, reminding):
    answer = console.login("auditor").get("/facts/dirty?source=cars&flaw=zero&dealer=D003")

    (query,) = [query for _, path, query, *_ in reminding.asked if path.endswith("/dirty")]
    assert query == {"source": "cars", "flaw": "zero", "dealer": "D003"}
    assert "为 0 (4,630)" in answer.text
    assert len(console.login("auditor").get("/facts/dirty?format=csv").text.splitlines()) == 1 + 125


@pytest.mark.parametrize("asked", ["source=moon", "flaw=ugly", "dealer=%27%3B"])
def test_a_filter_that_is_none_is_said_in_words(console, asked):
    assert console.login("auditor").get(f"/facts/dirty?{asked}").status_code == 400


def form_of(rulebook, **changed):
    """The form as the page shows it, with some fields otherwise."""
    form = {"version": str(rulebook.version)}
    for type, rule in rulebook.rules.items():
        models = "\n".join(f"{model}={months}" for model, months in rule.months_by_model.items())
        form |= {f"{type}.months": "" if rule.months is None else rule.months, f"{type}.months_by_model": models}
        form |= {f"{type}.lead_days": rule.lead_days, f"{type}.window_days": rule.window_days}
        form |= {f"{type}.enabled": "yes"} if rule.enabled else {}
    return form | changed


def test_rules_are_kept_as_a_new_version_with_who_changed_what(console, reminding):
    before = reminding.rulebook

    answer = console.login("operator").post(
        "/rules", form_of(before, **{"maintenance.months": "9", "warranty.months_by_model": "SUV-1 = 60"})
    )

    assert answer.headers["Location"] == "/console/rules?saved=1"
    rules = reminding.rulebook.rules
    assert (reminding.rulebook.version, rules["maintenance"].months, rules["warranty"].months_by_model) == (5, 9, {"SUV-1": 60})
    assert rules["first_maintenance"] == before.rules["first_maintenance"]
    with console.context.database.read() as connection:
        row = connection.execute(store.audit.select().where(store.audit.c.action == "rules.changed")).one()
    assert (row.about, json.loads(row.details)) == ("5", {"types": "maintenance, warranty"})


def test_rules_that_nobody_changed_make_no_version(console, reminding):
    console.login("operator").post("/rules", form_of(reminding.rulebook))

    assert (reminding.rulebook.version, console.audited()) == (4, [])


def test_who_changes_rules_that_somebody_else_has_changed_keeps_what_they_typed(console, reminding):
    mine = form_of(reminding.rulebook, **{"insurance.lead_days": "45"})
    reminding.rulebook = reminding.rulebook.model_copy(update={"version": 5})

    answer = console.login("operator").post("/rules", mine)

    assert answer.status_code == 409
    assert "规则已被别人改过" in answer.text
    assert 'name="insurance.lead_days" value="45"' in answer.text


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("maintenance.months", "241"),
        ("maintenance.months", "x"),
        ("inspection.lead_days", "-1"),
        ("inspection.window_days", "1.5"),
        ("warranty.months_by_model", "EV7: 12"),
        ("warranty.months_by_model", "EV7 = many"),
    ],
)
def test_a_field_that_cannot_be_is_marked_and_nothing_is_kept(console, reminding, field, typed):
    answer = console.login("operator").post("/rules", form_of(reminding.rulebook, **{field: typed}))

    assert answer.status_code == 422
    assert f'id="wrong-{field}"' in answer.text
    assert reminding.rulebook.version == 4


def test_who_may_not_change_the_rules_sees_them(console):
    answer = console.login("auditor").get("/rules")

    assert "第 4 版" in answer.text
    assert ('data-opens="save-rules"' in answer.text, answer.text.count(" disabled")) == (False, 7 + 3 + 7 + 5 + 3)


def test_why_a_car_is_reminded_is_said_for_every_type_and_the_vin_stands_in_no_address(console, reminding):
    visitor = console.login("integrator")

    answer = visitor.post("/rules/explain", {"vin": " lsvaa4187e2123456 ", "period": "2026-04"})

    assert "首保已经做过" in answer.text
    assert "2026-04-18" in answer.text
    assert "交强险到期日：占位日期（1900、9999）" in answer.text
    assert not [path for _, path, query, *_ in reminding.asked if "LSVAA" in path + str(query)]
    assert console.audited() == [("integrator", "rules.explained", "2026-04")]


def test_a_vin_that_cannot_be_is_not_asked_for(console, reminding):
    answer = console.login("integrator").post("/rules/explain", {"vin": "LSV", "period": "2026-04"})

    assert (answer.status_code, reminding.asked) == (422, [])


def test_a_car_that_nobody_knows_is_said_so(console):
    answer = console.login("integrator").post("/rules/explain", {"vin": "X" * 17, "period": "2026-04"})

    assert "没有这辆车的资料" in answer.text
