"""The CSC adapter and the stand-in speak with each other over HTTP, in good days and bad."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest
from pydantic import SecretStr, TypeAdapter

from adapters.csc.client import CscClient
from adapters.csc.service import CscAdapter
from adapters.csc.translate import news_of
from chassis import privacy
from chassis.called import Partner
from chassis.calls import CallLog
from chassis.errors import ContractBroken, Unavailable
from chassis.partner import PartnerClient
from contracts.appointments import ServiceItem
from contracts.csc import AppointmentTaskRefused, CloseCallTask, MarkRegistered, OpenCallTask, RecordOutcome, ReopenCallTask
from contracts.partners.csc import CscPush
from contracts.vehicles import FetchCampaigns, FetchServiceDates
from tests.sandbox.stage import SECRETS, Cheqiao, Stage, eventually, under_werkzeug
from tests.services.house import VAULT
from tests.serving import served

ID = UUID("11111111-2222-4333-8444-555555555555")
VIN = "LS4AAAAA1AA000001"
AT = datetime(2026, 3, 9, 1, 30, tzinfo=UTC)
OPEN = OpenCallTask(
    appointment_id=ID,
    dms_no="DMS-000001",
    customer_id="C0001",
    vin=VIN,
    name="张伟",
    mobile="13800138000",
    dealer_code="D001",
    requested_date=date(2026, 3, 9),
    slot="09:00-10:00",
    items=(ServiceItem(code="M1", name="保养"),),
    due_at=AT,
)
REOPEN = ReopenCallTask(appointment_id=ID, request_no=2, requested_date=date(2026, 3, 12), slot="14:00-15:00", due_at=AT)
CLOSE = CloseCallTask(appointment_id=ID, reason="withdrawn")
OUTCOME = RecordOutcome(appointment_id=ID, outcome="no_show", at=AT)
REGISTERED = MarkRegistered(binding_id=uuid4(), binding_version=1, customer_id="C0001", vin=VIN, registered=True, at=AT)
EVERYTHING = [
    ("reopen_call_task", REOPEN, "/api/v1/call-tasks"),
    ("record_outcome", OUTCOME, "/api/v1/appointments"),
    ("mark_registered", REGISTERED, "/api/v1/registrations"),
]


@pytest.fixture
def stage(tmp_path):
    cheqiao = Cheqiao()
    with served(cheqiao) as target, under_werkzeug(tmp_path, target) as url:
        yield Stage(url, cheqiao)


@pytest.fixture
def csc(stage):
    """With a task that is open, since most wishes are about one."""
    terms = {
        "api_key": SecretStr(SECRETS.csc_api_key),
        "webhook_secret": SecretStr("whsec_x"),
        "deadline_seconds": 1,
        "attempts_in_place": 1,
    }
    adapter = CscAdapter()
    adapter.csc = CscClient(PartnerClient("csc", Partner(base_url=stage.at("/csc/api/v1"), **terms), CallLog()))
    adapter.open_call_task(OPEN)
    return adapter


def told(stage, number):
    heard = eventually(lambda: len(stage.cheqiao.heard) >= number and stage.cheqiao.heard)
    return [news_of(TypeAdapter(CscPush).validate_json(each.body), VAULT.vehicle_id) for each in heard]


def test_dates_and_campaigns_are_fetched_whole(csc):
    privacy.use(VAULT)

    dates = csc.fetch_service_dates(FetchServiceDates(load_id=ID, page_no=1))
    campaigns = csc.fetch_campaigns(FetchCampaigns(load_id=ID, page_no=1))

    assert (dates.next_cursor, dates.total) == (None, len(dates.dates) + len(dates.unusable))
    assert dates.total
    assert (campaigns.campaigns, campaigns.next_cursor) == ((), None)


def test_another_day_is_answered_by_a_slip_for_that_request(stage, csc):
    stage.desk(f"/csc/desk/tasks/{ID}/slip")
    told(stage, 1)

    csc.reopen_call_task(REOPEN)
    stage.desk(f"/csc/desk/tasks/{ID}/slip")

    first, second = sorted(told(stage, 2), key=lambda slip: slip.slip_version)
    assert (first.request_no, second.request_no) == (1, 2)
    assert (first.appointment_at.isoformat(), second.appointment_at.isoformat()) == (
        "2026-03-09T09:00:00+08:00",
        "2026-03-12T14:00:00+08:00",
    )


def test_a_task_that_went_to_another_dealer_is_told_and_not_opened_again(stage, csc):
    stage.desk(f"/csc/desk/tasks/{ID}/transfer", dealer_code="D002")

    csc.reopen_call_task(REOPEN)

    (news,) = told(stage, 1)
    assert (news.task_state, news.transferred_to, stage.state("csc")["tasks"][0]["state"]) == ("closed", "D002", "closed")


def test_a_task_that_was_declined_on_the_phone_is_not_opened_again(stage, csc):
    stage.desk(f"/csc/desk/tasks/{ID}/decline")

    assert csc.reopen_call_task(REOPEN) is None
    assert stage.state("csc")["tasks"][0]["state"] == "declined"


def test_a_task_that_we_closed_is_not_to_be_opened_again(csc):
    csc.close_call_task(CLOSE)

    refused = csc.reopen_call_task(REOPEN)

    assert (type(refused), refused.reason) == (AppointmentTaskRefused, "already_closed")


def test_outcome_and_registration_are_kept(stage, csc):
    csc.record_outcome(OUTCOME)
    csc.mark_registered(REGISTERED)

    task = stage.state("csc")["tasks"][0]
    assert (task["outcome"], task["registered"]) == ("no_show", True)


@pytest.mark.parametrize("said", EVERYTHING, ids=lambda said: said[0])
@pytest.mark.parametrize(
    "fault",
    [
        {"mode": "failing"},
        {"mode": "failing", "when": "after"},
        {"mode": "busy"},
        {"mode": "down"},
        {"mode": "reset"},
        {"mode": "cut"},
        {"mode": "silent", "seconds": 3},
        {"mode": "slow", "seconds": 3},
        {"mode": "trickle", "seconds": 0.5},
    ],
    ids=lambda fault: "-".join(str(said) for said in fault.values()),
)
def test_a_csc_that_gives_no_usable_answer_is_asked_again_and_does_it_once(stage, csc, said, fault):
    carry, wish, path = said
    stage.fault("csc", path=path, times=1, **fault)
    with pytest.raises(Unavailable):
        getattr(csc, carry)(wish)

    getattr(csc, carry)(wish)

    (task,) = stage.state("csc")["tasks"]
    assert task["version"] == (2 if carry == "reopen_call_task" else 1)


@pytest.mark.parametrize("said", EVERYTHING, ids=lambda said: said[0])
def test_a_csc_that_lies_is_not_believed(stage, csc, said):
    carry, wish, path = said
    stage.fault("csc", path=path, mode="off_contract", times=1)

    with pytest.raises(ContractBroken):
        getattr(csc, carry)(wish)


@pytest.mark.parametrize("said", [each for each in EVERYTHING if each[0] != "reopen_call_task"], ids=lambda said: said[0])
def test_a_csc_that_will_not_is_brought_before_an_operator(stage, csc, said):
    carry, wish, path = said
    stage.fault("csc", path=path, mode="refusing", times=1)

    with pytest.raises(ContractBroken):
        getattr(csc, carry)(wish)
