"""The document of `/complaints/v1` says what the application answers, address by address."""

import re
from types import SimpleNamespace

from pydantic import SecretStr

from chassis.settings import Complaints
from launcher.documents.complaints_api import COMPLAINING
from services.complaints.api.app import create_complaints_api


def test_every_address_of_complaints_is_in_their_document():
    settings = SimpleNamespace(operator=SimpleNamespace(token=SecretStr("a token that only operators have")), complaints=Complaints())
    app = create_complaints_api(SimpleNamespace(process=SimpleNamespace(settings=settings)))

    answered = {
        (method, re.sub(r"<[^>]*>", "{}", f"/complaints/v1{rule.rule}"))
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }

    assert {(one.method, re.sub(r"\{[^}]*\}", "{}", one.path)) for one in COMPLAINING.operations} == answered


def test_every_operation_names_the_parameters_of_its_path():
    for one in COMPLAINING.operations:
        assert set(re.findall(r"\{(\w+)\}", one.path)) <= set(one.parameters) <= set(COMPLAINING.parameters), one.path
