"""What the console asks of insight, and what it makes of answers that are none."""

import time
from uuid import uuid4

import pytest
from werkzeug.wrappers import Request, Response

from chassis.errors import Unavailable
from contracts.operating import Care, JobForm, Mending, ParkedFilter, SearchForm
from services.console.insight import Insight
from services.console.problems import Problem
from tests.serving import Server

MESSAGE = uuid4()


@pytest.fixture
def answering():
    """An insight that answers as told; `heard` are the requests."""
    servers = []

    def start(answer, deadline_seconds=3.0):
        heard = []

        def app(environ, start_response):
            heard.append(Request(environ))
            heard[-1].get_data(cache=True)
            return (answer if isinstance(answer, Response) else answer())(environ, start_response)

        server = Server(app)
        servers.append(server)
        asked = Insight(f"{server.url}/", "the token", lambda: "li.ming", deadline_seconds=deadline_seconds)
        asked.heard = heard
        return asked

    yield start
    for server in servers:
        server.stop()


def said(body, status=200):
    return Response(body, status, mimetype="application/json")


def test_every_question_names_who_asks_and_carries_the_token(answering):
    insight = answering(said('{"at": "2026-03-09T10:30:00Z"}'))

    insight.overview()

    (request,) = insight.heard
    assert (request.path, request.headers["X-Operator"], request.headers["Authorization"]) == (
        "/ops/v1/overview",
        "li.ming",
        "Bearer the token",
    )


def test_a_filter_goes_as_a_query_and_any_state_has_its_word(answering):
    insight = answering(said('{"parked": [], "next": "17"}'))

    page = insight.parked(ParkedFilter(state=None, service="dms", field="vin"), after="40")

    assert page.next == "17"
    assert insight.heard[0].args.to_dict() == {"state": "all", "service": "dms", "field": "vin", "after": "40"}


ACCEPTED = f'{{"status": "accepted", "order_id": "{uuid4()}"}}'
JOB = (
    f'{{"id": "{MESSAGE}", "kind": "redrive", "state": "running", "filter": {{}}, "ordered_by": "x", "per_second": 1,'
    ' "begun_at": "2026-03-09T10:30:00Z", "total": 1}'
)


ORDERS = {
    f"/parked/{MESSAGE}/redrive": (lambda i: i.redrive(MESSAGE, "dms"), ACCEPTED, {"service": "dms"}),
    f"/parked/{MESSAGE}/drop": (lambda i: i.drop(MESSAGE, "done"), ACCEPTED, {"reason": "done"}),
    f"/parked/{MESSAGE}/mend": (lambda i: i.mend(MESSAGE, Mending(service="dms", body="{}")), ACCEPTED, {"service": "dms", "body": "{}"}),
    f"/parked/{MESSAGE}": (lambda i: i.care(MESSAGE, "dms", Care(status="looking")), "{}", {"service": "dms", "status": "looking"}),
    f"/parked/{MESSAGE}/payload": (lambda i: i.payload(MESSAGE, "dms"), '{"ready": false}', {"service": "dms"}),
    f"/jobs/{MESSAGE}/stop": (lambda i: i.stop_job(MESSAGE), JOB, {}),
    "/queues/dms/pause": (lambda i: i.pause("dms"), ACCEPTED, {}),
    "/queues/dms/resume": (lambda i: i.resume("dms"), ACCEPTED, {}),
    "/partners/csc/hold": (lambda i: i.hold("csc"), ACCEPTED, {}),
    "/partners/csc/release": (lambda i: i.release("csc"), ACCEPTED, {}),
    "/search": (lambda i: i.search(SearchForm(by="vin", value="LS4")), "{}", {"by": "vin", "value": "LS4"}),
}


@pytest.mark.parametrize("path", ORDERS)
def test_an_order_goes_to_its_address_with_its_form(answering, path):
    order, answer, body = ORDERS[path]
    insight = answering(said(answer))

    order(insight)

    (request,) = insight.heard
    assert (request.path, request.get_json()) == (f"/ops/v1{path}", body)
    assert request.method == ("PATCH" if path == f"/parked/{MESSAGE}" else "POST")


def test_what_is_looked_for_stands_in_no_address(answering):
    insight = answering(said("{}"))

    insight.search(SearchForm(by="mobile", value="13800138000"))

    assert "138" not in insight.heard[0].full_path


def test_a_job_goes_with_the_count_that_was_shown(answering):
    insight = answering(said(JOB))

    insight.start_job(JobForm(id=MESSAGE, kind="redrive", filter=ParkedFilter(service="dms"), expected=128))

    form = insight.heard[0].get_json()
    assert (form["id"], form["expected"], form["per_second"], form["filter"]["service"]) == (str(MESSAGE), 128, 10, "dms")


def test_a_clear_no_comes_with_its_words(answering):
    insight = answering(said('{"code": "not_parked", "message": "没有滞留", "message_en": "Not parked."}', 409))

    with pytest.raises(Problem) as refused:
        insight.redrive(MESSAGE)

    assert (refused.value.code, refused.value.message, refused.value.message_en, refused.value.status) == (
        "not_parked",
        "没有滞留",
        "Not parked.",
        409,
    )


@pytest.mark.parametrize(
    "answer",
    [
        said('{"code": "unavailable", "message": "x", "message_en": "x"}', 503),
        said("<h1>Bad gateway</h1>", 502),
        said("<h1>Not here</h1>", 404),
        said("[]", 400),
        said("not json"),
        said('{"received_per_second": "many"}'),
        Response(status=302, headers={"Location": "http://127.0.0.1:9/"}),
    ],
)
def test_whatever_is_no_usable_answer_is_unavailable(answering, answer):
    insight = answering(answer)

    with pytest.raises(Unavailable):
        insight.overview()


def test_nothing_that_listens_is_unavailable():
    with pytest.raises(Unavailable):
        Insight("http://127.0.0.1:9", "t", str).overview()


def test_an_answer_that_drips_does_not_keep_a_page_waiting(answering):
    def dripping():
        def drip():
            for _ in range(600):
                time.sleep(0.1)
                yield b" "

        return Response(drip(), mimetype="application/json")

    insight = answering(dripping, deadline_seconds=0.5)

    with pytest.raises(Unavailable, match="no answer in time"):
        insight.overview()


def test_a_page_says_so_when_insight_is_away_and_comes_back_by_itself(console, insight_store):
    visitor = console.login("operator")
    seen = visitor.get("/partners").status_code
    insight_store.stop()

    answer = visitor.get("/jobs")

    assert seen == 200
    assert answer.status_code in (200, 503)
    assert "没有回答" in answer.text


def test_insight_hears_the_name_of_who_is_logged_in(console, insight_store):
    console.login("auditor").get("/partners")

    assert set(insight_store.operators) == {"auditor"}
