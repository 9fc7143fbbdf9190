"""Whatever partners and followers wrote is text on every page, in attributes and in JSON too."""

import json
from uuid import UUID

import pytest

from adapters.wechat.pages.app import pages_app
from contracts.appointments import AppointmentTransferred
from contracts.complaints import ComplaintProgressed
from tests.adapters.wechat.pages.conftest import a_form, context_for
from tests.adapters.wechat.pages.news import (
    APPOINTMENT,
    BINDING,
    COMPLAINT,
    ITEM,
    REGISTRATION,
    appointment_news,
    binding_news,
    closed_news,
    complaint_news,
    dealer_news,
    due,
    places_news,
    registration_news,
    reminder_news,
)
from tests.adapters.wechat.pages.showing import Shown, settings_to_show, showing, stand_in_for_weui

EVIL = "\"'><img src=x>{{9**9}}"
IDS = {"appointment_id": APPOINTMENT, "binding_id": BINDING, "registration_id": REGISTRATION, "item_id": ITEM, "complaint_id": COMPLAINT}
SUCCESSOR = UUID(int=51)
CLOSED = UUID(int=98)
AFTER_CLOSING = ("/<uuid:complaint_id>/reopen", "/<uuid:complaint_id>/survey")


@pytest.fixture
def shown(database, tmp_path):
    with showing(database, stand_in_for_weui(tmp_path / "assets")) as pages:
        pages.agree()
        pages.hear(
            binding_news(plate=EVIL[:16], model=EVIL, name=EVIL),
            binding_news(binding_id=UUID(int=61), vehicle_id=UUID(int=78), plate=None, model=EVIL, name=EVIL),
            dealer_news(name=EVIL, address=EVIL, phone=EVIL),
            places_news(),
            registration_news(state="active", binding_id=BINDING),
            reminder_news(due("campaign", title=EVIL, text=EVIL), model_name=EVIL, dealer_code="D001"),
            appointment_news(
                items=[{"code": EVIL, "name": EVIL}], dms_no=EVIL, reason=EVIL, kept_because=EVIL, slip_id=EVIL, successor_id=SUCCESSOR
            ),
            complaint_news(ComplaintProgressed, "contact", said=EVIL, number=EVIL[:20], dealer_code=EVIL),
            closed_news(complaint_id=CLOSED, number=EVIL[:20], said=EVIL, survey_id=UUID(int=99)),
            appointment_news(AppointmentTransferred, appointment_id=SUCCESSOR, state="transferred", items=[{"code": "x", "name": EVIL}]),
        )
        word = {"id": str(UUID(int=97)), "text": EVIL}
        assert pages.phone.post(f"/api/complaints/{COMPLAINT}/add", word).status_code == 202
        yield pages


def addresses(shown: Shown, tmp_path) -> list[str]:
    rules = pages_app(context_for(shown.database, settings_to_show(tmp_path / "assets"))).url_map.iter_rules()
    found = []
    for rule in rules:
        if rule.endpoint.startswith("views.") and not {"name", "filename"} & rule.arguments and rule.rule != "/language":
            path = rule.rule
            for name, id in IDS.items():
                path = path.replace(f"<uuid:{name}>", str(id))
            found.append(path.replace(str(COMPLAINT), str(CLOSED)) if rule.rule.endswith(AFTER_CLOSING) else path)
    return [
        *found,
        f"/appointments/new?again={APPOINTMENT}",
        f"/appointments/new?item={ITEM}",
        f"/cars?x={EVIL}",
        f"/consent?next={EVIL}",
        f"/{EVIL}",
    ]


def test_nothing_that_others_wrote_becomes_part_of_the_page(shown, tmp_path):
    assert shown.phone.book(a_form(items=[{"code": EVIL, "name": EVIL}], concern=EVIL)).status_code == 202

    for path in addresses(shown, tmp_path):
        for lang in ("zh", "en"):
            page = shown.see(path, lang=lang)
            assert page.all("img") == [], path
            assert str(9**9) not in page.text, path
            strange = {name for element in page.elements for name in element.attributes if not name.replace("-", "").isalnum()}
            assert strange == set(), path


def test_what_fills_in_a_form_stays_one_attribute(shown):
    form = shown.see(f"/appointments/new?again={APPOINTMENT}").one("form", data_preset="")

    assert json.loads(form["data-preset"]) == {"dealer_code": "D001", "items": [EVIL]}
