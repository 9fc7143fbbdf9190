"""*Lists*: 未提醒, 未跟踪, 未回厂, and what waits for the manager, who decides about one or many (A-REM-38..44)."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import cast, get_args
from uuid import UUID

from flask import Flask, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from contracts.reminder_figures import ReminderFigure, ReminderSums
from contracts.reminders import Decision, Outcome, ReminderType
from contracts.reminding import DecisionAnswer, DecisionForm, ItemPage, ItemRow, ListName
from services.console import periods
from services.console.access import Right, page, who
from services.console.audit import Details
from services.console.context import Context
from services.console.place import Place, place_asked_for
from services.console.problems import Problem
from services.console.reminder_words import (
    ANSWERS,
    CONTACT,
    DECISION_MEANS,
    DECISIONS,
    DETAILS,
    LISTS,
    LISTS_MEAN,
    OUTCOMES,
    REASONS,
    STEPS,
    TRACKED_TYPES,
    TYPES,
    WECHAT,
)
from services.console.tables import Column, State, Table
from services.console.views.deciding import decision_of, reason_of
from services.console.views.figures_parts import choice_of, name_of
from services.console.words import local, number, say, t

PATH = "/lists"
MOST_EXPORTED = 100_000
COUNTED_TO = 100_000
MOST_AT_ONCE = 500
HIGH, NORMAL = State("late", ("高", "high")), State("waiting", ("普通", "normal"))
YES, NO = State("fine", ("已绑定", "registered")), State("waiting", ("未绑定", "not registered"))


def add_views(app: Flask, context: Context) -> None:
    @page(app, PATH, right=Right.FIGURES)
    def lists() -> str | Response:
        usual_period, usual_list = usual(context.now(), context.settings.reminders.carry_after_day)
        which = _list_asked_for(usual_list)
        place, type = place_asked_for(context.now(), usual_period), _type_asked_for()
        answer = _page(context, which, place, type, request.args.get("after"))
        table = items_table(which, place, answer.items, answer.next, lambda: _all(context, which, place, type))
        if file := table.export():
            context.audit.write(who(), "list.exported", which, {"period": place.period, "place": place.code})
            return file
        regions = context.reminding.figures(place.period, place.period, "region").rows if place.within.level == "nation" else ()
        dealers = (
            context.reminding.figures(place.period, place.period, "dealer", place.region).rows if place.within.level != "dealer" else ()
        )
        counts = _counts(context, place, type)
        return render_template(
            "lists.html",
            which=which,
            place=place,
            type=type,
            tabs=[(key, say(LISTS[key]), place.address(PATH, list=key, **_typed(type)), counts.get(key)) for key in LISTS],
            means=say(LISTS_MEAN[which]),
            number=counted(answer.number),
            where=name_of(place, regions, dealers),
            choice=choice_of(PATH, place, context.now(), regions=regions, dealers=dealers, kept={"list": which}),
            types=[(one.value, say(TYPES[one])) for one in TRACKED_TYPES],
            table=table,
            decisions=_decisions(which),
            said=_said(),
        )

    @page(app, "/lists/decide", right=Right.DECIDE, methods=("POST",))
    def decide() -> Response:
        form = _form()
        details: Details = {"decision": form.decision, "reason": form.reason, "at_once": len(form.item_ids)}
        context.audit.write_each(who(), f"reminder.{form.decision}", [str(one) for one in form.item_ids], details)
        return _back(context.reminding.decide(form))

    @page(app, "/items/<uuid:item_id>", right=Right.FIGURES)
    def item(item_id: UUID) -> str:
        story = context.reminding.item(item_id)
        open_ = story.item.outcome is Outcome.FOR_DECISION
        return render_template(
            "item.html", story=story, item=story.item, decisions=_decisions("for_decision") if open_ else [], said=_said()
        )

    _add_words(app)


def _add_words(app: Flask) -> None:
    """For the templates of lists and of single items."""
    app.jinja_env.globals.update(
        reminder_types=TYPES,
        wechat_states=WECHAT,
        contact_states=CONTACT,
        outcomes=OUTCOMES,
        reasons=REASONS,
        decision_means=DECISION_MEANS,
    )
    app.jinja_env.globals.update(
        customer_answers=ANSWERS,
        decision_words=DECISIONS,
        car_said=car_said,
        step_words=lambda what: say(STEPS.get(what, (what, what))),
        detail_words=lambda detail: say(DETAILS.get(detail, (detail, detail))),
    )


def car_said(vin: str) -> str:
    """The last six, as people say them on the phone."""
    return f"…{vin[-6:]}" if vin else t("未知", "unknown")


def usual(now: datetime, decided_until_day: int) -> tuple[str, ListName]:
    """Until what nobody decided is carried over, decisions about the month before are due; later who is still to be called."""
    this = periods.current(now)
    return (periods.moved(this, -1), "for_decision") if local(now).day <= decided_until_day else (this, "not_reminded")


def counted(number_of_all: int) -> str:
    return number(number_of_all) + ("+" if number_of_all >= COUNTED_TO else "")


def _list_asked_for(otherwise: ListName) -> ListName:
    which = request.args.get("list", "")
    return cast(ListName, which) if which in get_args(ListName) else otherwise


def _type_asked_for() -> ReminderType | None:
    text = request.args.get("type", "")
    return ReminderType(text) if text in {type.value for type in TRACKED_TYPES} else None


def _typed(type: ReminderType | None) -> dict[str, str]:
    return {"type": type.value} if type else {}


def _page(context: Context, which: ListName, place: Place, type: ReminderType | None, after: str | None) -> ItemPage:
    return context.reminding.items(which, place.period, dealer=place.dealer, region=place.region, type=type, after=after)


def _all(context: Context, which: ListName, place: Place, type: ReminderType | None) -> Iterator[ItemRow]:
    """Page after page, for an export."""
    after, given = None, 0
    while given < MOST_EXPORTED:
        answer = _page(context, which, place, type, after)
        yield from answer.items
        given, after = given + len(answer.items), answer.next
        if after is None:
            return


def _counts(context: Context, place: Place, type: ReminderType | None) -> dict[str, str]:
    """Of the three lists, from the sums: to count the rows of each would take longer."""
    rows = context.reminding.figures(place.period, place.period, place.level, place.code, by_type=type is not None).rows
    figure = rows[0] if rows else ReminderFigure(period=place.period, code=place.code)
    sums = figure.by_type.get(type, ReminderSums()) if type else figure.service
    return {name: number(getattr(sums, name)) for name in ("not_reminded", "not_tracked", "not_returned")}


def _decisions(which: ListName) -> list[Decision]:
    """What may be decided about the rows of this list: before its month is over an item can only be void."""
    return ["carry", "drop", "void"] if which == "for_decision" else ["void"]


def _form() -> DecisionForm:
    """Raises Problem for a form that cannot be."""
    decision = decision_of(request.form.get("decision", ""))
    try:
        ids = tuple(dict.fromkeys(UUID(one) for one in request.form.getlist("item")))
    except ValueError:
        raise Problem("form", "表单有误，请从名单重新开始。", "The form cannot be read: please begin at the list.") from None
    if not 0 < len(ids) <= MOST_AT_ONCE:
        raise Problem("form", f"请选 1 至 {MOST_AT_ONCE} 条。", f"Choose between 1 and {MOST_AT_ONCE}.")
    return DecisionForm(item_ids=ids, decision=decision, reason=reason_of(request.form.get("reason", ""), decision))


def _back(answer: DecisionAnswer) -> Response:
    """To where the form was, which says what came of it."""
    said = {"decided": answer.decided, "already": len(answer.already), "not_open": len(answer.not_open)}
    told = {name: str(value) for name, value in said.items() if value or name == "decided"}
    if item_id := request.form.get("item_page"):
        return make_response(redirect(url_for("item", item_id=UUID(item_id), **told), 303))  # type: ignore[arg-type]
    kept = {name: value for name in ("list", "period", "region", "dealer", "type") if (value := request.form.get(name))}
    return make_response(redirect(url_for("lists", **kept, **told), 303))  # type: ignore[arg-type]


def _said() -> list[tuple[str, str]]:
    """What came of the last decision, as the address says: level and words."""
    found = {
        name: int(text) for name in ("decided", "already", "not_open") if (text := request.args.get(name, "")).isascii() and text.isdigit()
    }
    words = {
        "decided": ("fine", t("%s 条已决定", "%s decided")),
        "already": ("waiting", t("%s 条之前已有决定，以那个为准", "%s were decided before, and that stands")),
        "not_open": ("late", t("%s 条现在不能决定", "%s cannot be decided now")),
    }
    return [
        (level, text % number(found[name]))
        for name, (level, text) in words.items()
        if found.get(name) or (name == "decided" and name in found)
    ]


def items_table(
    which: ListName, place: Place, items: tuple[ItemRow, ...], next: str | None, all_rows: Callable[[], Iterator[ItemRow]]
) -> Table[ItemRow]:
    undecided = which == "for_decision"
    columns: tuple[Column[ItemRow], ...] = (
        Column("vin", "车辆", "Car", lambda one: car_said(one.vin), href=lambda one: url_for("item", item_id=one.item_id)),
        Column("type", "类型", "Type", lambda one: say(TYPES[one.type])),
        Column("model", "车型", "Model", lambda one: one.model_name),
        Column("dealer", "服务店", "Dealer", lambda one: one.dealer_name or one.dealer_code, hidden=bool(place.dealer)),
        Column("due", "到期日", "Due", lambda one: one.due_date, "day"),
        Column("wechat", "微信", "WeChat", lambda one: WECHAT[one.wechat_state], "state"),
        Column("contact", "电话", "Calls", lambda one: CONTACT[one.contact_state], "state"),
        Column("outcome", "结果", "Outcome", lambda one: OUTCOMES[one.outcome], "state", hidden=undecided),
        Column("answer", "车主答复", "Answer", lambda one: say(ANSWERS.get(one.customer_answer, (one.customer_answer,) * 2))),
        Column("priority", "优先级", "Priority", lambda one: HIGH if one.priority == "high" else NORMAL, "state", hidden=True),
        Column("registered", "绑定", "Registered", lambda one: YES if one.registered else NO, "state", hidden=True),
        Column("carried", "已结转", "Carried", lambda one: one.carry_count, "number"),
        Column("customer", "客户编号", "Customer", lambda one: one.customer_id, hidden=True),
        Column("reason", "原因", "Reason", lambda one: one.reason, hidden=undecided),
        Column("decided_by", "谁决定", "Decided by", lambda one: one.decided_by, hidden=True),
        Column("id", "编号", "Id", lambda one: one.item_id, "id", hidden=True),
    )
    nothing = t("没有待决定的", "Nothing waits for a decision") if undecided else t("这个名单是空的", "This list is empty")
    name = f"{which}-{place.code or 'nation'}-{place.period}"
    return Table(
        name, columns, items, next=next, all_rows=all_rows, nothing=nothing, sortable=False, pick=lambda one: (str(one.item_id), one.vin)
    )
