"""What the stand-ins' Flask apps share: bodies held against a contract, problems as JSON, and the page of controls."""

from collections.abc import Callable
from typing import TypeVar

from flask import Blueprint, Flask, Response, jsonify, request
from pydantic import BaseModel, TypeAdapter, ValidationError
from werkzeug.exceptions import HTTPException

from sandbox.answers import Answer
from sandbox.faults import Fault, Faults
from sandbox.ledger import Ledger

B = TypeVar("B", bound=BaseModel)

PLAN: TypeAdapter[Fault | tuple[Fault, ...]] = TypeAdapter(Fault | tuple[Fault, ...])


class Problem(Exception):
    """Answered as JSON {code, message} with this status."""

    def __init__(self, status: int, code: str, message: str = "") -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message

    def answer(self) -> Answer:
        return Answer.of(self.status, {"code": self.code, "message": self.message})


def new_app(name: str) -> Flask:
    """A Flask app that answers every problem as JSON."""
    app = Flask(name)

    @app.errorhandler(Problem)
    def on_problem(problem: Problem) -> Response:
        return respond(problem.answer())

    @app.errorhandler(HTTPException)
    def on_http_error(error: HTTPException) -> Response:
        return respond(Answer.of(error.code or 500, {"code": error.name.lower().replace(" ", "_"), "message": error.description or ""}))

    return app


def respond(answer: Answer) -> Response:
    return Response(answer.body, answer.status, dict(answer.headers))


def body_of(contract: type[B]) -> B:
    """The request's body, strictly as agreed: ill-typed, missing or unknown fields are 400, named without their values."""
    try:
        body = contract.model_validate_json(request.get_data(), strict=True)
    except ValidationError as error:
        raise Problem(400, "off_contract", violations(error)) from error
    unknown = set(request.get_json(force=True)) - set(contract.model_fields)
    if unknown:
        raise Problem(400, "off_contract", "; ".join(f"{name}: unknown field" for name in sorted(unknown)))
    return body


def wish_of(contract: type[B]) -> B:
    """What a person at a desk or a test asks for; an empty body asks for the usual."""
    try:
        return contract.model_validate_json(request.get_data() or b"{}")
    except ValidationError as error:
        raise Problem(400, "malformed", violations(error)) from error


def violations(error: ValidationError) -> str:
    return "; ".join(f"{'.'.join(map(str, each['loc'])) or 'body'}: {each['msg']}" for each in error.errors(include_input=False))


def controls(ledger: Ledger, faults: Faults, state: Callable[[], dict[str, object]]) -> Blueprint:
    """`/control/…`: what was seen, what is held, what is to go wrong."""
    pages = Blueprint("control", __name__, url_prefix="/control")
    _add_faults(pages, faults)

    @pages.get("/ledger")
    def read_ledger() -> Response:
        since = request.args.get("since", 0, type=int)
        entries = ledger.entries(since, request.args.get("path", ""))
        return jsonify({"requests": entries, "last": entries[-1]["id"] if entries else since})

    @pages.get("/state")
    def read_state() -> Response:
        return jsonify(state())

    return pages


def _add_faults(pages: Blueprint, faults: Faults) -> None:
    @pages.get("/faults")
    def read_faults() -> Response:
        return jsonify({"faults": faults.plan()})

    @pages.put("/faults")
    def put_faults() -> Response:
        """One fault takes the place of the others for its path; a list takes the place of the whole plan."""
        wanted = _faults_wanted()
        if isinstance(wanted, tuple):
            faults.replace(wanted)
        else:
            faults.put(wanted)
        return read_faults()

    @pages.post("/faults")
    def add_faults() -> Response:
        """Behind those that are there."""
        wanted = _faults_wanted()
        faults.add(*(wanted if isinstance(wanted, tuple) else (wanted,)))
        return read_faults()

    @pages.delete("/faults")
    def clear_faults() -> Response:
        faults.replace(())
        return read_faults()


def _faults_wanted() -> Fault | tuple[Fault, ...]:
    try:
        return PLAN.validate_json(request.get_data())
    except ValidationError as error:
        raise Problem(400, "malformed", violations(error)) from error
