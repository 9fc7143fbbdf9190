"""Complaints at the desk of the CSC: which cases, one case with its steps, and taking in by telephone, letter or from an institution."""

from dataclasses import asdict, dataclass
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from contracts.complaint_steps.intake import Receive
from contracts.complaint_words import Role
from sandbox.complaints import words
from sandbox.complaints.forms import MODELS, fields_of, part_words, read
from sandbox.complaints.offered import AT_CSC, Button, buttons
from sandbox.complaints.records import CaseLine, Cases, Choice
from sandbox.csc.complaint_desk import ComplaintDesk
from sandbox.desks.forms import Form, one_language
from sandbox.desks.traffic import Traffic
from sandbox.desks.words import say, t

Answer = str | Response | tuple[str, int]

STAFF = {Role.AGENT: "DCRC-01", Role.HANDLER: "DCRC-H1", Role.LEADER: "DCRC-L1"}
"""Who it is, where nobody says otherwise."""
LEVEL = "leader_level"
"""A form has a level of its own."""


@dataclass(frozen=True)
class ComplaintBooks:
    """What these pages read, and what they do."""

    desk: ComplaintDesk
    cases: Cases


def add_complaint_pages(made: Blueprint, books: ComplaintBooks, traffic: Traffic) -> None:
    _add_list(made, books.cases)
    _add_intake(made, books.desk)
    _add_case(made, CasePages(books.desk, books.cases, traffic))


def _add_list(made: Blueprint, cases: Cases) -> None:
    @made.get("/pages/complaints")
    def complaints_page() -> str:
        choice = Choice(**{name: value for name, value in request.args.items() if name in asdict(Choice())})
        lines = cases.listed(choice)
        return render_template("csc/complaints.html", words=words, choice=choice, lines=lines, waiting=cases.wishes())


def _add_intake(made: Blueprint, desk: ComplaintDesk) -> None:
    def shown(form: Form) -> str:
        usual = {"channel": "call_centre_phone", "kind": "complaint", "staff": STAFF[Role.AGENT]}
        return render_template("csc/new_complaint.html", fields=fields_of("receive"), usual=usual, form=form)

    @made.get("/pages/complaints/new")
    def new_complaint_page() -> str:
        return shown(Form())

    @made.post("/pages/complaints/new")
    def take_in_complaint() -> Answer:
        form = Form(request.form)
        staff = form.text("staff", 64)
        wanted = read("receive", form, request.form.to_dict(flat=False))
        if form.good and isinstance(wanted, Receive):
            asked, _ = desk.take_in(wanted, staff)
            flash(t("已受理，车桥正在登记编号", "Taken in; Cheqiao gives it its number"))
            return redirect(url_for("pages.complaint_page", complaint_id=asked.complaint_id))
        return shown(form), 422


class CasePages:
    """One case: what is shown of it, and what a form on its page asks for."""

    def __init__(self, desk: ComplaintDesk, cases: Cases, traffic: Traffic) -> None:
        self.desk = desk
        self.cases = cases
        self._traffic = traffic

    def offered(self, line: CaseLine) -> list[Button]:
        return buttons(AT_CSC, line.record.state, line.record.kind, line.record.parts)

    def page(self, complaint_id: UUID, step: str = "", form: Form | None = None) -> str:
        """`step`: of the form that is shown open, as it was filled in."""
        line, wishes = self.cases.find(complaint_id), self.cases.wishes(complaint_id)
        if line is None and not wishes:
            abort(404)
        return render_template(
            "csc/complaint.html",
            words=words,
            line=line,
            complaint_id=complaint_id,
            steps=self.cases.steps(complaint_id),
            wishes=wishes,
            buttons=self.offered(line) if line else [],
            parts=[(one, part_words(one)) for one in line.record.parts] if line else [],
            warnings=self.cases.warnings(complaint_id),
            pushes=self._traffic.pushes_of_complaint(str(complaint_id)),
            staff=STAFF,
            opened=step,
            form=form or Form(),
            blank=Form(),
            one_language=one_language,
            polls=url_for("pages.complaint_page", complaint_id=complaint_id),
        )


def _add_case(made: Blueprint, at: CasePages) -> None:
    @made.get("/pages/complaints/<uuid:complaint_id>")
    def complaint_page(complaint_id: UUID) -> str:
        return at.page(complaint_id)

    @made.post("/pages/complaints/<uuid:complaint_id>/<step>")
    def ask_for_step(complaint_id: UUID, step: str) -> Answer:
        """By the role that the page offers it to; where the case has moved on meanwhile, Cheqiao says no."""
        line = at.cases.find(complaint_id) or abort(404)
        offer = next((each for each in AT_CSC if each.step == step), None)
        if offer is None or step not in MODELS:
            abort(404)
        form = Form(request.form)
        staff = form.text("staff", 64)
        wanted = read(step, form, request.form.to_dict(flat=False))
        level = form.number(LEVEL, 1, 9) if offer.role is Role.LEADER else None
        button = next((each for each in at.offered(line) if each.step == step), None)
        if button is None:
            form.wrong("form", t("单据状态已变化，请重新选择", "The case has moved on; please choose again"))
        if form.good and wanted and button:
            at.desk.step(complaint_id, wanted, staff, button.role, level=level)
            flash(t(f"已提交：{words.STEPS[step][0]}", f"Asked for: {say(words.STEPS[step])}"))
            return redirect(url_for("pages.complaint_page", complaint_id=complaint_id))
        return at.page(complaint_id, step, form), 422
