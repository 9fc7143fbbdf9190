"""Personal data: sealed by kind, opened by whom the contract names, found again by a keyed hash."""

import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel
from sqlalchemy import Column, Integer, MetaData, Table, create_engine, insert, select, text

from chassis.errors import ContractBroken
from chassis.privacy import BODY, SealBroken, Sealed, Vault, sealed_schema, use, vault
from chassis.sealing import plan_of
from chassis.settings import Privacy
from contracts.appointments import AppointmentConfirmed, RequestAppointment, ServiceItem
from contracts.catalogue import ALL
from contracts.customers import CustomerRegistered
from contracts.envelope import Event
from contracts.personal import Concern, Mobile, Openid, PersonName

LOOKUP_KEY = os.urandom(32)
KEYS = {"new": os.urandom(32), "old": os.urandom(32)}
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
CANARIES = {"openid": "oCanary", "vin": "LS4AAAAA1AA000001", "plate": "渝A12345", "name": "张伟", "mobile": "13800138000"}


def a_vault(*key_ids: str) -> Vault:
    return Vault({key_id: KEYS[key_id] for key_id in key_ids or ("new",)}, LOOKUP_KEY)


def a_registration(**changed: object) -> CustomerRegistered:
    return CustomerRegistered(
        binding_id=uuid4(), version=1, account="main", follower_id=uuid4(), customer_id="C0001", vehicle_id=uuid4(), **(CANARIES | changed)
    )


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


class Contact(BaseModel):
    mobile: Mobile
    label: str


class Household(Event):
    """Everything a contract may nest."""

    owner: ClassVar[str] = "customers"
    subject_field: ClassVar[str] = "household_id"

    household_id: UUID
    head: PersonName | None = None
    followers: tuple[Openid, ...] = ()
    contacts: tuple[Contact, ...] = ()
    nearest: Contact | None = None
    notes: tuple[Concern | None, ...] | list[Concern] = ()


@given(st.text(st.characters(), max_size=200))
def test_what_is_sealed_opens_again(clear):
    sealed = a_vault().seal("name", clear)

    assert a_vault().unseal("name", sealed) == clear


def test_a_sealed_value_says_its_key_and_nothing_else():
    sealed = a_vault().seal("mobile", "13800138000")

    assert sealed.startswith("sealed:1:new:")
    assert "13800138000" not in sealed
    assert sealed.isascii()
    assert sealed != a_vault().seal("mobile", "13800138000")


def test_a_sealed_mobile_cannot_be_passed_off_as_a_name():
    sealed = a_vault().seal("mobile", "13800138000")

    with pytest.raises(SealBroken):
        a_vault().unseal("name", sealed)


def test_after_a_rotation_old_seals_open_and_new_ones_use_the_new_key():
    sealed_before = a_vault("old").seal("name", "张伟")

    after = a_vault("new", "old")

    assert after.unseal("name", sealed_before) == "张伟"
    assert after.seal("name", "张伟").startswith("sealed:1:new:")


def test_a_key_that_left_the_ring_opens_nothing():
    sealed = a_vault("old").seal("name", "张伟")

    with pytest.raises(SealBroken, match="not in the ring"):
        a_vault("new").unseal("name", sealed)


def test_a_seal_under_another_keys_id_does_not_open():
    sealed = a_vault("old").seal("name", "张伟").replace(":old:", ":new:")

    with pytest.raises(SealBroken):
        a_vault("new", "old").unseal("name", sealed)


@given(st.text())
def test_garbage_is_broken_and_never_a_crash(garbage):
    for sealed in (garbage, f"sealed:1:new:{garbage}", f"sealed:1:{garbage}"):
        with pytest.raises(SealBroken):
            a_vault().unseal("name", sealed)


