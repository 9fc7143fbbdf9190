"""Files of cases, checked and cleaned before they are kept (A-CMP-35).

GET /cases/<id>/files/<file_id>            its bytes, where it is kept
GET /followers/<id>/files/<file_id>        the same for whose case it is: what they sent, and what they may see
PUT /cases/<id>/files/<file_id>            the bytes of one from the desk, X-File-Name → FileAnswer, 201; a repeat: 200
PUT /files/<file_id>                       the bytes of one that was sent for: the sender brings it → 204; 503 while it is being opened

What is not taken is refused with 422 and the reason as code (`not_a_photo`, `not_a_voice`, `not_a_paper`,
`active_paper`, `too_large`); more bytes than may be with 413 `too_large`.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote
from uuid import UUID

from flask import Flask, Response, request
from sqlalchemy import Row
from werkzeug.exceptions import RequestEntityTooLarge

from chassis import crash
from chassis.database import in_one_transaction
from chassis.internal_api import Answered, Problem, answer
from contracts.complaining import MOST_BYTES
from services.complaints.api.acting import acting
from services.complaints.api.reaching import seen
from services.complaints.cases.showing import file_of
from services.complaints.cases.visibility import sees_file
from services.complaints.files import store
from services.complaints.files.cleaning import Clean, Kind, cleaned, kind_at_the_desk
from services.complaints.files.unclean import Reason, Unclean

if TYPE_CHECKING:
    from chassis.runtime import ServiceRuntime

MOST_FILES_OF_A_CASE = 200
LONGEST_NAME = 128

SAID: dict[Reason, tuple[str, str]] = {
    "not_a_photo": (
        "文件不是完整的图片（支持 JPG、PNG、WebP、GIF、BMP）或 PDF。苹果手机的 HEIC 照片请先转成 JPG",
        "It is neither a whole picture (JPG, PNG, WebP, GIF, BMP) nor a PDF. Turn an iPhone's HEIC into a JPG first.",
    ),
    "not_a_voice": ("文件不是可识别的录音", "It is no recording."),
    "not_a_paper": ("PDF 文件不完整，或设有密码", "The PDF is not whole, or it is locked by a password."),
    "active_paper": (
        "PDF 内含脚本、附件或多媒体，不能保存。请重新打印为普通 PDF 后上传",
        "The PDF holds scripts, other files or media. Print it to a plain PDF and bring that.",
    ),
    "too_large": (
        "文件过大：图片、PDF 不超过 10 MB，图片不超过 6400 万像素，录音不超过 60 秒",
        "It is too large: 10 MB for a picture or PDF, 64 million pixels for a picture, 60 seconds for a recording.",
    ),
}


def add_files(app: Flask, runtime: "ServiceRuntime", now: Callable[[], datetime]) -> None:
    _add_reading(app, runtime)
    _add_bringing(app, runtime, now)
    _add_sent_for(app, runtime)


def _add_sent_for(app: Flask, runtime: "ServiceRuntime") -> None:
    """The sender may have to come again before it heard: a file is opened once at a time, and one that was refused not again."""
    being_opened: set[UUID] = set()

    @app.put("/files/<uuid:file_id>")
    def put_file(file_id: UUID) -> Answered:
        with runtime.database.read() as connection:
            row = store.find(connection, file_id)
        if row is None:
            raise _no_file()
        if row.state == "kept":
            return Response(), 204
        if row.state == "lost" and row.reason in SAID:
            raise Problem(422, row.reason, *SAID[row.reason])
        if file_id in being_opened:
            raise Problem(503, "busy", "文件正在检查，请稍后再来", "The file is being looked at: please come again.")
        being_opened.add(file_id)
        try:
            _keep_or_lose(runtime, file_id, row.kind)
        finally:
            being_opened.discard(file_id)
        return Response(), 204


def _keep_or_lose(runtime: "ServiceRuntime", file_id: UUID, kind: Kind) -> None:
    """What became of it is known here even where the sender waits no longer. Raises Problem 422."""
    try:
        clean = cleaned(kind, _body())
    except Unclean as unclean:
        reason = unclean.reason
        in_one_transaction(runtime.database, lambda tx: store.lose(tx, file_id, reason))
        raise Problem(422, reason, *SAID[reason]) from unclean
    in_one_transaction(runtime.database, lambda tx: store.keep(tx, file_id, clean))
    crash.here("file_kept", runtime.name)


def _add_reading(app: Flask, runtime: "ServiceRuntime") -> None:
    @app.get("/cases/<uuid:complaint_id>/files/<uuid:file_id>")
    def get_file(complaint_id: UUID, file_id: UUID) -> Answered:
        by = acting()
        with runtime.database.read() as connection:
            case = seen(connection, complaint_id, by)
            row = store.find(connection, file_id)
            if row is None or row.complaint_id != complaint_id or row.state != "kept" or not sees_file(by, case, row):
                raise _no_file()
            kept = store.content_of(connection, row)
        return _bytes_of(kept)

    @app.get("/followers/<uuid:follower_id>/files/<uuid:file_id>")
    def get_followers_file(follower_id: UUID, file_id: UUID) -> Answered:
        with runtime.database.read() as connection:
            row = store.find(connection, file_id)
            if row is None or row.state != "kept" or not row.shown or not store.is_followers(connection, row, follower_id):
                raise _no_file()
            kept = store.content_of(connection, row)
        return _bytes_of(kept)


def _bytes_of(kept: store.Kept) -> Answered:
    told = Response(kept.content, mimetype=kept.media_type)
    told.headers["Content-Disposition"] = "attachment" if kept.kind == "paper" else "inline"
    told.headers["X-Content-Type-Options"] = "nosniff"
    told.headers["Cache-Control"] = "private, no-store"
    return told, 200


def _add_bringing(app: Flask, runtime: "ServiceRuntime", now: Callable[[], datetime]) -> None:
    @app.put("/cases/<uuid:complaint_id>/files/<uuid:file_id>")
    def put_case_file(complaint_id: UUID, file_id: UUID) -> Answered:
        by, name = acting(), _name()
        with runtime.database.read() as connection:
            seen(connection, complaint_id, by)
            row = store.find(connection, file_id)
            number = store.number_of(connection, complaint_id)
        if row is not None:
            return _repeated(row, complaint_id)
        if number >= MOST_FILES_OF_A_CASE:
            raise Problem(409, "too_many", "该单据的文件已达上限", "The case has as many files as it may have.")
        content = _body()
        clean = _clean(kind_at_the_desk(content), content)
        brought = store.Expected(file_id, complaint_id, clean.kind, by.role, shown=False, at=now(), name=name, by=by.name)
        is_new = in_one_transaction(runtime.database, lambda tx: store.expect(tx, brought) and store.keep(tx, file_id, clean))
        with runtime.database.read() as connection:
            row = store.find(connection, file_id)
        if row is None:  # taken away meanwhile
            raise _no_file()
        return _repeated(row, complaint_id) if not is_new else answer(file_of(row), 201)


def _repeated(row: Row[Any], complaint_id: UUID) -> Answered:
    """Of another case it is none of theirs."""
    if row.complaint_id != complaint_id:
        raise Problem(409, "known", "文件编号重复，请重新上传", "The id of the file is in use: bring it again.")
    return answer(file_of(row))


def _name() -> str:
    """As it was called where it came from, without a path, and what can be printed of it."""
    last = unquote(request.headers.get("X-File-Name", "")).replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(sign for sign in last if sign.isprintable()).strip()[:LONGEST_NAME]


def _body() -> bytes:
    """Raises Problem 413; of what is too large no more is read than may be."""
    request.max_content_length = MOST_BYTES
    try:
        return request.get_data()
    except RequestEntityTooLarge as large:
        raise Problem(413, "too_large", *SAID["too_large"]) from large


def _clean(kind: Kind, content: bytes) -> Clean:
    """Raises Problem 422 with the reason."""
    try:
        return cleaned(kind, content)
    except Unclean as unclean:
        raise Problem(422, unclean.reason, *SAID[unclean.reason]) from unclean


def _no_file() -> Problem:
    return Problem(404, "unknown", "没有这个文件", "There is no such file.")
