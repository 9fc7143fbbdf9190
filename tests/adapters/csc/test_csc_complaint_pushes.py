"""A step that CSC asks for, from its signed push to the command in our outbox: once, and in nobody's clear."""

import json

import pytest

from contracts.complaint_exchange import TakeComplaintStep
from tests.fakes.pushes import VAULT, Csc, Server, an_empty_schema

CASE = "22222222-2222-4333-8444-555555555555"


@pytest.fixture
def server(tmp_path):
    served = Server(Csc(an_empty_schema(f"sqlite:///{tmp_path / 'csc.db'}")))
    yield served
    served.close()


def a_step(**form: object) -> bytes:
    asked = {"complaint_id": CASE, "form": form, "by": "li", "role": "agent", "at": "2026-12-01T09:00:00+08:00"}
    return json.dumps({"type": "complaint.step", "timestamp": "2026-12-01T09:00:00+08:00", "data": asked}).encode()


def test_a_step_that_is_pushed_twice_is_one_command(server):
    body = a_step(step="add", text="canary-text")

    answers = [server.push(body), server.push(body)]

    assert [answer.json()["result"] for answer in answers] == ["accepted", "accepted"]
    (told,) = server.told()
    wish = VAULT.unseal_contract(TakeComplaintStep, told["data"])
    assert (told["type"], told["subject"], told["actorid"], told["actorrole"]) == ("take.complaint.step", CASE, "li", "agent")
    assert json.loads(wish.form)["text"] == "canary-text"
    assert "canary-text" not in json.dumps(told)


def test_a_step_with_a_field_that_its_form_has_not_is_named_without_its_value(server):
    answer = server.push(a_step(step="add", text="漏雨", colour="canary-colour"))

    assert (answer.status_code, answer.json()["code"]) == (400, "off_contract")
    assert "canary-colour" not in answer.text
    assert server.told() == []