@given(st.data())
def test_a_changed_character_is_noticed(data):
    sealed = a_vault().seal("name", "张伟")
    place = data.draw(st.integers(len("sealed:1:new:"), len(sealed) - 4))
    changed = sealed[:place] + ("A" if sealed[place] != "A" else "B") + sealed[place + 1 :]

    with pytest.raises(SealBroken):
        a_vault().unseal("name", changed)


def test_whole_bodies_are_sealed_too():
    body = bytes(range(256))

    assert a_vault().unseal_bytes(BODY, a_vault().seal_bytes(BODY, body)) == body


def test_a_look_up_is_the_same_for_ever_and_different_for_each_kind():
    here, later = a_vault("old"), a_vault("new", "old")

    assert here.lookup("mobile", "13800138000") == later.lookup("mobile", "13800138000")
    assert here.lookup("mobile", "13800138000") != here.lookup("name", "13800138000")
    assert here.lookup("mobile", "13800138000") != Vault(KEYS, os.urandom(32)).lookup("mobile", "13800138000")


def test_another_body_is_told_by_its_digest():
    assert a_vault().digest(b"{}") == a_vault().digest(b"{}")
    assert a_vault().digest(b"{}") != a_vault().digest(b"{ }")


def test_a_follower_has_one_id_per_account():
    assert a_vault().follower_id("wx1", "o1") == a_vault("old").follower_id("wx1", "o1")
    assert a_vault().follower_id("wx1", "o1") != a_vault().follower_id("wx2", "o1")


def test_a_contract_travels_sealed_and_arrives_in_clear():
    message = a_registration()

    data = a_vault().seal_contract(message)

    assert not [canary for canary in CANARIES.values() if canary in str(data)]
    assert data["customer_id"] == "C0001"
    assert a_vault().unseal_contract(CustomerRegistered, data).identified(message.id) == message


def test_an_absent_personal_field_stays_absent():
    data = a_vault().seal_contract(a_registration(plate=None))

    assert data["plate"] is None
    assert a_vault().unseal_contract(CustomerRegistered, data).plate is None


def test_nested_fields_are_sealed_wherever_they_stand():
    message = Household(
        household_id=uuid4(),
        head="张伟",
        followers=("oFirst", "oSecond"),
        contacts=(Contact(mobile="13800138001", label="home"), Contact(mobile="13800138002", label="work")),
        nearest=Contact(mobile="13800138003", label="wife"),
        notes=("noisy brakes", None),
    )

    data = a_vault().seal_contract(message)

    assert not [clear for clear in ("张伟", "oFirst", "oSecond", "138001", "brakes") if clear in str(data)]
    assert data["contacts"][1]["label"] == "work"
    assert a_vault().unseal_contract(Household, data).identified(message.id) == message


def test_opening_leaves_what_arrived_as_it_was():
    data = a_vault().seal_contract(a_registration())
    before = dict(data)

    a_vault().unseal_contract(CustomerRegistered, data)

    assert data == before


def test_clear_text_on_the_bus_breaks_the_contract():
    data = a_vault().seal_contract(a_registration()) | {"mobile": "13800138000"}

    with pytest.raises(ContractBroken) as broken:
        a_vault().unseal_contract(CustomerRegistered, data)

    assert broken.value.violations == (("mobile", "not a sealed value"),)


@dataclass
class Case:
    change: dict[str, object]
    field: str


@pytest.mark.parametrize(
    "case",
    [
        Case({"binding_id": "LS4AAAAA1AA000001"}, "binding_id"),
        Case({"version": "13800138000x"}, "version"),
        Case({"account": "13800138000" * 9}, "account"),
        Case({"customer_id": {"13800138000": "张伟"}}, "customer_id"),
        Case({"vin": 13800138000}, "vin"),
        Case({"name": None}, "name"),
    ],
)
def test_a_broken_contract_names_field_and_rule_and_no_value(case):
    data = a_vault().seal_contract(a_registration()) | case.change

    with pytest.raises(ContractBroken) as broken:
        a_vault().unseal_contract(CustomerRegistered, data)

    assert broken.value.violations[0][0] == case.field
    assert not [clear for clear in ("13800138000", "LS4AAAAA1AA000001", "张伟") if clear in f"{broken.value} {broken.value.__cause__}"]


