"""The document of `/ops/v1` says what the application answers, address by address."""

import re
from types import SimpleNamespace

from pydantic import SecretStr

from launcher.documents.ops_api import OPS
from services.insight.ops_api import create_ops_api


def test_every_address_of_the_operators_api_is_in_its_document():
    settings = SimpleNamespace(operator=SimpleNamespace(token=SecretStr("a token that only operators have")))
    app = create_ops_api(SimpleNamespace(process=SimpleNamespace(settings=settings)))

    answered = {
        (method, re.sub(r"<[^>]*>", "{}", f"/ops/v1{rule.rule}"))
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }

    assert {(one.method, re.sub(r"\{[^}]*\}", "{}", one.path)) for one in OPS.operations} == answered
