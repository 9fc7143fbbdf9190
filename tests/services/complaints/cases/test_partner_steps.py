"""Steps that CSC and the dealers' DMS ask for: judged like any other, done once, refused with a reason (A-GEN-03)."""

from uuid import uuid4

import pytest

from chassis.errors import ContractBroken
from contracts.complaint_exchange import RecordComplaintStep, RefuseComplaintStep, RefuseDealersStep, TakeComplaintStep
from contracts.complaint_steps.beside import DecideEscalation, Escalate
from contracts.complaint_steps.handling import Accept, Assign
from contracts.complaint_steps.intake import Add, Contact, Receive
from contracts.complaint_words import Channel, Kind, Role, State, Trigger
from tests.services.complaints.cases.case_worlds import MONDAY, filing, received


def asked(case, form, **changes):
    values = {"partner": "csc", "by": "li", "role": Role.HANDLER, "at": MONDAY}
    return TakeComplaintStep(complaint_id=case, step=form.step, form=form.model_dump_json(), **{**values, **changes})


def test_a_case_that_csc_takes_in_is_a_case_like_any_other(desk):
    message = asked(uuid4(), received(), role=Role.AGENT, by="wang")

    news, record = desk.house.deliver(message)

    assert (news.number, news.state, record.by, record.role) == ("TS2611230001", State.RECEIVED, "wang", Role.AGENT)
    assert desk.house.deliver(message) == []


def test_csc_takes_a_step_and_gets_it_recorded(desk):
    case = desk.receive()
    desk.house.told()
    message = asked(case, filing())

    _news, record = desk.house.deliver(message)

    assert isinstance(record, RecordComplaintStep)
    assert (record.step, record.version, record.state, record.by) == ("file", 2, State.FILED, "li")
    assert desk.house.deliver(message) == []


def test_what_cannot_be_done_is_refused_with_its_reason(desk):
    case = desk.receive()
    desk.house.told()

    (refusal,) = desk.house.deliver(asked(case, Assign(region_code="EAST", dealer_code="D001")))

    assert isinstance(refusal, RefuseComplaintStep)
    assert (refusal.reason, refusal.state, refusal.step, refusal.by) == ("not_here", State.RECEIVED, "assign", "li")


@pytest.mark.parametrize("role", [Role.CUSTOMER, Role.SYSTEM])
def test_nobody_outside_acts_as_the_customer_or_the_system(desk, role):
    case = desk.receive()
    desk.house.told()

    (refusal,) = desk.house.deliver(asked(case, Add(text="我是客户"), role=role))

    assert (refusal.reason, desk.case(case).version) == ("not_yours", 1)


def test_a_dealer_acts_by_its_dms_on_what_is_assigned_to_it(desk):
    case = desk.assigned(dealer="D001")
    other = desk.assigned(dealer="D002")
    desk.house.told()

    desk.house.deliver(asked(case, Accept(), partner="dms", role=Role.DEALER, dealer_code="D001"))
    (refusal,) = desk.house.deliver(asked(other, Accept(), partner="dms", role=Role.DEALER, dealer_code="D001", by="zhao"))

    assert (desk.case(case).state, desk.case(other).state) == (State.ACCEPTED, State.ASSIGNED)
    assert isinstance(refusal, RefuseDealersStep)
    assert (refusal.reason, refusal.state, refusal.dealer_code, refusal.by) == ("unknown_case", None, "D001", "zhao")


def test_a_dealer_hears_by_its_dms_why_its_step_was_not_taken(desk):
    case = desk.assigned(dealer="D001")
    desk.house.deliver(asked(case, Accept(), partner="dms", role=Role.DEALER, dealer_code="D001"))
    desk.house.told()

    (refusal,) = desk.house.deliver(asked(case, Accept(), partner="dms", role=Role.DEALER, dealer_code="D001", by="zhao"))

    assert isinstance(refusal, RefuseDealersStep)
    assert (refusal.step, refusal.reason, refusal.state, refusal.dealer_code) == ("accept", "not_here", State.ACCEPTED, "D001")


def test_a_dealer_passes_a_complaint_on_by_its_dms(desk):
    form = Receive(kind=Kind.COMPLAINT, channel=Channel.DEALER, text="客户到店投诉")

    message = asked(uuid4(), form, partner="dms", role=Role.DEALER, dealer_code="D001", by="zhao")
    desk.house.deliver(message)

    assert desk.case(message.complaint_id).source_dealer == "D001"


@pytest.mark.parametrize(
    ("way", "answer"),
    [
        ({"partner": "csc"}, RefuseComplaintStep),
        ({"partner": "dms", "role": Role.DEALER, "dealer_code": "D001"}, RefuseDealersStep),
    ],
    ids=["csc", "dms"],
)
def test_a_step_in_a_case_that_nobody_knows_is_answered_so(desk, way, answer):
    (refusal,) = desk.house.deliver(asked(uuid4(), Add(text="?"), **way))

    assert isinstance(refusal, answer)
    assert (refusal.reason, refusal.state) == ("unknown_case", None)


def escalated(desk):
    """To a leader of level 3; gives the case and the escalation."""
    case = desk.assigned()
    desk.house.deliver(asked(case, Escalate(trigger=Trigger.OVERDUE, level=3, note="请领导定")))
    desk.house.told()
    return case, desk.case(case).escalations[-1].escalation_id


@pytest.mark.parametrize(("level", "reason"), [(0, "level_missing"), (2, "above_authority")])
def test_a_leader_at_csc_decides_no_higher_than_their_level(desk, level, reason):
    case, escalation = escalated(desk)
    form = DecideEscalation(escalation_id=escalation, decision="support", note="同意")

    (refusal,) = desk.house.deliver(asked(case, form, role=Role.LEADER, by="chen", level=level))

    assert (refusal.reason, desk.case(case).escalations[-1].decision) == (reason, "")


def test_a_leader_at_csc_decides_at_their_level(desk):
    case, escalation = escalated(desk)
    form = DecideEscalation(escalation_id=escalation, decision="support", note="同意")

    desk.house.deliver(asked(case, form, role=Role.LEADER, by="chen", level=3))

    assert desk.case(case).escalations[-1].decision == "support"


@pytest.mark.parametrize("form", ["{}", '{"step": "assign"}', '{"step": "unheard_of"}', "no json", '{"step": "note", "text": "x"}'])
def test_a_form_off_contract_is_parked_and_its_values_are_not_named(desk, form):
    case = desk.receive()
    message = TakeComplaintStep(complaint_id=case, partner="csc", step="assign", form=form, by="li", role=Role.HANDLER, at=MONDAY)

    with pytest.raises(ContractBroken) as broken:
        desk.house.deliver(message)

    assert "no json" not in str(broken.value)


def test_a_contact_that_reached_the_customer_is_the_first_reply(desk):
    case = desk.receive()
    desk.wait(minutes=20)

    desk.house.deliver(asked(case, Contact(how="phone", reached=False)))
    assert desk.case(case).first_replied_at is None
    desk.house.deliver(asked(case, Contact(how="phone")))

    limit = desk.case(case).deadlines[0]
    assert limit.met_at == desk.case(case).first_replied_at == desk.now
