"""A dealer's complaints in the browser, and the same as JSON: passing on, and the steps in cases that are the dealer's own."""

from dataclasses import asdict
from typing import cast
from uuid import UUID

from flask import Blueprint, Response, abort, flash, jsonify, redirect, render_template, request, url_for
from pydantic import BaseModel, ConfigDict, Field
from werkzeug.wrappers import Response as AnyResponse

from contracts.complaint_steps.intake import Receive
from contracts.complaint_words import Role
from contracts.partners.complaints import DealersForm
from sandbox.complaints import words
from sandbox.complaints.forms import fields_of, part_words, read
from sandbox.complaints.offered import AT_A_DEALER, Button, buttons
from sandbox.complaints.records import CaseLine
from sandbox.desks.forms import Form, one_language
from sandbox.desks.traffic import Traffic
from sandbox.desks.words import say, t
from sandbox.dms.complaints import DealersComplaints
from sandbox.web import wish_of

Answer = str | AnyResponse | tuple[str, int]
Told = tuple[Response, int]

STAFF = {Role.DEALER: "服务经理"}
GIVEN = frozenset({"channel", "source_dealer", "dealer_code", "received_at"})
"""Of what a dealer passes on: it came through this dealer, and is about it."""


INTERNAL = frozenset(
    {"note", "take_over", "draft_escalation", "escalate", "drop_escalation", "decide_escalation", "declare_crisis", "end_crisis"}
)
"""Of the maker's own people."""


