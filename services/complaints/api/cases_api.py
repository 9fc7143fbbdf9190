"""The queues of the desk, one case, and taking one in (A-CMP-01, 04, 18).

POST /cases/search    CaseQuery → CasePage: what is looked for may be a phone number, and addresses are logged
GET  /counts          QueueCounts
GET  /cases/<id>      CaseAnswer
POST /cases           CaseOrder → CaseAnswer, 201; a repeat: 200
GET  /dealers         Dealers
"""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from flask import Flask
from sqlalchemy import select

from chassis.database import Transaction, in_one_transaction
from chassis.internal_api import Answered, Problem, answer, form_of
from contracts.complaining import CaseOrder, CasePage, CaseQuery, DealerAnswer, Dealers, QueueCounts
from services.complaints.api.acting import acting
from services.complaints.api.reaching import refused, shown, unknown
from services.complaints.cases import queue, store
from services.complaints.cases.intake import complainant_of, receive
from services.complaints.cases.lines import lines
from services.complaints.cases.taking import Acting, Asked, Refused
from services.complaints.cases.visibility import sees
from services.complaints.cases.world import world_of
from services.complaints.clocks import book
from services.complaints.tables import dealers

if TYPE_CHECKING:
    from chassis.runtime import ServiceRuntime

ROWS = 50
MOST_COUNTED = 1000


def add_cases(app: Flask, runtime: "ServiceRuntime", now: Callable[[], datetime]) -> None:
    terms = runtime.process.settings.complaints

    @app.post("/cases/search")
    def search_cases() -> Answered:
        by, asked, at = acting(), form_of(CaseQuery), now()
        after = _place(asked.after)
        with runtime.database.read() as connection:
            places = queue.page(connection, asked, by, at, after, most=ROWS)
            ids = [place.complaint_id for place in places[:ROWS]]
            rows = lines(connection, ids, by, book.seen(connection, terms), at)
        return answer(CasePage(rows=tuple(rows), next=str(places[ROWS - 1]) if len(places) > ROWS else None))

    @app.get("/counts")
    def get_counts() -> Answered:
        by, at = acting(), now()
        with runtime.database.read() as connection:
            return answer(QueueCounts.model_validate(queue.counts(connection, by, at, MOST_COUNTED)))

    @app.get("/cases/<uuid:complaint_id>")
    def get_case(complaint_id: UUID) -> Answered:
        return answer(shown(runtime, complaint_id, acting(), now()))

    @app.post("/cases")
    def post_case() -> Answered:
        by, order, at = acting(), form_of(CaseOrder), now()

        def keep(tx: Transaction) -> bool:
            known = store.find(tx, order.complaint_id)
            if known is not None:
                if not sees(by, known):
                    raise unknown()
                return False
            asked = Asked(order.form, by, "desk", uuid5(order.complaint_id, "receive"))
            receive(tx, order.complaint_id, asked, complainant_of(order.form), world_of(tx, at, terms))
            return True

        try:
            is_new = in_one_transaction(runtime.database, keep)
        except Refused as no:
            raise refused(no) from no
        return answer(shown(runtime, order.complaint_id, by, at), 201 if is_new else 200)

    _add_dealers(app, runtime)


def _add_dealers(app: Flask, runtime: "ServiceRuntime") -> None:
    @app.get("/dealers")
    def get_dealers() -> Answered:
        by = acting()
        with runtime.database.read() as connection:
            rows = connection.execute(select(dealers).where(dealers.c.active, *_own(by)).order_by(dealers.c.dealer_code))
            told = tuple(DealerAnswer(**{name: row._mapping[name] for name in DealerAnswer.model_fields}) for row in rows)
        return answer(Dealers(dealers=told))


def _own(by: Acting) -> list[Any]:
    codes = {dealers.c.dealer_code: by.dealer_code, dealers.c.region_code: by.region_code}
    return [column == code for column, code in codes.items() if code]


def _place(text: str) -> queue.Place | None:
    try:
        return queue.Place.of(text) if text else None
    except ValueError:
        raise Problem(400, "after", "after 应为上一页的 next", "after is the `next` of the page before.") from None
