"""How a partner is asked: what each kind of answer means, and that patience has an end."""

from datetime import UTC, datetime
from typing import ClassVar
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field, SecretStr

from chassis.answers import Unauthorised, seconds_asked
from chassis.called import Partner
from chassis.calls import CallLog
from chassis.errors import ContractBroken, Refused, Unavailable
from chassis.partner import PartnerClient
from contracts.envelope import Envelope, PartnerCommand
from tests.fakes.partner import (
    BUSY,
    Act,
    AnsweringPartner,
    answer,
    answering,
    cut,
    dripping_body,
    dripping_head,
    hang_up,
    nothing,
    raw,
    reset,
)


class StoreBook(PartnerCommand):
    owner: ClassVar[str] = "library"
    subject_field: ClassVar[str] = "book_id"

    book_id: UUID


class BookRecord(BaseModel):
    title: str
    shelf: str | None = None


class BookAnswer(BaseModel):
    number: str = Field(max_length=8)


STORED = answer(201, {"number": "B-7"})
UNKNOWN = answer(404, {"code": "not_found", "message": "没有"})
RECORD = BookRecord(title="车桥")


def a_command() -> StoreBook:
    return StoreBook(book_id=uuid4())


class Desk:
    """A client and the partner it speaks with; waits are noted, not waited."""

    def __init__(self, partner: AnsweringPartner, **changes: object) -> None:
        secrets = {"api_key": SecretStr("key"), "webhook_secret": SecretStr("whsec_x")}
        terms = {"deadline_seconds": 5, "attempts_in_place": 3} | secrets | changes
        self.waits: list[float] = []
        self.calls = CallLog()
        self.partner = partner
        self.command = a_command()
        self.client = PartnerClient("library", Partner(base_url=partner.url + "/api/", **terms), self.calls, self.waits.append)

    def store(self, find: str | None = None) -> str:
        return self.client.post("/books", RECORD, command=self.command, answers=BookAnswer, find=find).number

    def outcomes(self) -> list[tuple[int, int | None, str]]:
        return [(call.attempt, call.status, call.outcome) for call in self.calls.take(self.command.id)]


@pytest.fixture
def desk():
    opened = []

    def open_desk(*acts: Act, **changes: object) -> Desk:
        partner = AnsweringPartner(*acts)
        opened.append(partner)
        return Desk(partner, **changes)

    yield open_desk
    for partner in opened:
        partner.close()


def test_an_answer_on_contract_is_handed_back(desk):
    library = desk(STORED)

    assert library.store() == "B-7"
    assert library.outcomes() == [(1, 201, "ok")]


def test_a_question_carries_who_asks_what_for_and_under_which_id(desk):
    library = desk(STORED)
    chain = uuid4()
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    told = {"source": "s", "type": "store.book", "dataschema": "x", "correlationid": chain, "traceparent": trace, "data": {}}
    library.command.received_in(Envelope(id=uuid4(), time=datetime.now(UTC), subject=uuid4(), **told))

    library.store()

    asked = library.partner.asked[0]
    assert (asked.method, asked.path, asked.json()) == ("POST", "/api/books", {"title": "车桥"})
    assert asked.headers["idempotency-key"] == str(library.command.id)
    assert asked.headers["correlation-id"] == str(chain)
    assert asked.headers["traceparent"] == trace
    assert asked.headers["authorization"] == "Bearer key"
    assert asked.headers["user-agent"] == "cheqiao"
    assert asked.headers["content-type"] == "application/json"


def test_a_short_outage_is_waited_out(desk):
    library = desk(BUSY, BUSY, STORED)

    assert library.store() == "B-7"
    assert library.outcomes() == [(1, 503, "unavailable"), (2, 503, "unavailable"), (3, 201, "ok")]


