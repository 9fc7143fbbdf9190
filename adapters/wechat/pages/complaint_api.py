"""What the pages post and ask of complaints, as JSON below `/api/complaints` (A-CMP-35)."""

from uuid import UUID

from flask import Flask, Response, request

from adapters.wechat.pages import checks, problems
from adapters.wechat.pages.api import asker, json_answer, posted_as, poster, receipt
from adapters.wechat.pages.complaint_files import KeptFiles
from adapters.wechat.pages.context import Context
from contracts.partners.pages import (
    ComplaintAdditionForm,
    ComplaintForm,
    ComplaintReopeningForm,
    ComplaintStatus,
    ComplaintSurveyForm,
    ComplaintWithdrawalForm,
)

FILE_SECONDS = 600
"""A phone keeps a photo for so long: what is shown anew need not be fetched anew."""


def add_complaint_api(app: Flask, context: Context) -> None:
    _add_posting(app, context)
    _add_asking(app, context)


def _add_posting(app: Flask, context: Context) -> None:
    submitting = context.submitting

    @app.post("/api/complaints")
    def complain() -> Response:
        session = poster(context)
        posted = posted_as(ComplaintForm)
        if not checks.readable(posted.text):
            raise problems.of_fields((checks.empty("text"),))
        if posted.text_version != context.settings.pages.consent_version:
            raise problems.consent_missing()
        return receipt(posted.id, repeat=submitting.complain(posted, checks.check_reached(posted), session))

    @app.post("/api/complaints/<uuid:complaint_id>/add")
    def add_to_complaint(complaint_id: UUID) -> Response:
        session = poster(context)
        return receipt(complaint_id, repeat=submitting.add_to_complaint(posted_as(ComplaintAdditionForm), complaint_id, session))

    @app.post("/api/complaints/<uuid:complaint_id>/withdraw")
    def withdraw_complaint(complaint_id: UUID) -> Response:
        session = poster(context)
        return receipt(complaint_id, repeat=submitting.withdraw_complaint(posted_as(ComplaintWithdrawalForm), complaint_id, session))

    @app.post("/api/complaints/<uuid:complaint_id>/reopen")
    def reopen_complaint(complaint_id: UUID) -> Response:
        session = poster(context)
        return receipt(complaint_id, repeat=submitting.reopen_complaint(posted_as(ComplaintReopeningForm), complaint_id, session))

    @app.post("/api/complaints/<uuid:complaint_id>/survey")
    def answer_survey(complaint_id: UUID) -> Response:
        session = poster(context)
        return receipt(complaint_id, repeat=submitting.answer_survey(posted_as(ComplaintSurveyForm), complaint_id, session))


def _add_asking(app: Flask, context: Context) -> None:
    files = KeptFiles(context.settings.operator)

    @app.get("/api/complaints/<uuid:complaint_id>")
    def complaint(complaint_id: UUID) -> Response:
        found = context.copies.complaint(asker(context).follower_id, complaint_id)
        if found is None:
            raise problems.unknown_complaint()
        number = found.news.number if found.news else ""
        return json_answer(200, ComplaintStatus(id=complaint_id, version=found.version, number=number, state=found.shown, mark=found.mark))

    @app.get("/api/complaints/<uuid:complaint_id>/files/<uuid:file_id>")
    def own_file(complaint_id: UUID, file_id: UUID) -> Response:
        """In parts where the phone wants it so: an iPhone plays no sound otherwise."""
        session = asker(context)
        found = context.copies.complaint(session.follower_id, complaint_id)
        content = files.of(session.follower_id, file_id) if found and found.is_theirs(file_id) else None
        if content is None:
            raise problems.unknown_file()
        answer = Response(content.content, mimetype=content.media_type)
        answer.headers["Cache-Control"] = f"private, max-age={FILE_SECONDS}"
        answer.headers["Content-Disposition"] = "inline"
        answer.make_conditional(request, accept_ranges=True, complete_length=len(content.content))
        return answer
