"""Taking a step in a complaint, and taking one in: what was typed stays, also where somebody else was quicker (version clash)."""

from dataclasses import replace
from uuid import UUID, uuid4

from flask import Flask, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from contracts.complaining import MOST_BYTES, CaseOrder, CaseQuery, StepOrder
from contracts.complaint_case import CaseAnswer
from contracts.complaint_steps.intake import Receive
from contracts.complaint_words import Channel, Kind, Role
from services.console import case_said
from services.console.access import Right, page, who, whose
from services.console.acting import PLACED, case_role
from services.console.context import Context
from services.console.problems import Problem
from services.console.step_asks import Around, asks_about, dealer_options, lead_of
from services.console.step_fields import FORM_OF, Ask, asks_of
from services.console.step_read import Read, read
from services.console.step_words import words_of
from services.console.words import local, t

CHANGED = "changed"
LARGEST_UPLOAD = MOST_BYTES + 960 * 1024
"""What the front door lets through, less what it needs itself: a file that is a little too large is answered on its form."""
LONGEST_NAME = 128


def add_views(app: Flask, context: Context) -> None:
    _add_steps(app, context)
    _add_files(app, context)
    _add_intake(app, context)


def _add_steps(app: Flask, context: Context) -> None:
    @page(app, "/complaints/<uuid:complaint_id>/steps/<step>", right=Right.CASES)
    def case_step(complaint_id: UUID, step: str) -> str:
        case = context.complaining.case(complaint_id)
        _known(step)
        given = {name: value for name, value in request.args.items() if len(value) <= LONGEST_NAME}
        return _form(case, step, asks_about(step, case, around(context, step), given))

    @page(app, "/complaints/<uuid:complaint_id>/steps/<step>", right=Right.CASES, methods=("POST",), endpoint="take_step")
    def take_step(complaint_id: UUID, step: str) -> Response:
        _known(step)
        case, about = context.complaining.case(complaint_id), around(context, step)
        known = {"other_id": _other(context)} if step == "link" else lead_of(step, request.form, about)
        asked = read(step, asks_about(step, case, about, {}), request.form, about.dealers, **known)
        if step == "start_vrt" and not known["lead_role"]:
            asked = _wrong(asked, "lead", t("没有这个账号，或它不能牵头。", "There is no such account, or it leads no group."))
        return _take(context, case, step, asked)


def _add_files(app: Flask, context: Context) -> None:
    @page(app, "/complaints/<uuid:complaint_id>/files", right=Right.CASES, methods=("POST",), largest_body=LARGEST_UPLOAD)
    def bring_file(complaint_id: UUID) -> Response:
        case = context.complaining.case(complaint_id)
        asks = asks_about("attach", case, around(context, "attach"), {})
        brought, file_id = request.files.get("file_id"), _uuid("file_id_new")
        if brought is None or not brought.filename:
            return _refused(case, "attach", asks, t("请选择文件。", "Please choose a file."), 422)
        name, data = brought.filename[-LONGEST_NAME:], brought.read()
        typed = read("attach", asks, request.form, file_id=file_id, name=name)
        if len(data) > MOST_BYTES:
            return _refused(case, "attach", typed.asks, too_large(len(data)), 413)
        context.audit.write(who(), "complaint.file", str(complaint_id))
        try:
            context.complaining.bring(complaint_id, file_id, name, data)
        except Problem as problem:
            return _turned_away(context, case, "attach", typed.asks, problem)
        return _take(context, case, "attach", typed)


def _add_intake(app: Flask, context: Context) -> None:
    @page(app, "/complaints/new", right=Right.CASES)
    def new_case() -> str:
        return _intake(intake_asks(context))

    @page(app, "/complaints/new", right=Right.CASES, methods=("POST",), endpoint="receive_case")
    def receive_case() -> Response:
        asked = read("receive", intake_asks(context), request.form, (), **_from_dealer())
        if not isinstance(asked.form, Receive):
            return make_response(_intake(asked.asks, _unsaid(asked)), 422)
        complaint_id = _uuid("complaint_id")
        context.audit.write(who(), "complaint.received", str(complaint_id))
        try:
            context.complaining.receive(CaseOrder(complaint_id=complaint_id, form=asked.form))
        except Problem as problem:
            return make_response(_intake(asked.asks, t(problem.message, problem.message_en)), problem.status)
        return make_response(redirect(url_for("case", complaint_id=complaint_id), 303))


def too_large(size: int) -> str:
    most, has = MOST_BYTES // 2**20, size / 2**20
    return t(
        f"这个文件有 {has:.1f} MB，最多 {most} MB。请换一个小些的，或把照片缩小后再传。",
        f"This file has {has:.1f} MB, and {most} MB is the most. Please choose a smaller one, or make the picture smaller first.",
    )


def around(context: Context, step: str) -> Around:
    kinds = {ask.kind for ask in asks_of(step)}
    return Around(
        me=who(),
        today=local(context.now()).date(),
        staff=context.staff.all() if kinds & {"person", "people"} else (),
        dealers=context.complaining.dealers() if "dealer" in kinds else (),
        placed=case_role() in PLACED,
    )


