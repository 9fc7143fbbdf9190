"""One step in many complaints at once: assigned, handed over, noted. Each is judged by itself; what was refused is said with its reason."""

from dataclasses import replace
from uuid import UUID, uuid4

from flask import Flask, make_response, render_template, request
from werkzeug.wrappers import Response

from contracts.complaining import MOST_IN_BULK, BulkOrder, CaseVersion
from services.console.access import Right, page, who
from services.console.context import Context
from services.console.problems import Problem
from services.console.step_asks import MENTIONED, Around, dealer_options
from services.console.step_fields import Ask, asks_of
from services.console.step_read import read
from services.console.step_words import words_of
from services.console.views.case_steps import around
from services.console.views.cases import IN_BULK
from services.console.words import t


def add_views(app: Flask, context: Context) -> None:
    @page(app, "/complaints/bulk", right=Right.CASES, methods=("POST",))
    def bulk_form() -> str:
        """What is to be done with those that were chosen: nothing is done yet."""
        step, cases = _step(), _cases()
        return _form(step, cases, _asks(step, around(context, step)))

    @page(app, "/complaints/bulk/do", right=Right.CASES, methods=("POST",))
    def bulk_do() -> str | Response:
        step, cases = _step(), _cases()
        about = around(context, step)
        asked = read(step, _asks(step, about), request.form, about.dealers)
        if asked.form is None:
            return make_response(_form(step, cases, asked.asks, t("请检查下面的内容。", "Please check what is below.")), 422)
        context.audit.write_each(who(), "complaint.bulk", [str(one.complaint_id) for one in cases], {"step": step, "at_once": len(cases)})
        order = BulkOrder(bulk_id=_bulk_id(), cases=cases, form=asked.form)
        answer = context.complaining.take_many(order)
        return render_template("bulk_done.html", answer=answer, words_of_step=words_of(step))


def _form(step: str, cases: tuple[CaseVersion, ...], asks: tuple[Ask, ...], problem: str = "") -> str:
    shown = [ask for ask in asks if ask.kind != "unasked"]
    return render_template(
        "bulk.html",
        step=step,
        words_of_step=words_of(step),
        cases=cases,
        asks=shown,
        problem=problem,
        bulk_id=request.form.get("bulk_id") or uuid4(),
    )


def _asks(step: str, about: Around) -> tuple[Ask, ...]:
    names = tuple(
        (one.name, one.name)
        for one in about.staff
        if not one.disabled and one.role in (("complaint_handler", "agent") if step == "take_over" else MENTIONED)
    )
    options = {"person": names, "people": names, "dealer": dealer_options(about.dealers)}
    asks = (replace(ask, options=options.get(ask.kind, ask.options)) for ask in asks_of(step))
    return tuple(ask.filled(about.me) if ask.kind == "person" else ask for ask in asks)


def _step() -> str:
    step = request.form.get("step", "")
    if step not in IN_BULK:
        raise Problem("step", "这一步不能批量做。", "This step cannot be taken in many cases at once.")
    return step


def _cases() -> tuple[CaseVersion, ...]:
    """Those that were chosen, with the version that was seen. Raises Problem."""
    try:
        chosen = [one.partition(":") for one in dict.fromkeys(request.form.getlist("item"))]
        cases = tuple(CaseVersion(complaint_id=UUID(id), version=int(version)) for id, _, version in chosen)
    except ValueError:
        raise Problem("form", "表单有误，请从列表重新选择。", "The form cannot be read: please choose in the list again.") from None
    if not 0 < len(cases) <= MOST_IN_BULK:
        raise Problem("form", f"请选 1 至 {MOST_IN_BULK} 张单。", f"Choose between 1 and {MOST_IN_BULK}.")
    return cases


def _bulk_id() -> UUID:
    try:
        return UUID(request.form.get("bulk_id", ""))
    except ValueError:
        raise Problem("form", "表单有误，请从列表重新选择。", "The form cannot be read: please choose in the list again.") from None
