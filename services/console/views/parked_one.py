"""One parked message: what is wrong with it field by field, what is in it as far as one may see it, and what can be done about it."""

import json
from dataclasses import dataclass
from typing import Any, get_args
from uuid import UUID

from flask import Flask, abort, redirect, render_template, request, url_for
from pydantic import ValidationError
from werkzeug.wrappers import Response

from contracts.operating import Care, Mending, ParkedItem, Status
from contracts.ops import Cause
from services.console import payloads
from services.console.access import Right, is_poll, may, page, who
from services.console.context import Context
from services.console.contract_words import field_words, rule_words, wanted
from services.console.masking import without_personal
from services.console.mending import MendForm, form_of, mend
from services.console.names import KINDS, STATUSES
from services.console.problems import Problem
from services.console.views.parked import STATE_LEVELS, STATUS_LEVELS
from services.console.views.sentences import CALLS
from services.console.words import say

MOST_NAMED = 400
MOST_WRITTEN = {"owner": 64, "status": 16, "note": 1000}
"""Characters, as `Care` takes."""
NO_PERSONAL = (
    "原因会一直留着，请不要写手机号、车牌、VIN 或证件号；可以写我们的编号。",
    "Reasons are kept for long: please write no phone, plate, VIN or ID number. Our own ids are fine.",
)
NOTICES = {
    "redrive": ("已下达：重发。结果马上会显示在这里。", "Ordered: redrive. What becomes of it will show here."),
    "drop": ("已下达：放弃。", "Ordered: drop."),
    "mend": ("已下达：发送修正后的副本。结果马上会显示在这里。", "Ordered: the mended copy is sent. What becomes of it will show here."),
    "care": ("已保存。", "Saved."),
    "hidden": (
        "已保存；看起来像手机号、车牌、VIN 或证件号的部分已隐去。",
        "Saved; what looks like a phone, plate, VIN or ID number is behind dots.",
    ),
    "changed": ("这条消息在您查看之后已经变化，没有再下达。请看现在的状态。", "It has changed since you looked, and nothing was ordered."),
}


@dataclass(frozen=True)
class Violation:
    """A cause as a person reads it."""

    kind: str
    field: str
    name: str
    rule: str
    told: str
    wants: str


@dataclass(frozen=True)
class One:
    """What every part of the page needs."""

    item: ParkedItem
    others: tuple[ParkedItem, ...]

    @property
    def seen(self) -> str:
        """Changes with every change of its state: a page of before orders nothing."""
        return f"{self.item.state}/{self.item.at.isoformat()}"

    @property
    def can_be_tried(self) -> bool:
        """What never became a message of ours can only be looked at and dropped."""
        return self.item.state == "parked" and bool(self.item.type)

    @property
    def may_be_mended(self) -> bool:
        """The fault is in the message itself: in a field that its own contract names."""
        return any(violation.wants for violation in self.violations)

    @property
    def was_at_a_partner(self) -> bool:
        """Somebody else may have carried it out already, under its id."""
        return self.item.service in CALLS

    @property
    def violations(self) -> tuple[Violation, ...]:
        return tuple(_violation(self.item.type, cause) for cause in self.item.causes)

    @property
    def address(self) -> dict[str, Any]:
        return {"message_id": self.item.message_id, "service": self.item.service}


def _violation(type: str, cause: Cause) -> Violation:
    wants = wanted(type, cause.field) if cause.kind == "contract" and cause.field else ""
    kind = say(KINDS.get(cause.kind, (cause.kind, cause.kind)))
    return Violation(kind, cause.field, field_words(cause.field), rule_words(cause.rule), cause.rule, wants)


def add_views(app: Flask, context: Context) -> None:
    _add_showing(app, context)
    _add_orders(app, context)
    _add_mending(app, context)


