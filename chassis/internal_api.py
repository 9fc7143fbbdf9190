"""How a service answers in the internal zone: behind the operator's token, with problems as {code, message, message_en}, forms and answers.

`X-Operator` says who orders, `X-Scope` the dealer or region that they may see. Faults of forms name fields only, never values.
"""

import hmac
import re
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar

from flask import Flask, Response, jsonify, request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import HTTPException

from chassis.database import Conflict
from chassis.errors import Unavailable

F = TypeVar("F", bound=BaseModel)

MOST_BODY = 16 * 1024
OPERATOR = "operator"
LONGEST_NAME = 64


class Problem(Exception):
    """An answer other than success, for a person to read."""

    def __init__(self, status: int, code: str, message: str, message_en: str) -> None:
        super().__init__(code)
        self.status = status
        self.body = {"code": code, "message": message, "message_en": message_en}


@dataclass(frozen=True)
class Scope:
    """What who asks may see: a dealer, a region, or (`level` None) all."""

    level: Literal["dealer", "region"] | None = None
    code: str = ""


def guarded(token: str, most_body: int = MOST_BODY) -> Flask:
    """An application that answers nothing without the token, and every problem in the one form. `most_body` in bytes."""
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = most_body
    app.before_request(lambda: _check_token(token))
    answer_problems(app)
    return app


def operator() -> str:
    """Who orders. UTF-8, or percent-encoded where a client cannot send that. Raises Problem 400."""
    name = _header("X-Operator", OPERATOR)
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise Problem(400, "operator", "X-Operator 应为 1 至 64 个可见字符", "X-Operator is 1 to 64 printable characters.")
    return name


def scope() -> Scope:
    """What may be seen, as `X-Scope` says: `dealer:D001`, `region:EAST`; all where there is none. Raises Problem 400."""
    if "X-Scope" not in request.headers:
        return Scope()
    match re.fullmatch(r"(dealer|region):(\S{1,32})", _header("X-Scope", "")):
        case re.Match() as found:
            return Scope("dealer" if found[1] == "dealer" else "region", found[2])
        case _:
            raise Problem(400, "scope", "X-Scope 应为 dealer:编号 或 region:编号", "X-Scope is dealer:<code> or region:<code>.")


def scope_for(level: str) -> Scope:
    """What may be seen of figures of this level (nation, region, dealer).

    Raises Problem 403 for one above the scope: its sums would be of a part, and look like the whole.
    """
    theirs = scope()
    above = {"dealer": ("nation", "region"), "region": ("nation",)}.get(theirs.level or "", ())
    if level in above:
        raise Problem(403, "scope", "没有查看这一级统计的权限", "Figures of this level are not for you to see.")
    return theirs


def everything() -> None:
    """Raises Problem 403 where who asks may see one dealer or region only."""
    if scope().level:
        raise Problem(403, "scope", "只能查看本店或本区域的统计、名单和处理", "Only figures, lists and decisions of your own may be seen.")


def form_of(form: type[F]) -> F:
    """The body as this form; an absent body is an empty one. Raises Problem 400, which names fields, never values."""
    try:
        return form.model_validate_json(request.get_data() or b"{}")
    except ValidationError as error:
        raise off_form(error) from None  # its text holds the values


def query_of(form: type[F]) -> F:
    """The address's query as this form; what is empty is not given. Raises Problem 400."""
    try:
        return form.model_validate({name: value for name, value in request.args.items() if value})
    except ValidationError as error:
        raise off_form(error) from None


def off_form(error: ValidationError) -> Problem:
    fields = ", ".join(sorted({str(part) for problem in error.errors() for part in problem["loc"][:1]})) or "body"
    return Problem(400, "form", f"请检查：{fields}", f"Please check: {fields}.")


Answered = tuple[Response, int]


def answer(told: BaseModel, status: int = 200) -> Answered:
    return Response(told.model_dump_json(), mimetype="application/json"), status


def answer_problems(app: Flask) -> None:
    """Every problem of this application in the one form."""
    app.register_error_handler(Problem, _say)
    app.register_error_handler(HTTPException, _http_problem)
    app.register_error_handler(Unavailable, _away)
    app.register_error_handler(Conflict, _away)


def _header(name: str, otherwise: str) -> str:
    """Empty where it is no text."""
    try:
        return urllib.parse.unquote(request.headers.get(name, otherwise).encode("latin-1").decode(), errors="strict").strip()
    except UnicodeError:
        return ""


def _check_token(token: str) -> None:
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), token.encode()):
        raise Problem(401, "unauthorised", "需要操作员令牌", "The operator's token is needed.")


def _say(problem: Problem) -> tuple[Response, int, Mapping[str, str]]:
    return jsonify(problem.body), problem.status, {"WWW-Authenticate": "Bearer"} if problem.status == 401 else {}


def _http_problem(error: HTTPException) -> tuple[Response, int]:
    """An unknown path, a wrong method, a body too large: the code is HTTP's own word for it."""
    code = (error.name or "error").lower().replace(" ", "_")
    return jsonify({"code": code, "message": "请求有误", "message_en": "The request cannot be answered."}), error.code or 500


def _away(_error: Exception) -> tuple[Response, int, Mapping[str, str]]:
    body = {"code": "unavailable", "message": "数据库暂不可用，请稍后再试", "message_en": "The database is away; please come again."}
    return jsonify(body), 503, {"Retry-After": "5"}
