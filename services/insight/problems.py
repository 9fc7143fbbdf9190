"""Answers other than success at `/ops/v1/`: {code, message, message_en} with an HTTP status; and forms, whose faults name fields only."""

from collections.abc import Mapping
from typing import TypeVar

from flask import Flask, Response, jsonify, request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import HTTPException

from chassis.database import Conflict
from chassis.errors import Unavailable

F = TypeVar("F", bound=BaseModel)


class Problem(Exception):
    """An answer other than success, for a person to read."""

    def __init__(self, status: int, code: str, message: str, message_en: str) -> None:
        super().__init__(code)
        self.status = status
        self.body = {"code": code, "message": message, "message_en": message_en}


def form_of(form: type[F]) -> F:
    """The body as this form; an absent body is an empty one. Raises Problem 400, which names fields, never values."""
    try:
        return form.model_validate_json(request.get_data() or b"{}")
    except ValidationError as error:
        raise off_form(error) from None  # its text holds the values


def off_form(error: ValidationError) -> Problem:
    fields = ", ".join(sorted({str(part) for problem in error.errors() for part in problem["loc"][:1]})) or "body"
    return Problem(400, "form", f"请检查：{fields}", f"Please check: {fields}.")


def answer_problems(app: Flask) -> None:
    """Every problem of this application in the one form."""
    app.register_error_handler(Problem, _say)
    app.register_error_handler(HTTPException, _http_problem)
    app.register_error_handler(Unavailable, _away)
    app.register_error_handler(Conflict, _away)


def _say(problem: Problem) -> tuple[Response, int, Mapping[str, str]]:
    return jsonify(problem.body), problem.status, {"WWW-Authenticate": "Bearer"} if problem.status == 401 else {}


def _http_problem(error: HTTPException) -> tuple[Response, int]:
    """An unknown path, a wrong method, a body too large: the code is HTTP's own word for it."""
    code = (error.name or "error").lower().replace(" ", "_")
    return jsonify({"code": code, "message": "请求有误", "message_en": "The request cannot be answered."}), error.code or 500


def _away(_error: Exception) -> tuple[Response, int, Mapping[str, str]]:
    body = {"code": "unavailable", "message": "数据库暂不可用，请稍后再试", "message_en": "The database is away; please come again."}
    return jsonify(body), 503, {"Retry-After": "5"}
