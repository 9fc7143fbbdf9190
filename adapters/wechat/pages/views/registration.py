"""Binding a car: the form, and what is going on with it (A-REM-05, 06)."""

from datetime import datetime
from uuid import UUID

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from adapters.wechat.pages.copies import OPEN_REGISTRATIONS
from adapters.wechat.pages.views.shown import car_shown
from adapters.wechat.pages.views.visit import Visit
from adapters.wechat.pages.words import t


def new_registration(visit: Visit) -> str | Response:
    version = visit.settings.pages.consent_version
    if not visit.copies.has_consent(visit.follower_id, version):
        return redirect(url_for("views.consent", next=_own_path()))
    return render_template("registration_form.html", text_version=version, whole_vin=bool(request.args.get("vin17")))


def _own_path() -> str:
    """Of this page, below the mount."""
    return request.full_path.rstrip("?")


def registration(visit: Visit, registration_id: UUID) -> str:
    found = visit.copies.registration(visit.follower_id, registration_id)
    if found is None:
        abort(404)
    bound = visit.copies.car(visit.follower_id, found.binding_id) if found.binding_id else None
    return render_template(
        "registration.html",
        one=found,
        state=found.state.value,
        polling=found.state in OPEN_REGISTRATIONS,
        mobile=found.mobile_masked or t("您的手机", "your phone"),
        code_seconds=_seconds_until(found.code_expires_at, visit.now),
        resend_seconds=_seconds_until(found.next_code_at, visit.now),
        car=car_shown(bound) if bound and bound.active else None,
    )


def _seconds_until(at: datetime | None, now: datetime) -> int:
    """Counted here: a phone's clock may be wrong."""
    return max(0, round((at - now).total_seconds())) if at else 0