def _add_showing(app: Flask, context: Context) -> None:
    @page(app, "/parked/<uuid:message_id>", right=Right.READ)
    def parked_one(message_id: UUID) -> str:
        one = _one(context, message_id)
        notice = NOTICES.get(request.args.get("done", ""))
        template = "parked_one_live.html" if is_poll() else "parked_one.html"
        shown = {"states": STATE_LEVELS, "statuses": STATUS_LEVELS, "status_words": STATUSES, "notice": say(notice) if notice else ""}
        return render_template(template, one=one, item=one.item, mend_first=one.may_be_mended, **shown)

    @page(app, "/parked/<uuid:message_id>/payload", right=Right.READ, methods=("POST",))
    def payload(message_id: UUID) -> str:
        """With personal fields behind dots."""
        return _payload(context, _one(context, message_id), clear=False)

    @page(app, "/parked/<uuid:message_id>/clear", right=Right.PAYLOAD, methods=("POST",))
    def clear_payload(message_id: UUID) -> str:
        """In clear, and never without a line in the audit."""
        return _payload(context, _one(context, message_id), clear=True)


def _payload(context: Context, one: One, *, clear: bool) -> str:
    opened = payloads.ask(context.insight, one.item.message_id, one.item.service)
    if opened and clear:
        _note_shown(context, one)
    content = payloads.content_of(one.item.type, opened, clear=clear) if opened else None
    part = "HX-Request" in request.headers
    return render_template("payload.html" if part else "payload_page.html", one=one, item=one.item, content=content, clear=clear)


def _add_orders(app: Flask, context: Context) -> None:
    def ordered(one: One, done: str) -> Response:
        return redirect(url_for("parked_one", done=done, **one.address), 303)

    @page(app, "/parked/<uuid:message_id>/redrive", right=Right.ORDER, methods=("POST",))
    def redrive(message_id: UUID) -> Response:
        one = _one(context, message_id)
        if _has_changed(one):
            return ordered(one, "changed")
        context.audit.write(who(), "parked.redrive", str(message_id), {"service": one.item.service})
        context.insight.redrive(message_id, one.item.service)
        return ordered(one, "redrive")

    @page(app, "/parked/<uuid:message_id>/drop", right=Right.ORDER, methods=("POST",))
    def drop(message_id: UUID) -> Response:
        one, reason = _one(context, message_id), request.form.get("reason", "").strip()
        if not 0 < len(reason) <= 200:
            raise Problem("reason", "放弃要写明原因，最多 200 个字。", "Say why it is given up, in 200 characters or fewer.", 422)
        if without_personal(reason) != reason:
            raise Problem("reason", *NO_PERSONAL, 422)
        if _has_changed(one):
            return ordered(one, "changed")
        context.audit.write(who(), "parked.drop", str(message_id), {"service": one.item.service, "reason": reason})
        context.insight.drop(message_id, reason, one.item.service)
        return ordered(one, "drop")

    @page(app, "/parked/<uuid:message_id>/care", right=Right.ORDER, methods=("POST",))
    def take_care(message_id: UUID) -> Response:
        one, wish = _one(context, message_id), _wish()
        hidden = {name: without_personal(text)[: MOST_WRITTEN[name]] for name, text in wish.items()}
        care = Care.model_validate(hidden)
        about = {"service": one.item.service, "owner": care.owner, "status": care.status}
        context.audit.write(who(), "parked.care", str(message_id), about)
        context.insight.care(message_id, one.item.service, care)
        return ordered(one, "care" if hidden == wish else "hidden")


def _wish() -> dict[str, str]:
    """What was changed in the form: what somebody else wrote meanwhile into another field stays."""
    wish = {}
    for name, most in MOST_WRITTEN.items():
        text, was = (request.form.get(field, "").replace("\r\n", "\n").strip() for field in (name, f"was_{name}"))
        if text != was:
            wish[name] = text[:most]
    if wish.get("status", "new") not in get_args(Status):
        raise Problem("status", "请选择处理情况。", "Please choose how it stands.", 422)
    return wish


