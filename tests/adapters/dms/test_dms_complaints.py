"""A dealer's steps in complaints, as its DMS asks for them (flows 4.4)."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from pydantic import TypeAdapter, ValidationError

from adapters.dms.translate import news_of
from contracts.complaint_exchange import RefuseDealersStep, TakeComplaintStep
from contracts.complaint_steps import FORMS
from contracts.complaint_steps.intake import Receive
from contracts.complaint_words import Channel, Kind, Role, State
from contracts.partners.dms import DmsPush
from tests.fakes.partner import answer
from tests.services.house import VAULT

PUSHES = TypeAdapter(DmsPush)
CASE = UUID("11111111-2222-4333-8444-555555555555")
AT = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)


def asked_for(form: dict, **changes: object) -> dict:
    data = {"complaint_id": str(CASE), "form": form, "by": "chen", "dealer_code": "D001", "at": AT.isoformat(), **changes}
    return {"type": "complaint.step", "timestamp": AT.isoformat(), "data": data}


def test_a_complaint_that_a_dealer_passes_on_becomes_our_command():
    pushed = asked_for({"step": "receive", "kind": "complaint", "channel": "dealer", "text": "异响", "name": "王芳"})

    wish = news_of(PUSHES.validate_python(pushed), VAULT.vehicle_id)

    assert isinstance(wish, TakeComplaintStep)
    assert (wish.complaint_id, wish.partner, wish.step, wish.by, wish.at) == (CASE, "dms", "receive", "chen", AT)
    assert (wish.role, wish.dealer_code) == (Role.DEALER, "D001")
    assert FORMS.validate_json(wish.form) == Receive(kind=Kind.COMPLAINT, channel=Channel.DEALER, text="异响", name="王芳")


@pytest.mark.parametrize(
    "wrong",
    [
        asked_for({"step": "approve_closure", "said": "好"}),
        asked_for({"step": "accept"}, dealer_code=""),
        asked_for({"step": "accept", "price": 1}),
    ],
    ids=["what a handler does", "no dealer", "a field that the form has not"],
)
def test_what_no_dealer_may_say_is_refused_at_the_door(wrong):
    with pytest.raises(ValidationError):
        PUSHES.validate_python(wrong)


def test_whoever_the_dms_says_it_is_acts_as_the_dealer():
    pushed = asked_for({"step": "accept"}, role="handler")

    wish = news_of(PUSHES.validate_python(pushed), VAULT.vehicle_id)

    assert wish.role is Role.DEALER


REFUSED = RefuseDealersStep(
    complaint_id=CASE, step="accept", by="chen", dealer_code="D001", reason="not_here", message="不能 / No", state=State.CLOSED, at=AT
)


def test_a_dealer_hears_why_its_step_was_not_taken(dms_answering):
    dms = dms_answering(answer(200, {"status": "ok"}))

    dms.refuse_dealers_step(REFUSED)

    asked = dms.asked[0]
    assert (asked.method, asked.path) == ("POST", f"/complaints/{CASE}/refusals")
    assert asked.headers["idempotency-key"] == str(REFUSED.id)
    assert asked.json() == {
        "step": "accept",
        "by": "chen",
        "reason": "not_here",
        "message": "不能 / No",
        "state": "closed",
        "at": "2026-12-01T01:00:00Z",
        "dealer_code": "D001",
    }


def test_a_dms_that_does_not_know_of_it_need_not_hear_it(dms_answering):
    dms = dms_answering(answer(404, {"code": "not_found"}))

    dms.refuse_dealers_step(REFUSED)

    assert len(dms.asked) == 1
