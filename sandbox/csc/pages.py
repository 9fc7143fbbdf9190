"""The desk of the DCRC in the browser: whom to call and by when, what was agreed on the phone, and what became of it (A-APT-13..19)."""

from collections.abc import Callable
from datetime import datetime, time
from typing import get_args
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from contracts.csc import CallResult
from contracts.partners.wire import Item
from sandbox.clock import CHINA
from sandbox.csc.complaint_pages import ComplaintBooks, add_complaint_pages
from sandbox.csc.data_pages import add_data_pages
from sandbox.csc.desk import CscDesk
from sandbox.csc.forms import SlipNote, TransferNote
from sandbox.csc.lists import CscLists, TaskLine
from sandbox.csc.reminder_api import CscReminders
from sandbox.csc.reminder_pages import add_reminder_pages
from sandbox.csc.words import CALLS, CANCELS, ITEMS, OUTCOMES, task_badge
from sandbox.desks.fault_switches import Paths, add_fault_switches
from sandbox.desks.forms import Form
from sandbox.desks.frame import Sign, Tab, desk_pages
from sandbox.desks.traffic import Traffic, add_traffic
from sandbox.desks.words import say, t
from sandbox.office import Office

PATHS = Paths(
    asked=(
        ("", ("全部接口", "All addresses")),
        ("/api/v1/call-tasks", ("回电任务", "Call-back tasks")),
        ("/api/v1/appointments", ("预约结果", "Outcomes")),
        ("/api/v1/registrations", ("客户登记", "Registrations")),
        ("/api/v1/service-dates", ("保养日期", "Service dates")),
        ("/api/v1/campaigns", ("活动", "Campaigns")),
        ("/api/v1/reminder-tasks", ("提醒任务", "Reminder tasks")),
        ("/api/v1/complaints", ("投诉步骤", "Complaints")),
    ),
    pushed="/partners/csc/v1/events",
)
USUAL_HOUR = time(9, 30)

Answer = str | Response | tuple[str, int]


def pages(office: Office, desk: CscDesk, reminders: CscReminders, complaints: ComplaintBooks) -> Blueprint:
    lists = CscLists(office.store)
    tabs = (
        Tab("pages.home", ("待回电", "To call"), lambda: lists.count("open")),
        Tab("pages.slips_page", ("预约单", "Slips"), lambda: lists.count("slips")),
        Tab("pages.ended_page", ("已结束", "Ended")),
        Tab("pages.reminders_page", ("提醒跟踪", "Reminders")),
        Tab("pages.decisions_page", ("提醒决定", "Decisions")),
        Tab("pages.complaints_page", ("投诉", "Complaints"), complaints.cases.count_open),
        Tab("pages.dates_page", ("保养日期", "Service dates")),
        Tab("pages.campaigns_page", ("活动", "Campaigns")),
        Tab("pages.registered_page", ("登记客户", "Registered")),
        Tab("pages.traffic_page", ("往来", "Traffic")),
        Tab("pages.faults_page", ("故障开关", "Faults")),
    )
    made = desk_pages(Sign("csc", ("CSC", "CSC"), ("客服中心 DCRC", "Call centre DCRC"), tabs), office.now)
    made.context_processor(lambda: {"dealers": reminders.dealers.all()})
    add_fault_switches(made, office.faults, PATHS)
    traffic = add_traffic(made, office)
    _add_lists(made, lists)
    _add_task(made, TaskDesk(office, desk, lists, traffic))
    add_reminder_pages(made, reminders, lists, traffic)
    add_complaint_pages(made, complaints, traffic)
    add_data_pages(made, reminders, office.now)
    return made


def _add_lists(made: Blueprint, lists: CscLists) -> None:
    @made.get("/")
    def home() -> str:
        like = request.args.get("q", "")
        return render_template("csc/tasks.html", tasks=lists.tasks("open", like), q=like, calls=CALLS)

    @made.get("/pages/slips")
    def slips_page() -> str:
        like = request.args.get("q", "")
        return render_template("csc/slips.html", tasks=lists.tasks("slips", like), q=like)

    @made.get("/pages/ended")
    def ended_page() -> str:
        like = request.args.get("q", "")
        return render_template("csc/ended.html", tasks=lists.tasks("ended", like), q=like, badge_of=task_badge)

    @made.get("/pages/registered")
    def registered_page() -> str:
        like = request.args.get("q", "")
        return render_template("csc/registered.html", people=lists.registrations(like), q=like)