def intake_asks(context: Context) -> tuple[Ask, ...]:
    """A dealer passes on: from where and by which way goes without saying."""
    dealers = dealer_options(context.complaining.dealers())
    unasked = {"source_dealer", "channel", "dealer_code"} if case_role() is Role.DEALER else set()
    usual = {"kind": Kind.GRIEVANCE if case_role() is Role.AGENT else Kind.COMPLAINT, "channel": Channel.CALL_CENTRE_PHONE}
    asks = (ask for ask in asks_of("receive") if ask.name not in unasked)
    return tuple(_with(ask, dealers).filled(usual.get(ask.name)) for ask in asks)


def _with(ask: Ask, dealers: tuple[tuple[str, str], ...]) -> Ask:
    return replace(ask, options=dealers) if ask.kind == "dealer" else ask


def _from_dealer() -> dict[str, str]:
    if case_role() is not Role.DEALER:
        return {}
    return {"channel": Channel.DEALER.value, "source_dealer": whose().code, "dealer_code": whose().code}


def _take(context: Context, case: CaseAnswer, step: str, asked: Read) -> Response:
    if asked.form is None:
        return _refused(case, step, asked.asks, _unsaid(asked), 422)
    version = _version(case)
    context.audit.write(who(), "complaint.step", str(case.complaint_id), {"step": step, "version": version})
    try:
        context.complaining.take(case.complaint_id, StepOrder(version=version, step_id=_uuid("step_id"), form=asked.form))
    except Problem as problem:
        return _turned_away(context, case, step, asked.asks, problem)
    return make_response(redirect(url_for("case", complaint_id=case.complaint_id), 303))


def _turned_away(context: Context, case: CaseAnswer, step: str, asks: tuple[Ask, ...], problem: Problem) -> Response:
    """Nothing that was typed is lost. Where the case has moved on: who did what meanwhile, and the form of the version it has now."""
    if problem.status == 404:
        raise problem
    words = t(problem.message, problem.message_en)
    if problem.code != CHANGED:
        return _refused(case, step, asks, words, problem.status)
    now = context.complaining.case(case.complaint_id)
    return _refused(now, step, asks, words, 409, since=_version(case))


def _refused(case: CaseAnswer, step: str, asks: tuple[Ask, ...], problem: str, status: int, *, since: int | None = None) -> Response:
    return make_response(_form(case, step, asks, problem, since=since), status)


def _form(case: CaseAnswer, step: str, asks: tuple[Ask, ...], problem: str = "", *, since: int | None = None) -> str:
    """`since`: the version that was seen when the form was begun; what happened after it is shown."""
    news = [] if since is None else case_said.history(case)[: max(0, len([one for one in case.history if one.version > since]))]
    part = "HX-Request" in request.headers
    return render_template(
        "step_part.html" if part else "step.html",
        case=case,
        step=step,
        words_of_step=words_of(step),
        asks=[ask for ask in asks if ask.kind != "unasked"],
        problem=problem,
        news=news,
        clash=since is not None,
        may_take=step in case.allowed,
        step_id=uuid4(),
        file_id=uuid4(),
    )


def _intake(asks: tuple[Ask, ...], problem: str = "") -> str:
    complaint_id = _uuid("complaint_id") if request.method == "POST" else uuid4()
    return render_template("intake.html", asks={ask.name: ask for ask in asks}, problem=problem, complaint_id=complaint_id)


def _unsaid(asked: Read) -> str:
    """What is said above the form: its fields say the rest."""
    if any(ask.wrong for ask in asked.asks):
        return t("还有几项要改，见下面。", "Some of it is still to be mended, see below.")
    return t("表单有误，请检查。", "The form cannot be read: please check it.")


def _wrong(asked: Read, name: str, words: str) -> Read:
    return Read(None, tuple(replace(ask, wrong=ask.wrong or words) if ask.name == name else ask for ask in asked.asks))


def _other(context: Context) -> UUID | None:
    """The case whose number was typed; None where there is none that may be seen."""
    number = request.form.get("other_id", "").strip().partition(" ")[0].upper()
    rows = context.complaining.cases(CaseQuery(queue="all", q=number[:64])).rows if number else ()
    return next((row.complaint_id for row in rows if row.number == number), None)


def _known(step: str) -> None:
    if step not in FORM_OF or words_of(step).place == "system" or step == "receive":
        raise Problem("unknown", "没有这一步。", "There is no such step.", 404)


def _version(case: CaseAnswer) -> int:
    """Which the person saw."""
    text = request.form.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 10 and int(text) else case.version


def _uuid(name: str) -> UUID:
    """Made with the form, so that one that is sent twice is one. Raises Problem."""
    try:
        return UUID(request.form.get(name, ""))
    except ValueError:
        raise Problem("form", "表单有误，请从头开始。", "The form cannot be read: please begin again.") from None
