"""The document of `/reminders/v1` and `/appointments/v1` says what the applications answer, address by address."""

import re
from types import SimpleNamespace

from pydantic import SecretStr

from launcher.documents.reminding_api import REMINDING
from services.appointments.figures.api import create_appointments_api
from services.reminders.api.app import create_reminders_api


def test_every_address_of_both_is_in_their_document():
    settings = SimpleNamespace(operator=SimpleNamespace(token=SecretStr("a token that only operators have")))
    runtime = SimpleNamespace(process=SimpleNamespace(settings=settings))
    apps = {"/reminders/v1": create_reminders_api(runtime), "/appointments/v1": create_appointments_api(runtime)}

    answered = {
        (method, re.sub(r"<[^>]*>", "{}", f"{prefix}{rule.rule}"))
        for prefix, app in apps.items()
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }

    assert {(one.method, re.sub(r"\{[^}]*\}", "{}", one.path)) for one in REMINDING.operations} == answered