def _add_mending(app: Flask, context: Context) -> None:
    @page(app, "/parked/<uuid:message_id>/mend", right=Right.MEND)
    def mend_one(message_id: UUID) -> tuple[str, int] | Response:
        one = _one(context, message_id)
        contract = payloads.contract_of(one.item.type)
        if contract is None or not one.can_be_tried:
            return redirect(url_for("parked_one", **one.address), 303)
        opened = payloads.ask(context.insight, message_id, one.item.service)
        if opened is None or opened.data is None:
            return _without_data(one, waiting=opened is None)
        clear = _in_clear(context, one)
        return _mending(one, form_of(contract, opened.data, clear=clear), clear=clear)

    @page(app, "/parked/<uuid:message_id>/mend", right=Right.MEND, methods=("POST",))
    def send_mended(message_id: UUID) -> tuple[str, int] | Response:
        """Held against the contract before anything is sent."""
        one = _one(context, message_id)
        contract = payloads.contract_of(one.item.type)
        if contract is None or _has_changed(one):
            return redirect(url_for("parked_one", done="changed", **one.address), 303)
        opened = payloads.ask(context.insight, message_id, one.item.service)
        if opened is None or opened.data is None:
            return _without_data(one, waiting=opened is None)
        mended = mend(contract, opened.data, request.form, clear=_wants_clear())
        if mended.data is None or not mended.changed:
            return _mending(one, mended.form, clear=_in_clear(context, one), unchanged=mended.data is not None, status=422)
        changed = ", ".join(mended.changed)[:MOST_NAMED]
        mending = _mending_of(one, mended.data)
        context.audit.write(who(), "parked.mend", str(message_id), {"service": one.item.service, "changed": changed})
        context.insight.mend(message_id, mending)
        return redirect(url_for("parked_one", done="mend", **one.address), 303)

    app.jinja_env.globals.update(field_name=field_words)


def _mending_of(one: One, data: dict[str, Any]) -> Mending:
    """Raises Problem for what is too large: what no contract names stays in a message, however much that is."""
    try:
        return Mending(service=one.item.service, body=json.dumps(data, ensure_ascii=False))
    except ValidationError:
        raise Problem(
            "large", "修正后的内容太大，不能发送。", "The mended message is too large to be sent.", 413
        ) from None  # it holds the values


def _wants_clear() -> bool:
    return may(Right.PAYLOAD) and request.values.get("clear") == "yes"


def _in_clear(context: Context, one: One) -> bool:
    """Whether the form that is about to be shown has personal data in clear; if so the audit has a line of it."""
    if _wants_clear():
        _note_shown(context, one)
    return _wants_clear()


def _note_shown(context: Context, one: One) -> None:
    """Before it is: what cannot be written down is not shown. Waiting for the holder is no showing."""
    context.audit.write(who(), "payload.shown", str(one.item.message_id), {"service": one.item.service, "type": one.item.type})


def _mending(one: One, form: MendForm, *, clear: bool, unchanged: bool = False, status: int = 200) -> tuple[str, int]:
    return render_template(
        "mend.html", one=one, item=one.item, form=form, clear=clear, unchanged=unchanged, at_partner=one.was_at_a_partner
    ), status


def _without_data(one: One, *, waiting: bool) -> tuple[str, int]:
    """What was typed is carried on, so that nothing is typed twice."""
    kept = {name: value for name, value in request.form.items() if name not in ("csrf", "service")}
    return render_template("mend_waiting.html", one=one, item=one.item, waiting=waiting, typed=kept), 503 if waiting else 409


def _one(context: Context, message_id: UUID) -> One:
    """The one in the service that is named; else the one parked now, or the newest. Problem 404 where nobody ever held it."""
    held = context.insight.parked_one(message_id).parked
    service = request.values.get("service", "")
    found = [item for item in held if item.service == service] if service else sorted(held, key=lambda item: item.state != "parked")
    if not found:
        abort(404)
    return One(found[0], tuple(item for item in held if item is not found[0]))


def _has_changed(one: One) -> bool:
    """Another order came first, or it was tried and parked anew: what the form was about is over."""
    return request.form.get("seen") != one.seen or one.item.state != "parked"
