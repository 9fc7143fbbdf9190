"""Complaints at the CSC over HTTP: what Cheqiao tells under `/api/v1`, and what the desk does under `/desk` as JSON."""

from dataclasses import asdict
from uuid import UUID

from flask import Blueprint, Flask, Response, jsonify, request
from pydantic import BaseModel, ConfigDict, Field

from contracts.complaint_steps import AnyForm
from contracts.complaint_steps.intake import Receive
from contracts.complaint_words import Role
from contracts.partners.complaints import StaffRole, StepRecord, StepRefusalRecord, WarningRecord
from sandbox.complaints.records import CaseLine, Cases, Choice
from sandbox.csc.complaint_desk import ComplaintDesk
from sandbox.office import Office
from sandbox.partner import once
from sandbox.web import Problem, body_of, wish_of

Told = tuple[Response, int]


class StepWish(BaseModel):
    """`place`: the code of the dealer or region whose step it is; `level`: of a leader."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    form: AnyForm
    by: str = Field(default="DCRC-01", min_length=1, max_length=64)
    role: StaffRole = Role.HANDLER
    place: str = Field(default="", max_length=32)
    level: int | None = Field(default=None, ge=1, le=9)


class IntakeWish(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    form: Receive
    by: str = Field(default="DCRC-01", min_length=1, max_length=64)


def add_complaint_api(app: Flask, office: Office, cases: Cases) -> None:
    @app.put("/api/v1/complaints/<uuid:complaint_id>/steps/<int:version>")
    def record_complaint_step(complaint_id: UUID, version: int) -> Response:
        record = body_of(StepRecord)
        return once(office, record, lambda tx: cases.keep(tx, complaint_id, version, record))

    @app.post("/api/v1/complaints/<uuid:complaint_id>/deadlines/<uuid:deadline_id>/warnings")
    def record_complaint_warning(complaint_id: UUID, deadline_id: UUID) -> Response:
        record = body_of(WarningRecord)
        return once(office, record, lambda tx: cases.keep_warning(tx, complaint_id, deadline_id, record))

    @app.post("/api/v1/complaints/<uuid:complaint_id>/refusals")
    def refuse_complaint_step(complaint_id: UUID) -> Response:
        record = body_of(StepRefusalRecord)
        return once(office, record, lambda tx: cases.keep_refusal(tx, complaint_id, record))


def complaint_desk_api(desk: ComplaintDesk, cases: Cases) -> Blueprint:
    """What was asked for is 202 with the case's id and `push_id`."""
    api = Blueprint("complaint_desk", __name__, url_prefix="/desk")

    @api.get("/complaints")
    def list_complaints() -> Response:
        """`?show=open` (usual), `overdue` or `all`; `&state&kind&type&grade&dealer&like`."""
        choice = Choice(**{name: value for name, value in request.args.items() if name in asdict(Choice())})
        return jsonify({"complaints": [_plain(line) for line in cases.listed(choice)]})

    @api.get("/complaints/<uuid:complaint_id>")
    def one_complaint(complaint_id: UUID) -> Response:
        line = cases.find(complaint_id)
        if line is None:
            raise Problem(404, "unknown_complaint", "没有这个投诉 / There is no such complaint")
        steps = [{"version": version, **record.model_dump(mode="json")} for version, record in cases.steps(complaint_id)]
        wishes, warnings = cases.wishes(complaint_id), cases.warnings(complaint_id)
        told = [{"deadline_id": str(limit), **record.model_dump(mode="json")} for limit, record in warnings]
        return jsonify({**_plain(line), "steps": steps, "wishes": [asdict(wish) for wish in wishes], "warnings": told})

    @api.post("/complaints")
    def take_in() -> Told:
        wish = wish_of(IntakeWish)
        asked, push_id = desk.take_in(wish.form, wish.by)
        return jsonify({"push_id": push_id, "complaint_id": str(asked.complaint_id)}), 202

    @api.post("/complaints/<uuid:complaint_id>/steps")
    def take_step(complaint_id: UUID) -> Told:
        wish = wish_of(StepWish)
        _, push_id = desk.step(complaint_id, wish.form, wish.by, wish.role, place=wish.place, level=wish.level)
        return jsonify({"push_id": push_id, "complaint_id": str(complaint_id)}), 202

    return api


def _plain(line: CaseLine) -> dict[str, object]:
    return {
        **line.record.model_dump(mode="json"),
        "complaint_id": str(line.complaint_id),
        "version": line.version,
        "due_at": line.due_at.isoformat() if line.due_at else None,
    }
