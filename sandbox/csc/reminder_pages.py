"""Reminders at the desk of the DCRC: whom to call, the slip of each call, and the manager's three lists (A-REM-27..31, 36..44)."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any, get_args
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from contracts.csc import CallResult
from sandbox.csc.forms import DecisionNote, ReminderCallNote, ReminderSlipNote
from sandbox.csc.lists import CscLists
from sandbox.csc.reminder_api import CscReminders
from sandbox.csc.reminder_lists import COUNTED, Choice, Listed, ListName, ReminderLine
from sandbox.csc.reminder_words import (
    ANSWERS,
    CONTACTS,
    DECISIONS,
    LIST_MEANS,
    LIST_NAMES,
    OUTCOMES,
    REASONS,
    TYPES,
    WECHAT,
    standing,
)
from sandbox.csc.words import CALLS
from sandbox.desks.forms import Form
from sandbox.desks.traffic import Traffic
from sandbox.desks.words import say, t
from sandbox.people import person_of

Answer = str | Response | tuple[str, int]

WORDS = {
    "types": TYPES,
    "wechats": WECHAT,
    "contacts": CONTACTS,
    "outcomes": OUTCOMES,
    "answers": ANSWERS,
    "calls": CALLS,
    "person_of": person_of,
    "standing": standing,
}


def add_reminder_pages(made: Blueprint, held: CscReminders, lists: CscLists, traffic: Traffic) -> None:
    _add_list(made, held)
    _add_task(made, ReminderTaskDesk(held, lists, traffic))
    _add_decisions(made, held)


def _add_list(made: Blueprint, held: CscReminders) -> None:
    @made.get("/pages/reminders")
    def reminders_page() -> str:
        choice, everything = _choice(held), request.args.get("show") == "all"
        return render_template(
            "csc/reminders.html",
            **WORDS,
            **_narrowed(held, choice, held.lists.to_call(choice, everything=everything)),
            everything=everything,
            waiting=_counted(held.lists.count_to_call(choice)),
        )


class ReminderTaskDesk:
    """One reminder: what is shown of it, and what a form on its page does."""

    def __init__(self, held: CscReminders, lists: CscLists, traffic: Traffic) -> None:
        self.held = held
        self._lists = lists
        self._traffic = traffic

    def find(self, item_id: UUID) -> ReminderLine:
        return self.held.lists.line(item_id) or abort(404)

    def page(self, item_id: UUID, **forms: Form) -> str:
        line = self.find(item_id)
        return render_template(
            "csc/reminder.html",
            **WORDS,
            line=line,
            who=person_of(line.customer_id),
            slip=self.held.tasks.slip_of(item_id),
            decision=self.held.tasks.decision_of(item_id),
            decisions=DECISIONS,
            others=[each for each in self.held.lists.of_car(line.vin) if each.item_id != item_id],
            dates=self.held.dates.of(line.vin),
            bookings=self._lists.of_car(line.vin),
            pushes=self._traffic.pushes_of_item(str(item_id)),
            polls=url_for("pages.reminder_page", item_id=item_id),
            forms={name: forms.get(name, Form()) for name in ("call", "slip")},
        )

    def finish(self, item_id: UUID, name: str, form: Form, work: Callable[[], object], done: str) -> Answer:
        """Do it if the form is good, and say so; or show the page again with what is wrong."""
        if form.good and form.attempt(work):
            flash(done)
            return redirect(url_for("pages.reminder_page", item_id=item_id))
        return self.page(item_id, **{name: form}), 422


def _add_task(made: Blueprint, at: ReminderTaskDesk) -> None:
    @made.get("/pages/reminders/<uuid:item_id>")
    def reminder_page(item_id: UUID) -> str:
        return at.page(item_id)

    @made.post("/pages/reminders/<uuid:item_id>/call")
    def log_reminder_call(item_id: UUID) -> Answer:
        form = Form(request.form)
        result: CallResult | None = next((each for each in get_args(CallResult) if each == form.typed.get("result")), None)
        if result is None:
            form.wrong("result", t("请按通话结果", "Press how the call went"))
            return at.page(item_id, call=form), 422
        note = ReminderCallNote(result=result)
        done = t(f"已记录：{CALLS[result][0][0]}", f"Noted: {CALLS[result][0][1]}")
        return at.finish(item_id, "call", form, lambda: at.held.desk.log_call(item_id, note), done)

    @made.post("/pages/reminders/<uuid:item_id>/slip")
    def save_reminder_slip(item_id: UUID) -> Answer:
        form = Form(request.form)
        form.one_of("customer_answer", ANSWERS)
        note = form.read(ReminderSlipNote)
        done = t("提醒单已保存，已告知车桥", "The slip is saved and Cheqiao is told")
        return at.finish(item_id, "slip", form, lambda: note and at.held.desk.save_slip(item_id, note), done)


def _add_decisions(made: Blueprint, held: CscReminders) -> None:
    def shown(form: Form) -> str:
        choice, name = _choice(held), _list_name()
        waiting = request.args.get("show") != "all"
        return render_template(
            "csc/decisions.html",
            **WORDS,
            **_narrowed(held, choice, held.lists.for_manager(name, choice, waiting=waiting)),
            name=name,
            names=LIST_NAMES,
            means=LIST_MEANS,
            counts={each: _counted(held.lists.count(each, choice)) for each in LIST_NAMES},
            waiting=waiting,
            decisions=DECISIONS,
            reasons=[say(words) for words in REASONS],
            form=form,
        )

    @made.get("/pages/decisions")
    def decisions_page() -> str:
        return shown(Form())

    @made.post("/pages/decisions")
    def decide() -> Answer:
        form = Form(request.form)
        form.one_of("decision", DECISIONS)
        note = form.read(DecisionNote, item_ids=tuple(request.form.getlist("item")))
        if note and form.good and form.attempt(lambda: held.desk.decide(note)):
            number = len(note.item_ids)
            flash(t(f"已决定 {number} 条：{DECISIONS[note.decision][0]}", f"Decided about {number}: {DECISIONS[note.decision][1]}"))
            return redirect(url_for("pages.decisions_page", **_same_place()))
        return shown(form), 422


def _choice(held: CscReminders) -> Choice:
    """As the address has it; of the latest month unless another is asked for, or a car is looked for in all of them."""
    asked = request.args
    periods = held.lists.periods()
    usual = "" if asked.get("q") else next(iter(periods), "")
    return Choice(
        period=asked.get("period", usual),
        dealer=asked.get("dealer", ""),
        type=asked.get("type", ""),
        priority=asked.get("priority", ""),
        like=asked.get("q", ""),
        after=asked.get("after", ""),
    )


def _narrowed(held: CscReminders, choice: Choice, listed: Listed) -> dict[str, object]:
    """What the filters and the pages of a list are drawn from."""
    return {
        "choice": choice,
        "lines": listed.lines,
        "next": listed.next,
        "periods": held.lists.periods(),
        "more": url_for(str(request.endpoint), **{**_same_place(), "after": listed.next}) if listed.next else "",
        "first": url_for(str(request.endpoint), **{**_same_place(), "after": None}) if choice.after else "",
        "place": _same_place(),
    }


def _same_place() -> dict[str, Any]:
    """The address's own questions, empty ones left out."""
    asked: MultiDict[str, str] = request.args
    return {name: value for name, value in asked.items() if value and name in (*asdict(Choice()), "show", "list", "q")}


def _list_name() -> ListName:
    return next((name for name in LIST_NAMES if name == request.args.get("list")), "not_reminded")


def _counted(number: int) -> str:
    return f"{COUNTED:,}+" if number >= COUNTED else f"{number:,}"
