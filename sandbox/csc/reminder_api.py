"""Reminders at the CSC over HTTP: what Cheqiao asks under `/api/v1`, and what the desk does under `/desk` as JSON."""

from uuid import UUID

from flask import Blueprint, Flask, Response, jsonify, request

from contracts.partners.reminders import StandingsPage, TasksPage
from sandbox.csc.campaigns import Campaigns
from sandbox.csc.dealer_names import DealerNames
from sandbox.csc.forms import CampaignNote, DatesNote, DecisionNote, ReminderCallNote, ReminderSlipNote
from sandbox.csc.reminder_desk import ReminderDesk
from sandbox.csc.reminder_lists import LISTS, Choice, Listed, ReminderLine, ReminderLists
from sandbox.csc.reminders import ReminderTasks
from sandbox.csc.service_dates import CarDates
from sandbox.office import Office
from sandbox.partner import once
from sandbox.web import Problem, body_of, respond, wish_of

Told = tuple[Response, int]


class CscReminders:
    """All that the CSC has on record about reminders."""

    def __init__(self, office: Office) -> None:
        self.dealers = DealerNames(office.store)
        self.dates = CarDates(office.store, office.now)
        self.campaigns = Campaigns(office.store, office.now)
        self.tasks = ReminderTasks(office.store, office.now)
        self.lists = ReminderLists(office.store)
        self.desk = ReminderDesk(office, self.dates, self.campaigns, self.tasks)


def add_reminder_api(app: Flask, office: Office, held: CscReminders) -> None:
    @app.get("/api/v1/service-dates")
    def list_service_dates() -> Response:
        return respond(held.dates.page())

    @app.get("/api/v1/campaigns")
    def list_campaigns() -> Response:
        return respond(held.campaigns.page())

    @app.post("/api/v1/reminder-tasks")
    def open_reminder_tasks() -> Response:
        page = body_of(TasksPage)
        return once(office, page, lambda tx: held.tasks.open(tx, page))

    @app.post("/api/v1/reminder-tasks/standings")
    def record_standings() -> Response:
        page = body_of(StandingsPage)
        return once(office, page, lambda tx: held.tasks.keep_standings(tx, page))


def reminder_desk_api(held: CscReminders) -> Blueprint:
    """What was done is 202 with the record in full and `push_id`; what could not be is a Problem."""
    api = Blueprint("reminder_desk", __name__, url_prefix="/desk")
    _dates_and_campaigns(api, held)
    _tasks(api, held)
    return api


def _dates_and_campaigns(api: Blueprint, held: CscReminders) -> None:
    @api.put("/service-dates/<vin>")
    def save_dates(vin: str) -> Told:
        row, push_id = held.desk.save_dates(vin, wish_of(DatesNote))
        return jsonify({"push_id": push_id, **row.model_dump(mode="json")}), 202

    @api.get("/campaigns")
    def list_campaigns() -> Response:
        return jsonify({"campaigns": [record.model_dump(mode="json") for record in held.campaigns.all()]})

    @api.post("/campaigns")
    def publish() -> Told:
        record, push_id = held.desk.publish(wish_of(CampaignNote))
        return jsonify({"push_id": push_id, **record.model_dump(mode="json")}), 202

    @api.post("/campaigns/<campaign_no>/withdraw")
    def withdraw(campaign_no: str) -> Told:
        record, push_id = held.desk.withdraw(campaign_no)
        return jsonify({"push_id": push_id, **record.model_dump(mode="json")}), 202


def _tasks(api: Blueprint, held: CscReminders) -> None:
    @api.get("/reminders")
    def list_reminders() -> Response:
        """`?show=all`, or one of the manager's lists; otherwise those to call. `?period&dealer&type&priority&q&after`."""
        show, choice = request.args.get("show", ""), _choice()
        for name in LISTS:
            if show == name:
                return _page(held.lists.for_manager(name, choice))
        return _page(held.lists.to_call(choice, everything=show == "all"))

    @api.get("/reminders/<uuid:item_id>")
    def one_reminder(item_id: UUID) -> Response:
        line = held.lists.line(item_id)
        if line is None:
            raise Problem(404, "unknown_item", "没有这个提醒任务 / There is no such reminder task")
        slip = held.tasks.slip_of(item_id)
        return jsonify({**_plain(line), "slip": slip.model_dump(mode="json") if slip else None})

    @api.post("/reminders/<uuid:item_id>/calls")
    def log_call(item_id: UUID) -> Told:
        slip, push_id = held.desk.log_call(item_id, wish_of(ReminderCallNote))
        return jsonify({"push_id": push_id, **slip.model_dump(mode="json")}), 202

    @api.post("/reminders/<uuid:item_id>/slip")
    def save_slip(item_id: UUID) -> Told:
        slip, push_id = held.desk.save_slip(item_id, wish_of(ReminderSlipNote))
        return jsonify({"push_id": push_id, **slip.model_dump(mode="json")}), 202

    @api.post("/reminders/decisions")
    def decide() -> Told:
        records, push_ids = held.desk.decide(wish_of(DecisionNote))
        return jsonify({"push_ids": push_ids, "decided": [record.model_dump(mode="json") for record in records]}), 202


def _choice() -> Choice:
    asked = request.args
    return Choice(
        period=asked.get("period", ""),
        dealer=asked.get("dealer", ""),
        type=asked.get("type", ""),
        priority=asked.get("priority", ""),
        like=asked.get("q", ""),
        after=asked.get("after", ""),
    )


def _page(listed: Listed) -> Response:
    return jsonify({"reminders": [_plain(line) for line in listed.lines], "next": listed.next})


def _plain(line: ReminderLine) -> dict[str, object]:
    return {**vars(line), "due_date": line.due_date.isoformat()}
