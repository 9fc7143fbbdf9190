"""*Trace*, the way in: by one of our ids, or by phone, VIN, plate or a number at DMS or CSC. What is looked for is never in an address."""

from typing import get_args
from uuid import UUID

from flask import Flask, redirect, render_template, request, url_for
from pydantic import ValidationError
from werkzeug.wrappers import Response

from contracts.operating import Hit, SearchBy, SearchForm
from services.console.access import Right, page, who
from services.console.context import Context
from services.console.names import SUBJECTS, message_name, named
from services.console.problems import Problem
from services.console.words import Pair, say, t

BY: dict[SearchBy, Pair] = {
    "mobile": ("手机号", "Mobile"),
    "vin": ("VIN", "VIN"),
    "plate": ("车牌", "Plate"),
    "number": ("预约单号", "Appointment number"),
    "id": ("我们的编号", "Our id"),
}
PLACEHOLDERS: dict[SearchBy, Pair] = {
    "id": ("消息、预约、绑定或整条链的编号", "of a message, an appointment, a registration or a chain"),
    "mobile": ("13800138000", "13800138000"),
    "vin": ("17 位 VIN", "all 17 characters"),
    "plate": ("渝A12345", "渝A12345"),
    "number": ("DMS 或 CSC 的单号", "as the DMS or CSC gave it"),
}
PERSONAL: frozenset[SearchBy] = frozenset({"mobile", "vin", "plate"})


def add_views(app: Flask, context: Context) -> None:
    def shown(by: SearchBy, *, hits: tuple[Hit, ...] | None = None, problem: str = "", status: int = 200) -> tuple[str, int]:
        asked = {"by": by, "hits": hits, "problem": problem, "kinds": BY, "placeholders": PLACEHOLDERS}
        return render_template("search.html", **asked), status

    @page(app, "/trace", right=Right.TRACE)
    def search() -> tuple[str, int]:
        return shown(_kind(request.args.get("by", "")))

    @page(app, "/trace", right=Right.TRACE, methods=("POST",), endpoint="find")
    def find() -> tuple[str, int] | Response:
        by = _kind(request.form.get("by", ""))
        try:
            form = SearchForm(by=by, value=_tidy(by, request.form.get("value", "")))
        except ValidationError:
            return shown(by, problem=t("请填写要查的内容，最多 64 个字。", "Say what to look for, in 64 characters or fewer."), status=422)
        if by == "id" and not _is_id(form.value):
            return shown(by, problem=t("编号是 UUID，共 36 个字符。", "An id is a UUID of 36 characters."), status=422)
        try:
            hits = context.insight.search(form).hits
        except Problem as problem:
            if problem.status >= 404:
                raise
            return shown(by, problem=t(problem.message, problem.message_en), status=422)
        if by in PERSONAL:
            context.audit.write(who(), "trace.searched", by, {"found": len(hits)})
        if len(hits) == 1:
            return redirect(url_for("trace", asked=hits[0].subject), 303)
        return shown(by, hits=hits)

    app.jinja_env.globals.update(subject_words=lambda what: say(named(SUBJECTS, what)), type_words=lambda type: say(message_name(type)))


def _kind(text: str) -> SearchBy:
    return next((known for known in get_args(SearchBy) if known == text), "mobile")


def _tidy(by: SearchBy, text: str) -> str:
    """Without what gets in when it is copied: spaces, a country code, small letters."""
    text = text.strip()
    if by in ("vin", "plate"):
        return text.replace(" ", "").replace("·", "").upper()
    if by == "mobile":
        return "".join(text.split()).replace("-", "").removeprefix("+86")
    return text


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
