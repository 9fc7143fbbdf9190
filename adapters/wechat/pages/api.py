"""What the pages post and ask by themselves, as JSON below `/api/` (A-APT-09): who asks, from where, what, and the answer."""

from collections.abc import Callable
from datetime import date, datetime
from typing import TypeVar
from urllib.parse import quote, urlsplit
from uuid import UUID

from flask import Flask, Request, Response, request
from pydantic import BaseModel, ValidationError

from adapters.wechat.pages import checks, jssdk, problems
from adapters.wechat.pages.context import Context
from adapters.wechat.pages.entering import LoginWanted, is_marked_for, visitor_of
from adapters.wechat.pages.own_paths import address, own_path
from adapters.wechat.pages.problems import Problem
from adapters.wechat.pages.session import Session
from adapters.wechat.pages.store import ACCEPTED
from adapters.wechat.pages.words import BUSINESS_ZONE
from contracts.partners.pages import (
    AppointmentStatus,
    BindingStatus,
    BookingForm,
    BookingReceipt,
    CodeForm,
    CodeRequestForm,
    ConsentForm,
    PlaceLeft,
    PlacesAnswer,
    RegistrationForm,
    RegistrationStatus,
    ReminderWishForm,
    ReschedulingForm,
    UnbindingForm,
    WithdrawalForm,
)

FROM_OUR_PAGES = ("same-origin", "same-site", "none")
"""Sec-Fetch-Site; where it is `same-site`, Origin says the rest."""
MOST_DAYS = 120

F = TypeVar("F", bound=BaseModel)


def add_api(app: Flask, context: Context) -> None:
    _add_registering(app, context)
    _add_booking(app, context)
    _add_reminding(app, context)
    _add_asking(app, context)


def _add_registering(app: Flask, context: Context) -> None:
    @app.post("/api/consents")
    def consent() -> Response:
        session = poster(context)
        form = posted_as(ConsentForm)
        if form.granted and form.text_version != context.settings.pages.consent_version:
            raise problems.consent_outdated()
        return receipt(form.id, repeat=context.submitting.consent(form, session))

    @app.post("/api/registrations")
    def register() -> Response:
        session = poster(context)
        form = posted_as(RegistrationForm)
        typed, found = checks.check_registration(form, _today(context))
        if found:
            raise problems.of_fields(found)
        if form.text_version != context.settings.pages.consent_version:
            raise problems.consent_missing()
        return receipt(form.id, repeat=_may_need_login(lambda: context.submitting.register(form, typed, session, _address_key(context))))

    @app.post("/api/registrations/<uuid:registration_id>/code")
    def another_code(registration_id: UUID) -> Response:
        session = poster(context)
        posted_as(CodeRequestForm)
        context.submitting.request_code(registration_id, session.follower_id, _address_key(context))
        return receipt(registration_id, repeat=False)

    @app.post("/api/registrations/<uuid:registration_id>/verify")
    def verify(registration_id: UUID) -> Response:
        session = poster(context)
        form = posted_as(CodeForm)
        code = checks.plain(form.code)
        if found := checks.code_problem(code):
            raise problems.of_fields((found,))
        return receipt(registration_id, repeat=context.submitting.verify(form.id, code, registration_id, session.follower_id))

    @app.post("/api/bindings/<uuid:binding_id>/end")
    def unbind(binding_id: UUID) -> Response:
        session = poster(context)
        return receipt(binding_id, repeat=context.submitting.end(posted_as(UnbindingForm), binding_id, session.follower_id))


def _add_booking(app: Flask, context: Context) -> None:
    @app.post("/api/appointments")
    def book() -> Response:
        session = poster(context)
        form = posted_as(BookingForm)
        return receipt(form.id, repeat=context.submitting.book(form, session.follower_id))

    @app.post("/api/appointments/<uuid:appointment_id>/withdraw")
    def withdraw(appointment_id: UUID) -> Response:
        session = poster(context)
        return receipt(appointment_id, repeat=context.submitting.withdraw(posted_as(WithdrawalForm), appointment_id, session.follower_id))

    @app.post("/api/appointments/<uuid:appointment_id>/reschedule")
    def reschedule(appointment_id: UUID) -> Response:
        session = poster(context)
        return receipt(
            appointment_id, repeat=context.submitting.reschedule(posted_as(ReschedulingForm), appointment_id, session.follower_id)
        )


def _add_reminding(app: Flask, context: Context) -> None:
    @app.post("/api/reminders/wishes")
    def wish() -> Response:
        session = poster(context)
        form = posted_as(ReminderWishForm)
        return receipt(form.id, repeat=context.submitting.wish(form, session.follower_id))