class PassingOn(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    dealer_code: str = Field(min_length=1, max_length=32)
    form: Receive
    by: str = Field(default=STAFF[Role.DEALER], min_length=1, max_length=64)


class DealersWish(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    dealer_code: str = Field(min_length=1, max_length=32)
    form: DealersForm
    by: str = Field(default=STAFF[Role.DEALER], min_length=1, max_length=64)


def dealers_complaint_api(held: DealersComplaints) -> Blueprint:
    """What was asked for is 202 with the case's id and `push_id`."""
    api = Blueprint("complaint_desk", __name__, url_prefix="/desk")

    @api.get("/complaints")
    def list_complaints() -> Response:
        """`?dealer=D001`, perhaps `&show=all`."""
        lines = held.assigned(request.args.get("dealer", ""), request.args.get("show", "open"))
        told = [{**line.record.model_dump(mode="json"), "complaint_id": str(line.complaint_id), "version": line.version} for line in lines]
        return jsonify({"complaints": told})

    @api.get("/complaints/<uuid:complaint_id>/refusals")
    def list_refusals(complaint_id: UUID) -> Response:
        """`?dealer=D001`"""
        return jsonify({"refusals": [asdict(one) for one in held.refusals(complaint_id, request.args.get("dealer", ""))]})

    @api.post("/complaints")
    def pass_on() -> Told:
        wish = wish_of(PassingOn)
        asked, push_id = held.pass_on(wish.dealer_code, wish.form, wish.by)
        return jsonify({"push_id": push_id, "complaint_id": str(asked.complaint_id)}), 202

    @api.post("/complaints/<uuid:complaint_id>/steps")
    def take_step(complaint_id: UUID) -> Told:
        wish = wish_of(DealersWish)
        _, push_id = held.step(complaint_id, wish.dealer_code, wish.form, wish.by)
        return jsonify({"push_id": push_id, "complaint_id": str(complaint_id)}), 202

    return api


def add_complaints(made: Blueprint, held: DealersComplaints, traffic: Traffic) -> None:
    _add_list(made, held)
    _add_case(made, DealersCase(held, traffic))


def _add_list(made: Blueprint, held: DealersComplaints) -> None:
    def shown(dealer: str, form: Form) -> str:
        return render_template(
            "dms/complaints.html",
            words=words,
            dealer_code=dealer,
            show=request.args.get("show", "open"),
            lines=held.assigned(dealer, request.args.get("show", "open")),
            passed_on=held.passed_on(dealer),
            one_language=one_language,
            fields=[one for one in fields_of("receive") or [] if one.name not in GIVEN],
            staff=STAFF[Role.DEALER],
            form=form,
            polls=url_for("pages.complaints_page", dealer=dealer, show=request.args.get("show")),
        )

    @made.get("/pages/complaints")
    def complaints_page() -> str:
        """Of one dealer: a DMS stands at each."""
        return shown(request.args.get("dealer", "D001"), Form())

    @made.post("/pages/complaints")
    def pass_complaint_on() -> Answer:
        form, dealer = Form(request.form), request.args.get("dealer", "D001")
        staff = form.text("staff", 64)
        wanted = read("receive", form, {}, channel="dealer", source_dealer=dealer, dealer_code=dealer, received_at=None)
        if form.good and isinstance(wanted, Receive):
            held.pass_on(dealer, wanted, staff)
            flash(t("已转交车桥", "Passed on to Cheqiao"))
            return redirect(url_for("pages.complaints_page", dealer=dealer))
        return shown(dealer, form), 422


class DealersCase:
    """One case of a dealer: what is shown of it, and what a form on its page asks for."""

    def __init__(self, held: DealersComplaints, traffic: Traffic) -> None:
        self.held = held
        self._traffic = traffic

    def find(self, complaint_id: UUID, dealer: str) -> CaseLine:
        return self.held.theirs(complaint_id, dealer) or abort(404)

    def offered(self, line: CaseLine, dealer: str) -> list[Button]:
        """Before a case is in its hands, a dealer that passed it on answers the customer and adds to it."""
        found = buttons(AT_A_DEALER, line.record.state, line.record.kind, line.record.parts)
        in_hands = any(each.complaint_id == line.complaint_id for each in self.held.assigned(dealer, "all"))
        return [button for button in found if in_hands or button.step in ("reply_invalid", "add", "contact")]

    def page(self, complaint_id: UUID, dealer: str, step: str = "", form: Form | None = None) -> str:
        line = self.find(complaint_id, dealer)
        return render_template(
            "dms/complaint.html",
            words=words,
            line=line,
            complaint_id=complaint_id,
            dealer_code=dealer,
            steps=[(version, record) for version, record in self.held.cases.steps(complaint_id) if record.form.step not in INTERNAL],
            buttons=self.offered(line, dealer),
            parts=[(one, part_words(one)) for one in line.record.parts if one.part == "deadline"],
            pushes=self._traffic.pushes_of_complaint(str(complaint_id)),
            refusals=self.held.refusals(complaint_id, dealer),
            one_language=one_language,
            staff=STAFF,
            opened=step,
            form=form or Form(),
            blank=Form(),
            polls=url_for("pages.complaint_page", complaint_id=complaint_id, dealer=dealer),
        )


def _add_case(made: Blueprint, at: DealersCase) -> None:
    @made.get("/pages/complaints/<uuid:complaint_id>")
    def complaint_page(complaint_id: UUID) -> str:
        return at.page(complaint_id, request.args.get("dealer", "D001"))

    @made.post("/pages/complaints/<uuid:complaint_id>/<step>")
    def ask_for_step(complaint_id: UUID, step: str) -> Answer:
        dealer = request.args.get("dealer", "D001")
        line = at.find(complaint_id, dealer)
        if all(offer.step != step for offer in AT_A_DEALER):
            abort(404)
        form = Form(request.form)
        staff = form.text("staff", 64)
        wanted = cast(DealersForm | None, read(step, form, request.form.to_dict(flat=False)))
        if all(button.step != step for button in at.offered(line, dealer)):
            form.wrong("form", t("单据状态已变化，请重新选择", "The case has moved on; please choose again"))
        if form.good and wanted and form.attempt(lambda: at.held.step(complaint_id, dealer, wanted, staff)):
            flash(t(f"已提交：{words.STEPS[step][0]}", f"Asked for: {say(words.STEPS[step])}"))
            return redirect(url_for("pages.complaint_page", complaint_id=complaint_id, dealer=dealer))
        return at.page(complaint_id, dealer, step, form), 422
