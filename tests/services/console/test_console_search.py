"""Search: by ids and by what people know of themselves, which gets into no address, log or audit."""

import logging
from uuid import uuid4

import pytest

from chassis.messages import wrap
from contracts.customers import CustomerRegistered
from tests.services.console.workbench_seeds import APPOINTMENT, a_way
from tests.services.house import VAULT

MOBILE = "13800138001"


def watch(insight_store, event):
    envelope = wrap(event, source=event.owner, vault=VAULT, cause=None)
    with insight_store.house.write() as tx:
        insight_store.house.service.on_any(envelope, tx)


@pytest.fixture
def known(insight_store):
    """One registration that names a phone number."""
    event = CustomerRegistered(
        binding_id=uuid4(),
        version=1,
        account="main",
        follower_id=uuid4(),
        openid="oBig0000000000000000000000",
        customer_id="C-1",
        vehicle_id=uuid4(),
        vin="LSVAU2180N2183294",
        name="王芳",
        mobile=MOBILE,
    )
    watch(insight_store, event)
    return event


def test_an_id_leads_to_its_way(console, insight_store):
    insight_store.report(*a_way())

    answer = console.login("auditor").post("/trace", {"by": "id", "value": f" {APPOINTMENT} "})

    assert (answer.status_code, answer.location) == (303, f"/console/trace/{APPOINTMENT}")
    assert console.audited() == []


@pytest.mark.parametrize("typed", [MOBILE, "138 0013 8001", "+86 138-0013-8001"])
def test_a_phone_number_is_found_however_it_is_written(console, known, typed):
    answer = console.login("operator").post("/trace", {"by": "mobile", "value": typed})

    assert answer.status_code == 303
    assert answer.location == f"/console/trace/{known.subject}"


def test_what_was_looked_for_is_in_no_address_log_or_audit(console, known, caplog):
    caplog.set_level(logging.DEBUG)

    answer = console.login("operator").post("/trace", {"by": "mobile", "value": MOBILE})

    assert MOBILE not in (answer.location or "")
    assert MOBILE not in caplog.text
    assert console.audited() == [("operator", "trace.searched", "mobile")]


@pytest.mark.parametrize(("by", "value"), [("id", "not an id"), ("mobile", ""), ("vin", "x" * 65)])
def test_what_cannot_be_looked_for_is_told_so(console, by, value):
    assert console.login("operator").post("/trace", {"by": by, "value": value}).status_code == 422


def test_nothing_found_is_said_with_what_to_do(console):
    assert "没有找到" in console.login("operator").post("/trace", {"by": "id", "value": str(uuid4())}).text


def test_a_search_without_the_token_of_the_session_is_refused(console):
    assert console.login("operator").post("/trace", {"by": "mobile", "value": MOBILE, "csrf": "0" * 64}).status_code == 403