@given(st.dictionaries(st.sampled_from(sorted(CustomerRegistered.model_fields)), JSON))
def test_anything_on_the_bus_is_taken_or_breaks_the_contract(found):
    data = a_vault().seal_contract(a_registration()) | found

    with suppress(ContractBroken):
        assert isinstance(a_vault().unseal_contract(CustomerRegistered, data), CustomerRegistered)


def test_a_sealed_value_is_held_against_its_contract_once_opened():
    data = a_vault().seal_contract(a_registration()) | {"mobile": a_vault().seal("mobile", "1" * 21)}

    with pytest.raises(ContractBroken) as broken:
        a_vault().unseal_contract(CustomerRegistered, data)

    assert broken.value.violations == (("mobile", "string_too_long (max_length 20)"),)


def test_a_message_without_personal_fields_is_left_as_it_is():
    message = AppointmentConfirmed(
        appointment_id=uuid4(), version=3, state="confirmed", follower_id=uuid4(), vehicle_id=uuid4(), dealer_code="D001",
        requested_date=NOW.date(), items=(ServiceItem(code="A", name="保养"),),
    )  # fmt: skip

    assert plan_of(AppointmentConfirmed) is None
    assert a_vault().unseal_contract(AppointmentConfirmed, a_vault().seal_contract(message)).identified(message.id) == message


def test_a_mark_where_sealing_could_not_be_undone_is_refused():
    class Guess(BaseModel):
        who: Openid | Mobile

    class ByNumber(BaseModel):
        names: dict[str, PersonName]

    for model in (Guess, ByNumber):
        with pytest.raises(TypeError):
            plan_of(model)


def test_the_schema_of_the_bus_shows_sealed_strings():
    schema = sealed_schema(RequestAppointment)

    assert {"type": "string", "format": "sealed"} in schema["properties"]["concern"]["anyOf"]
    assert {"type": "null"} in schema["properties"]["concern"]["anyOf"]
    assert "maxLength" not in str(schema["properties"]["concern"])
    assert schema["properties"]["dealer_code"]["maxLength"] == 32


def test_the_schema_shows_nested_fields_sealed_too():
    schema = sealed_schema(Household)

    assert schema["$defs"]["Contact"]["properties"]["mobile"]["format"] == "sealed"
    assert schema["$defs"]["Contact"]["properties"]["label"]["type"] == "string"
    assert schema["properties"]["followers"]["items"]["format"] == "sealed"


@pytest.mark.parametrize("contract", ALL, ids=lambda contract: contract.__name__)
def test_every_message_of_ours_can_be_sealed(contract):
    assert sealed_schema(contract)["properties"]


def test_a_sealed_column_is_clear_in_python_and_sealed_at_rest():
    use(a_vault())
    table = Table("owner", MetaData(), Column("number", Integer, primary_key=True), Column("mobile", Sealed("mobile")))
    engine = create_engine("sqlite://")
    table.metadata.create_all(engine)

    with engine.begin() as connection:
        connection.execute(insert(table), [{"number": 1, "mobile": "13800138000"}, {"number": 2, "mobile": None}])
        read = list(connection.scalars(select(table.c.mobile).order_by(table.c.number)))
        kept = connection.execute(text("select mobile from owner where number = 1")).scalar_one()

    assert read == ["13800138000", None]
    assert vault().unseal("mobile", kept) == "13800138000"
    assert kept.startswith("sealed:1:")


def test_a_vault_is_made_of_the_settings():
    key = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
    made = Vault.of(Privacy(keys=f"b:{key},a:{key}", lookup_key=key))

    assert made.seal("name", "张伟").startswith("sealed:1:b:")
