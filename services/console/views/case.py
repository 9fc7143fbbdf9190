"""One complaint on one page: facts, the customer's other dealings, history, files, what may be done next; it follows what others do."""

from uuid import UUID

from flask import Flask, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from contracts.complaining import MOST_BYTES
from contracts.complaint_case import CaseAnswer
from contracts.operating import Hit, SearchForm
from services.console import case_said, complaint_words
from services.console.access import Right, is_poll, page, who
from services.console.context import Context
from services.console.masking import DOT
from services.console.problems import Problem
from services.console.step_asks import is_open
from services.console.step_fields import money
from services.console.step_words import PLACES, words_of
from services.console.words import say

SHOWN_HERE = frozenset({"image/jpeg", "image/png", "image/webp", "audio/mpeg", "audio/mp4", "audio/ogg"})
"""What a browser draws or plays without anybody's program in it."""
TAKEN = frozenset({*SHOWN_HERE, "application/pdf"})
ELSEWHERE = frozenset({"attach"})
"""Steps with a form of their own."""


def add_views(app: Flask, context: Context) -> None:
    @page(app, "/complaints/<uuid:complaint_id>", right=Right.CASES)
    def case(complaint_id: UUID) -> str | Response:
        looking = context.complaining.looking(complaint_id)
        others = tuple(name for name in looking.looking if name != who())
        if is_poll() and request.args.get("seen") == _seen(looking.version, others):
            return Response(status=204)
        answer = context.complaining.case(complaint_id)
        shown = {
            "case": answer,
            "others": others,
            "seen": _seen(answer.version, others),
            "clocks": [case_said.running(one, context.now()) for one in answer.clocks if is_open(one)],
            "done_clocks": [case_said.running(one, context.now()) for one in answer.clocks if not is_open(one)],
            "lines": case_said.history(answer),
            "doing": _doing(answer),
        }
        if is_poll():
            return render_template("case_live.html", **shown)
        if answer.mobile and DOT not in answer.mobile and "*" not in answer.mobile:
            context.audit.write(who(), "complaint.opened", str(complaint_id))
        return render_template("case.html", **shown)

    @page(app, "/complaints/<uuid:complaint_id>/looking", right=Right.CASES)
    def case_looking(complaint_id: UUID) -> str | Response:
        """While somebody fills in a form: whether the case has moved on under it, and who else is there."""
        looking = context.complaining.looking(complaint_id)
        others = [name for name in looking.looking if name != who()]
        moved = request.args.get("version", "") not in ("", str(looking.version))
        return render_template("case_looking.html", others=others, moved=moved)

    @page(app, "/complaints/<uuid:complaint_id>/files/<uuid:file_id>", right=Right.CASES)
    def case_file(complaint_id: UUID, file_id: UUID) -> Response:
        known = next((one for one in context.complaining.case(complaint_id).files if one.file_id == file_id), None)
        if known is None or known.state != "kept":
            raise Problem("unknown", "没有这个文件。", "There is no such file.", 404)
        answer = make_response(context.complaining.file(complaint_id, file_id))
        answer.headers["Content-Type"] = known.media_type if known.media_type in TAKEN else "application/octet-stream"
        answer.headers["Content-Disposition"] = "inline" if known.media_type in SHOWN_HERE else f'attachment; filename="{file_id}"'
        answer.headers["Cache-Control"] = "private, no-store"
        return answer

    @page(app, "/complaints/<uuid:complaint_id>/dealings", right=Right.DEALINGS)
    def case_dealings(complaint_id: UUID) -> str:
        """Appointments, registrations, reminders of the same customer and car, for beside the case."""
        answer = context.complaining.case(complaint_id)
        context.audit.write(who(), "complaint.dealings", str(complaint_id))
        return render_template("case_dealings.html", hits=_dealings(context, answer))

    app.jinja_env.globals.update(
        complaint_words=complaint_words, step_words_of=words_of, step_places=PLACES, money_said=money, most_bytes=MOST_BYTES
    )


def _seen(version: int, others: tuple[str, ...]) -> str:
    return "|".join((str(version), *sorted(others)))


def _doing(answer: CaseAnswer) -> list[tuple[str, str, list[tuple[str, str, str, bool, str]]]]:
    """What may be done, in groups: key and name; of each step name, words, sign, whether it asks for a second look, address."""
    groups: dict[str, list[tuple[str, str, str, bool, str]]] = {place: [] for place in PLACES if place != "system"}
    for step in answer.allowed:
        words = words_of(step)
        if words.place == "system":
            continue
        address = url_for("case_step", complaint_id=answer.complaint_id, step=step)
        groups[words.place].append((step, say(words.does), words.sign, words.danger, address))
    groups["way"].sort(key=lambda step: step[3])  # what leads on before what leads back
    return [(place, say(PLACES[place]), steps) for place, steps in groups.items() if steps]  # type: ignore[index] # they are its keys


def _dealings(context: Context, answer: CaseAnswer) -> list[Hit]:
    """By what is known in clear, newest first, each once; not the case itself."""
    asked = {"mobile": answer.mobile, "vin": answer.vin, "plate": answer.plate}
    found: dict[UUID, Hit] = {}
    for by, value in asked.items():
        if value and DOT not in value and "*" not in value:
            form = SearchForm.model_validate({"by": by, "value": value})
            found |= {hit.subject: hit for hit in context.insight.search(form).hits}
    found.pop(answer.complaint_id, None)
    return sorted(found.values(), key=lambda hit: hit.last_at, reverse=True)[:12]
