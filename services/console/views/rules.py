"""*Rules*: by what a month's items come about, as versions; and why one car has an item or has none (A-REM-18, S-11)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import Flask, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from contracts.reminders import ReminderType
from contracts.reminding import Explanation, RuleAnswer, Rulebook
from services.console import periods
from services.console.access import Right, is_poll, page, who
from services.console.context import Context
from services.console.problems import Problem
from services.console.reminder_words import CAR_FIELDS, FLAWS
from services.console.rule_form import BY_MONTHS, Typed, as_typed, changed_types, typed_of
from services.console.words import Pair, say, t

VIN_LENGTH = 17
ANCHORS: dict[ReminderType, Pair] = {
    ReminderType.FIRST_MAINTENANCE: ("购车日（没有则开票日）起", "from the purchase, else the invoice; none once the first visit was made"),
    ReminderType.MAINTENANCE: ("CSC 的下次保养日期；没有则上次回厂起", "CSC's next maintenance date; else from the last visit"),
    ReminderType.WARRANTY: ("DMS 的质保到期日；没有则开票日起", "the DMS's end of warranty; else from the invoice"),
    ReminderType.INSURANCE: ("CSC 的强保到期日", "CSC's compulsory expiry"),
    ReminderType.INSPECTION: ("CSC 的下次年审日期", "CSC's next inspection date"),
    ReminderType.BIRTHDAY: ("车主生日当天（2 月 29 日算 28 日）", "the owner's birthday (29 February: the 28th)"),
    ReminderType.CAMPAIGN: ("活动期与当月重叠，且在范围内", "the campaign overlaps the month and the car is in its audience"),
}


@dataclass(frozen=True)
class Asked:
    """The question why, as it was typed, and the answer."""

    vin: str = ""
    period: str = ""
    problem: str = ""
    answer: Explanation | None = None

    @property
    def dirty(self) -> list[tuple[str, str]]:
        return [_dirty_words(one) for one in self.answer.dirty] if self.answer else []


@dataclass(frozen=True)
class Saving:
    """What is wrong with a form that was sent: by field, and as a whole."""

    problems: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""


def add_views(app: Flask, context: Context) -> None:
    def shown(rulebook: Rulebook, typed: Mapping[ReminderType, Typed], saving: Saving, status: int = 200) -> Response:
        given = {"rulebook": rulebook, "typed": typed, "saving": saving, "saved": "saved" in request.args}
        return make_response(render_template("rules.html", **given, anchors=ANCHORS, by_months=BY_MONTHS), status)

    @page(app, "/rules", right=Right.READ)
    def rules() -> Response:
        rulebook = context.reminding.rules()
        if is_poll():
            return make_response(render_template("rules_live.html", rulebook=rulebook))
        return shown(rulebook, as_typed(rulebook), Saving())

    @page(app, "/rules", right=Right.ORDER, methods=("POST",))
    def change_rules() -> Response:
        before = context.reminding.rules()
        version, typed = _version(), typed_of(request.form)
        wanted, problems = _wanted(version, typed)
        if problems:
            return shown(before, typed, Saving(problems), 422)
        changed = changed_types(before, wanted)
        if before.version == version and not changed:
            return make_response(redirect(url_for("rules"), 303))
        context.audit.write(who(), "rules.changed", str(version + 1), {"types": ", ".join(changed)})
        try:
            context.reminding.set_rules(wanted)
        except Problem as problem:
            if problem.status not in (400, 409, 422):
                raise
            return shown(context.reminding.rules(), typed, Saving(problem=t(problem.message, problem.message_en)), problem.status)
        return make_response(redirect(url_for("rules", saved=1), 303))

    @page(app, "/rules/explain", right=Right.READ)
    def explain() -> str:
        return _explained(context, Asked(period=periods.current(context.now())))

    @page(app, "/rules/explain", right=Right.READ, methods=("POST",))
    def explain_one() -> Response:
        vin = request.form.get("vin", "").strip().upper()
        period = periods.asked_for(request.form.get("period", ""), periods.current(context.now()))
        if len(vin) != VIN_LENGTH or not vin.isascii() or not vin.isalnum():
            wrong = t("VIN 是 17 位字母和数字。", "A VIN has 17 letters and digits.")
            return make_response(_explained(context, Asked(vin, period, wrong)), 422)
        context.audit.write(who(), "rules.explained", period)
        return make_response(_explained(context, Asked(vin, period, answer=context.reminding.explain(vin, period))))


def _explained(context: Context, asked: Asked) -> str:
    months = [(period, periods.said(period)) for period in periods.choices(context.now())]
    return render_template("explain.html", asked=asked, months=months)


def _version() -> int:
    text = request.form.get("version", "")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Problem("form", "表单有误，请刷新后再改。", "The form cannot be read: please reload the page.")
    return int(text)


def _wanted(version: int, typed: Mapping[ReminderType, Typed]) -> tuple[Rulebook, dict[str, str]]:
    """The rules that were typed, and what is wrong with them, by field of the form."""
    rules: dict[ReminderType, RuleAnswer] = {}
    problems: dict[str, str] = {}
    for type, one in typed.items():
        rules[type], wrong = one.read()
        problems |= {f"{type.value}.{name}": words for name, words in wrong.items()}
    return Rulebook(version=version, rules=rules), problems


def _dirty_words(told: str) -> tuple[str, str]:
    """`purchase_date: zero`, in words."""
    name, _, flaw = told.partition(": ")
    known = {str(one): words for one, words in FLAWS.items()}
    return say(CAR_FIELDS.get(name, (name, name))), say(known.get(flaw, (flaw, flaw)))