def _add_asking(app: Flask, context: Context) -> None:
    copies = context.copies

    @app.get("/api/appointments/<uuid:appointment_id>")
    def appointment(appointment_id: UUID) -> Response:
        found = copies.appointment(asker(context).follower_id, appointment_id)
        if found is None:
            raise problems.unknown_appointment()
        return json_answer(200, AppointmentStatus(id=appointment_id, version=found.version, state=found.state, wanted=found.wanted))

    @app.get("/api/registrations/<uuid:registration_id>")
    def registration(registration_id: UUID) -> Response:
        found = copies.registration(asker(context).follower_id, registration_id)
        if found is None:
            raise problems.unknown_registration()
        shown = {name: getattr(found, name) for name in RegistrationStatus.model_fields if name != "id"}
        return json_answer(200, RegistrationStatus(id=registration_id, **shown))

    @app.get("/api/bindings/<uuid:binding_id>")
    def binding(binding_id: UUID) -> Response:
        found = copies.car(asker(context).follower_id, binding_id)
        if found is None:
            raise problems.unknown_car()
        return json_answer(200, BindingStatus(id=binding_id, version=found.version, active=found.active))

    @app.get("/api/places")
    def places() -> Response:
        asker(context)
        from_day, days = _days_asked(_today(context))
        left = copies.places(request.args.get("dealer", "")[:32], from_day, days)
        return json_answer(200, PlacesAnswer(places=tuple(PlaceLeft.model_validate(one, from_attributes=True) for one in left)))

    @app.get("/api/jssdk")
    def js_sdk() -> Response:
        account = asker(context).account
        url = request.args.get("url", "")
        if not jssdk.is_ours(url, context.settings.http.public_url):
            raise problems.of_http(400)
        ticket = copies.ticket(account)
        if ticket is None or ticket.expires_at <= context.now():
            raise problems.no_ticket()
        return json_answer(200, jssdk.signed(context.settings.accounts[account].appid, ticket.ticket, url, context.now()))


def poster(context: Context) -> Session:
    """Raises Problem: 403 from another site, else as `asker`."""
    if _is_cross_site(request, context.settings.http.public_url):
        raise problems.cross_site()
    return asker(context)


def asker(context: Context) -> Session:
    """Raises Problem: 401 without a session, or for a page that was made for another follower."""
    try:
        session = visitor_of(context)
    except LoginWanted as wanted:
        raise problems.no_session().with_login(_login_address()) from wanted
    if not is_marked_for(context, session):
        raise problems.session_changed().with_login(_login_address())
    return session


def _may_need_login(submit: Callable[[], bool]) -> bool:
    """A session whose follower's openid is not known here any more is no session for what needs it."""
    try:
        return submit()
    except Problem as problem:
        if problem.status == 401:
            problem.with_login(_login_address())
        raise


def _login_address() -> str:
    """Through WeChat, and back to the page that asked."""
    try:
        parts = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        parts = urlsplit("")
    path = parts.path.removeprefix(request.script_root) + (f"?{parts.query}" if parts.query else "")
    return address(f"/oauth/begin?path={quote(own_path(path) or '/', safe='')}")


def _is_cross_site(asked: Request, public_url: str) -> bool:
    """A browser names the page it posts from; another program may name none, and has no follower's cookie to abuse."""
    if asked.headers.get("Sec-Fetch-Site", "none") not in FROM_OUR_PAGES:
        return True
    origin = asked.headers.get("Origin")
    return origin is not None and _host_of(origin) not in (_host_of(public_url), asked.host)


def _host_of(address: str) -> str | None:
    """None for what is no address at all, which is nobody's."""
    try:
        return urlsplit(address).netloc or None
    except ValueError:
        return None


def posted_as(model: type[F]) -> F:
    """Strict: text is text and a number is a number. Raises Problem."""
    if request.mimetype != "application/json":  # a form of another site cannot send this without being asked first
        raise problems.not_json()
    try:
        return model.model_validate_json(request.get_data(), strict=True)
    except ValidationError as error:
        raise problems.of_form(error) from error


def _days_asked(today: date) -> tuple[date, int]:
    """Raises Problem."""
    try:
        from_day = date.fromisoformat(request.args.get("from", today.isoformat()))
        days = int(request.args.get("days", "31"))
    except ValueError as error:
        raise problems.of_http(400) from error
    if not (1 <= days <= MOST_DAYS) or from_day > date(9000, 1, 1):
        raise problems.of_http(400)
    return from_day, days


def _today(context: Context) -> date:
    now: datetime = context.now()
    return now.astimezone(BUSINESS_ZONE).date()


def _address_key(context: Context) -> str:
    """The phone's network address as our proxies say it, unreadable: to bound guessing."""
    return context.vault.lookup("address", request.remote_addr or "")


def receipt(id: UUID, *, repeat: bool) -> Response:
    answer = json_answer(ACCEPTED, BookingReceipt(id=id))
    if repeat:
        answer.headers["Idempotent-Replayed"] = "true"
    return answer


def json_answer(status: int, body: BaseModel) -> Response:
    return Response(body.model_dump_json(), status, {"Cache-Control": "no-store"}, content_type="application/json; charset=utf-8")