def test_tries_in_place_carry_the_same_key_and_the_same_bytes(desk):
    library = desk(BUSY, STORED)

    library.store()

    first, second = library.partner.asked
    assert (first.body, first.headers["idempotency-key"]) == (second.body, second.headers["idempotency-key"])


@pytest.mark.parametrize(
    ("act", "status"),
    [
        (answer(500), 500),
        (answer(502, text=b"<html>bad gateway</html>"), 502),
        (answer(408), 408),
        (reset, None),
        (hang_up, None),
        (cut(201, {"number": "B-7"}), 201),
        (answer(201, text=b"<html>welcome to the hotel</html>"), 201),
        (answer(201, text=b'{"number": "B-'), 201),
        (answer(201, text=b""), 201),
        (raw(b"SSH-2.0-OpenSSH_9.2\r\n"), None),
        (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 2, 3\r\n\r\n{}"), None),
        (raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}"), 200),
    ],
    ids=["500", "502", "408", "reset", "hang-up", "cut", "html", "half", "empty", "no-http", "length", "chunks"],
)
def test_no_usable_answer_is_tried_again_and_then_left_for_later(desk, act, status):
    library = desk(act)

    with pytest.raises(Unavailable):
        library.store()

    assert library.outcomes() == [(1, status, "unavailable"), (2, status, "unavailable"), (3, status, "unavailable")]


def test_a_partner_that_is_not_there_is_unavailable(desk):
    library = desk(STORED)
    library.partner.close()

    with pytest.raises(Unavailable):
        library.store()


def test_silence_ends_with_the_deadline(desk):
    library = desk(nothing, deadline_seconds=0.3)

    with pytest.raises(Unavailable):
        library.store()

    assert library.outcomes()[0][2] == "unavailable"


@pytest.mark.parametrize("status", [429, 503])
def test_a_short_wait_that_is_asked_for_is_kept_in_place(desk, status):
    library = desk(answer(status, headers={"Retry-After": "2"}), STORED)

    assert library.store() == "B-7"
    assert library.waits[0] >= 2


def test_a_wait_longer_than_the_deadline_is_handed_on(desk):
    library = desk(answer(429, headers={"Retry-After": "120"}), STORED)

    with pytest.raises(Unavailable) as caught:
        library.store()

    assert caught.value.retry_after == 120
    assert len(library.partner.asked) == 1


NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("7", 7),
        ("Mon, 02 Mar 2026 08:01:30 GMT", 90),
        ("Mon, 02 Mar 2026 07:00:00 GMT", 0),
        ("9" * 400, 86_400),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after_is_seconds_or_a_date_and_at_most_a_day(header, seconds):
    assert seconds_asked(header, NOW) == seconds


@given(st.text(max_size=60))
def test_no_retry_after_can_hurt(header):
    assert 0 <= (seconds_asked(header, NOW) or 0) <= 86_400


@pytest.mark.parametrize("status", [404, 409, 422])
def test_a_clear_no_is_final(desk, status):
    library = desk(answer(status, {"code": "shelf_full", "message": "满了"}))

    with pytest.raises(Refused) as no:
        library.store()

    assert (no.value.reason, no.value.message) == ("shelf_full", "满了")
    assert library.outcomes() == [(1, status, "refused")]


@pytest.mark.parametrize("status", [401, 403])
def test_a_key_that_is_not_taken_waits_for_an_operator_and_is_not_hammered(desk, status):
    library = desk(answer(status))

    with pytest.raises(Unauthorised):
        library.store()

    assert library.outcomes() == [(1, status, "unauthorised")]


@pytest.mark.parametrize(
    ("act", "violations"),
    [
        (answer(201, {"no": "B-7"}), (("number", "missing"),)),
        (answer(200, {"number": "much too long"}), (("number", "string_too_long (max_length 8)"),)),
        (answer(201, ["B-7"]), (("", "model_type"),)),
        (answer(202, {"number": "B-7"}), (("status", "202 is not agreed"),)),
        (answer(204), (("status", "204 is not agreed"),)),
        (answer(302, headers={"Location": "http://127.0.0.1:1/"}), (("status", "302 is not agreed"),)),
        (answer(400, {"code": "bad"}), (("status", "400 is not agreed"),)),
        (answer(409, {"error": "no"}), (("code", "missing"),)),
        (answer(422, text=b"no"), (("", "json_invalid"),)),
        (answer(404, text=b"<html>"), (("", "json_invalid"),)),
        (answer(201, text=b'"' + b"x" * 1_048_576 + b'"'), (("body", "longer than 1 MiB"),)),
    ],
)
def test_an_answer_off_contract_is_not_guessed_at(desk, act, violations):
    library = desk(act)

    with pytest.raises(ContractBroken) as broken:
        library.store()

    assert broken.value.violations == violations
    assert [outcome for _, _, outcome in library.outcomes()] == ["contract"]


def test_what_is_said_of_a_broken_contract_names_no_value(desk):
    library = desk(answer(201, {"number": "13800138000"}))

    with pytest.raises(ContractBroken) as broken:
        library.store()

    assert "13800138000" not in str(broken.value)
    assert broken.value.__cause__ is None
    assert broken.value.__suppress_context__


def test_unknown_fields_of_a_partner_are_no_harm(desk):
    assert desk(answer(201, {"number": "B-7", "colour": "red"})).store() == "B-7"


def test_a_partner_without_idempotency_is_asked_before_each_try(desk):
    library = desk(UNKNOWN, hang_up, answer(200, {"number": "B-7"}), idempotent=False)

    assert library.store(find="/books/7") == "B-7"
    assert [(asked.method, asked.path) for asked in library.partner.asked] == [
        ("GET", "/api/books/7"),
        ("POST", "/api/books"),
        ("GET", "/api/books/7"),
    ]
    assert "idempotency-key" not in library.partner.asked[0].headers
    assert [attempt for attempt, _, _ in library.outcomes()] == [1, 2, 3]


def test_a_partner_with_idempotency_is_not_asked_first(desk):
    library = desk(BUSY, STORED)

    library.store(find="/books/7")

    assert [asked.method for asked in library.partner.asked] == ["POST", "POST"]


def test_a_record_is_put_and_one_is_fetched(desk):
    library = desk(STORED)

    put = library.client.put("/books/7", RECORD, command=library.command, answers=BookAnswer)
    got = library.client.get("/books/7", command=library.command, answers=BookAnswer)

    assert put == got
    assert [(asked.method, asked.body) for asked in library.partner.asked] == [("PUT", '{"title":"车桥"}'.encode()), ("GET", b"")]


def test_calls_are_taken_once(desk):
    library = desk(STORED)
    library.store()

    assert len(library.calls.take(library.command.id)) == 1
    assert library.calls.take(library.command.id) == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from([b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 201 OK\r\n\r\n", b"HTTP/1.1 409 No\r\n\r\n"]), st.binary(max_size=200))
def test_whatever_bytes_come_back_we_know_what_to_do_next(start, rest):
    with answering(raw(start + rest)) as partner, pytest.raises((Unavailable, Refused, ContractBroken)):
        Desk(partner, attempts_in_place=1, deadline_seconds=2).store()


@pytest.mark.parametrize(
    "slowness",
    [
        nothing,
        dripping_head(201, {"number": "B-7"}, every=0.05),
        dripping_body(201, {"number": "B-7"}, every=0.3),
        dripping_body(201, {"number": "B" * 100_000}, every=0.0),
    ],
    ids=["silence", "head", "body", "endless"],
)
def test_a_byte_at_a_time_does_not_outlast_the_deadline(desk, slowness):
    library = desk(slowness, deadline_seconds=0.4)

    with pytest.raises(Unavailable) as caught:
        library.store()

    assert caught.value.what == "library: no answer in time"
    assert len(library.partner.asked) == 1