class TaskDesk:
    """One task: what is shown of it, and what a form on its page does."""

    def __init__(self, office: Office, desk: CscDesk, lists: CscLists, traffic: Traffic) -> None:
        self.desk = desk
        self._office = office
        self._lists = lists
        self._traffic = traffic

    def find(self, appointment_id: UUID) -> TaskLine:
        return self._lists.task(appointment_id) or abort(404)

    def page(self, appointment_id: UUID, **forms: Form) -> str:
        task = self.find(appointment_id)
        return render_template(
            "csc/task.html",
            task=task,
            state=task_badge(task),
            pushes=self._traffic.pushes(str(appointment_id)),
            usual=_usual(task),
            items=_items(task),
            calls=CALLS,
            cancels=CANCELS,
            outcomes=OUTCOMES,
            polls=url_for("pages.task_page", appointment_id=appointment_id),
            forms={name: forms.get(name, Form()) for name in ("call", "slip", "cancel", "transfer")},
        )

    def finish(self, appointment_id: UUID, name: str, form: Form, work: Callable[[], object], done: str) -> Answer:
        """Do it if the form is good, and say so; or show the page again with what is wrong."""
        if form.good and form.attempt(work):
            flash(done)
            return redirect(url_for("pages.task_page", appointment_id=appointment_id))
        return self.page(appointment_id, **{name: form}), 422

    def slip_note(self, appointment_id: UUID, form: Form) -> SlipNote | None:
        at = form.moment("day", "hour")
        if form.good and at < self._office.now():
            form.wrong("day", t("这个时间已经过去", "This time has passed already"))
        chosen = _chosen(self.find(appointment_id), form)
        return form.read(SlipNote, appointment_at=at, items=chosen, confirmed_by=form.text("confirmed_by", 64))


def _add_task(made: Blueprint, at: TaskDesk) -> None:
    @made.get("/pages/tasks/<uuid:appointment_id>")
    def task_page(appointment_id: UUID) -> str:
        return at.page(appointment_id)

    @made.post("/pages/tasks/<uuid:appointment_id>/call")
    def log_call(appointment_id: UUID) -> Answer:
        form = Form(request.form)
        result: CallResult | None = next((each for each in get_args(CallResult) if each == form.typed.get("result")), None)
        if result is None:
            form.wrong("result", t("请按通话结果", "Press how the call went"))
            return at.page(appointment_id, call=form), 422
        done = t(f"已记录：{CALLS[result][0][0]}", f"Noted: {CALLS[result][0][1]}")
        return at.finish(appointment_id, "call", form, lambda: at.desk.log_call(appointment_id, result), done)

    @made.post("/pages/tasks/<uuid:appointment_id>/slip")
    def write_slip(appointment_id: UUID) -> Answer:
        form = Form(request.form)
        note = at.slip_note(appointment_id, form)
        done = t("预约单已保存，已告知车桥", "The slip is saved and Cheqiao is told")
        return at.finish(appointment_id, "slip", form, lambda: note and at.desk.write_slip(appointment_id, note), done)

    @made.post("/pages/tasks/<uuid:appointment_id>/decline")
    def decline(appointment_id: UUID) -> Answer:
        done = t("已记录：客户不需要了", "Noted: the customer no longer wants it")
        return at.finish(appointment_id, "call", Form(request.form), lambda: at.desk.decline(appointment_id), done)

    @made.post("/pages/tasks/<uuid:appointment_id>/transfer")
    def transfer(appointment_id: UUID) -> Answer:
        form = Form(request.form)
        note = form.read(TransferNote)
        done = t("已转至其他服务店，车桥会开出新任务", "Handed to the other dealer; Cheqiao opens a new task")
        return at.finish(appointment_id, "transfer", form, lambda: note and at.desk.transfer(appointment_id, note.dealer_code), done)

    @made.post("/pages/tasks/<uuid:appointment_id>/cancel")
    def cancel_slip(appointment_id: UUID) -> Answer:
        form, slip = Form(request.form), at.find(appointment_id).slip
        reason = form.one_of("reason", CANCELS)
        done = t("预约单已取消，已告知车桥", "The slip is cancelled and Cheqiao is told")
        return at.finish(appointment_id, "cancel", form, lambda: at.desk.cancel_slip(slip.slip_id if slip else "", reason), done)


def _usual(task: TaskLine) -> datetime:
    """What the form begins with: the slip that holds unless another day is asked for; the wish, at the beginning of its slot, otherwise."""
    if task.slip is not None and task.slip.request_no == task.wish.request_no:
        return task.slip.appointment_at.astimezone(CHINA)
    hour = time.fromisoformat(task.wish.slot.partition("-")[0]) if task.wish.slot else USUAL_HOUR
    return datetime.combine(task.wish.requested_date, hour, CHINA)


def _items(task: TaskLine) -> list[tuple[Item, bool]]:
    """What can be done, and whether it is wished for or agreed on; first what is wished for, whether we know its code or not."""
    ticked = {item.code: item for item in (task.slip.items if task.slip else task.wish.items)}
    wished = {item.code: item for item in task.wish.items}
    offered = {item.code: Item(code=item.code, name=say((item.name, item.name_en))) for item in ITEMS}
    return [(item, item.code in ticked) for item in {**wished, **ticked, **offered}.values()]


def _chosen(task: TaskLine, form: Form) -> tuple[Item, ...]:
    """Ticked on the form: under the names of the request, or ours in Chinese, for that is what the customer reads."""
    ticked = {name.partition(":")[2] for name in form.typed if name.startswith("item:")}
    known = {item.code: Item(code=item.code, name=item.name) for item in ITEMS}
    asked = {item.code: item for item in (*task.wish.items, *(task.slip.items if task.slip else ()))}
    chosen = tuple(item for code, item in {**asked, **known, **asked}.items() if code in ticked)
    if not chosen:
        form.wrong("items", t("请至少选择一个项目", "Choose at least one item"))
    return chosen
