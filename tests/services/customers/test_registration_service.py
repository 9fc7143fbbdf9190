"""A registration on a real schema: what it asks of the DMS, whom it sends a code, what it tells, and what a wrong person does not learn."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from chassis.errors import Unavailable
from contracts.csc import MarkRegistered
from contracts.customers import (
    CustomerRegistered,
    CustomerUnregistered,
    RegistrationMatched,
    RegistrationProgressed,
    RegistrationRejected,
)
from contracts.dms import FindOwner, StoreRegistration
from contracts.sms import SendSms, SmsAccepted
from services.customers.store import registrations
from tests.services.customers.makers import (
    BINDING,
    FOLLOWER,
    ID_NUMBER,
    MOBILE,
    NOW,
    OPENID,
    OWNER,
    VEHICLE,
    VIN,
    a_code_wish,
    a_consent,
    a_request,
    a_sale,
    a_try,
    a_wrong_code,
    an_end,
    an_owner,
    came,
    found,
    refused,
    states_of,
    the_sms,
    went,
)
from tests.services.house import types_of

STRANGER = UUID(int=13)


def later(house, **how):
    house.service.now.at += timedelta(**how)


def with_code(house, request=None, *owners):
    """A registration whose code is on its way, and the SMS."""
    request = request or a_request()
    house.deliver(request)
    return request, the_sms(house.deliver(found(request, *(owners or (OWNER,)))))


def registered(house, request=None):
    request, sms = with_code(house, request)
    return request, house.deliver(a_try(request, sms.code))


def swept(house):
    with house.write() as tx:
        house.service.expire(tx)
    return house.told()


def test_the_whole_way_to_a_binding_and_everyone_hears_of_it(house):
    request = a_request()

    asked = house.deliver(request)
    coded = house.deliver(found(request, OWNER))
    bound = house.deliver(a_try(request, the_sms(coded).code))

    assert types_of(asked) == [RegistrationProgressed, FindOwner]
    assert (asked[1].vin, asked[1].id_number, asked[1].mobile) == (VIN[-8:], ID_NUMBER, MOBILE)
    assert types_of(coded) == [RegistrationProgressed, SendSms]
    assert types_of(bound) == [CustomerRegistered, StoreRegistration, MarkRegistered, RegistrationProgressed]
    assert states_of(asked + coded + bound) == ["checking", "code_sent", "active"]
    assert (bound[0].binding_id, bound[0].vehicle_id, bound[0].vin) == (BINDING, VEHICLE, VIN)
    assert (bound[0].customer_id, bound[0].model, bound[0].dealer_code, bound[0].openid) == ("C0001", "CQ5 1.5T", "D001", OPENID)
    assert (bound[1].registered, bound[2].registered, bound[1].binding_version) == (True, True, 1)
    assert bound[3].binding_id == BINDING


def test_the_sms_goes_to_the_mobile_on_record_says_the_minutes_and_begins_with_our_sign(house):
    request, sms = with_code(house, a_request(mobile="+86 138 0013 8000"), an_owner(mobile="86-13800138000"))

    assert (sms.mobile, sms.about_id, sms.about_version, sms.purpose) == (MOBILE, request.registration_id, 1, "registration.code")
    assert sms.text.startswith("【车桥】")
    assert all(words in sms.text for words in (sms.code, "5 分钟", "勿泄露"))
    assert len(sms.code) == 6


def test_what_was_typed_with_spaces_and_small_letters_is_meant_all_the_same(house):
    request = a_request(vin=" aa 000001", id_number="50019919920203058x ", mobile="0086 138-0013-8000")

    question = house.deliver(request)[1]

    assert (question.vin, question.id_number, question.mobile) == (VIN[-8:], "50019919920203058X", MOBILE)
    assert states_of(house.deliver(found(request, OWNER))) == ["code_sent"]


def test_a_known_id_again_changes_nothing_whoever_sends_it(house):
    request = a_request()
    house.deliver(request)
    house.deliver(a_consent(STRANGER))

    assert house.deliver(request) == house.deliver(a_request(STRANGER, registration_id=request.registration_id)) == []


# What a wrong person learns: nothing.


def answers_to(house, request, *owners):
    told = house.deliver(request) + house.deliver(found(request, *owners)) + house.deliver(a_code_wish(request))
    return [(type(one), one.model_dump(exclude={"registration_id", "vin", "id_number", "mobile"})) for one in told]


def test_no_such_car_a_wrong_id_number_and_a_wrong_mobile_are_answered_alike(house):
    no_such_car = answers_to(house, a_request(vin="1AA99999"))
    wrong_id_number = answers_to(house, a_request(id_number="500199199001010021"))
    wrong_mobile = answers_to(house, a_request(mobile="13900139000"))

    assert no_such_car == wrong_id_number == wrong_mobile
    assert [kind for kind, _ in no_such_car] == [RegistrationProgressed, FindOwner, RegistrationRejected]


@pytest.mark.parametrize(
    "careless",
    [
        an_owner(mobile="13900139000"),
        an_owner(vin="LS4AAAAA1AA099999"),
        an_owner(vin="LS4AAAA" + VIN[-8:] + "99"),
    ],
    ids=["another mobile", "another car", "the eight are not its last"],
)
def test_a_dms_that_names_an_owner_who_does_not_match_is_not_believed(house, careless):
    assert answers_to(house, a_request(), careless) == answers_to(house, a_request())


def test_of_an_owner_who_does_not_match_among_others_nothing_shows(house):
    _, sms = with_code(house, None, an_owner(vin="LS4BBBBB" + VIN[-9:], mobile="13900139000"), OWNER)

    assert sms.mobile == MOBILE


def test_only_a_vin_of_eight_or_seventeen_matches(house):
    short = a_request(vin="1")
    house.deliver(short)

    assert types_of(house.deliver(found(short, OWNER))) == [RegistrationRejected]


def test_several_cars_of_one_owner_that_end_alike_ask_for_the_whole_vin(house):
    twin = an_owner(vin="LS4CCCCC1AA000001")
    request = a_request()
    house.deliver(request)

    wanted = house.deliver(found(request, OWNER, twin))
    _, sms = with_code(house, a_request(vin=VIN), OWNER, twin)

    assert (types_of(wanted), states_of(wanted)) == ([RegistrationProgressed], ["vin_wanted"])
    assert sms.code


def test_one_car_under_two_numbers_of_the_same_owner_is_one_car(house):
    _, sms = with_code(house, None, OWNER, an_owner(customer_id="C0001-OLD"))

    assert sms.mobile == MOBILE


def test_another_followers_registration_is_out_of_reach(house):
    request, sms = with_code(house)
    later(house, minutes=2)

    assert house.deliver(a_try(request, sms.code, follower_id=STRANGER)) == []
    assert house.deliver(a_code_wish(request, follower_id=STRANGER)) == []
    assert house.deliver(a_try(a_request(), sms.code)) == []
    assert states_of(house.deliver(a_try(request, sms.code))) == ["active"]


# Consent.


def test_nothing_is_taken_from_who_did_not_agree(house):
    with pytest.raises(Unavailable):
        house.deliver(a_request(STRANGER))

    assert house.told() == []
    with house.database.read() as connection:
        assert connection.execute(select(registrations)).all() == []


@pytest.mark.parametrize("ago", [timedelta(), timedelta(hours=1)], ids=["just now", "the broker was away for an hour"])
def test_a_wish_that_overtook_the_consent_waits_for_it(house, ago):
    request = a_request(STRANGER, submitted_at=NOW - ago)
    with pytest.raises(Unavailable):
        house.deliver(request)

    house.deliver(a_consent(STRANGER, seconds=-3700))

    assert states_of(house.deliver(request)) == ["checking"]


def test_who_agreed_again_after_a_no_is_waited_for(house):
    """The pages took the wish, so the newer yes is on its way."""
    house.deliver(a_consent(STRANGER, granted=False, seconds=-60))

    with pytest.raises(Unavailable):
        house.deliver(a_request(STRANGER))


@pytest.mark.parametrize(
    ("said", "agreed"),
    [
        ([(True, "2026-01", 0), (False, "2026-01", 1)], False),
        ([(False, "2026-01", 1), (True, "2026-01", 0)], False),
        ([(False, "2026-01", 0), (True, "2026-01", 1)], True),
        ([(True, "2026-01", 0), (False, "2025-01", 1)], False),
        ([(True, "2026-01", 0), (True, "2027-01", 1)], True),
        ([(True, "2026-01", 0), (False, "2026-01", 0)], False),
    ],
)
def test_the_newest_word_counts_for_the_text_that_was_shown(house, said, agreed):
    for granted, text, seconds in said:
        house.deliver(a_consent(STRANGER, granted=granted, text=text, seconds=seconds))

    told = house.deliver(a_request(STRANGER, submitted_at=NOW - timedelta(minutes=1)))

    assert states_of(told) == ["checking" if agreed else "expired"]


def test_a_yes_to_another_text_is_none(house):
    house.deliver(a_consent(STRANGER, text="2025-01"))

    with pytest.raises(Unavailable):
        house.deliver(a_request(STRANGER))


def test_taking_the_consent_back_ends_what_is_under_way(house):
    request, sms = with_code(house)

    told = house.deliver(a_consent(granted=False, seconds=0))

    assert states_of(told) == ["expired"]
    assert house.deliver(a_try(request, sms.code)) == []


# Codes.


def test_a_wrong_code_costs_a_try_and_the_fifth_locks(house):
    request, sms = with_code(house)
    wrong = a_try(request, a_wrong_code(sms.code))

    told = [one for _ in range(7) for one in house.deliver(wrong)]

    assert [(one.state.value, one.tries_left) for one in told] == [("code_sent", 4 - n) for n in range(4)] + [("locked", 0)]
    assert house.deliver(a_try(request, sms.code)) == []
    assert house.deliver(a_code_wish(request)) == []


def test_the_right_code_twice_is_one_binding(house):
    request, sms = with_code(house)

    once, again = house.deliver(a_try(request, f" {sms.code} ")), house.deliver(a_try(request, sms.code))

    assert (states_of(once), again) == (["active"], [])


def test_a_code_that_cannot_be_sent_in_time_is_not_to_be_sent_at_all(house):
    _, sms = with_code(house)

    assert sms.good_until == NOW + timedelta(minutes=5)


def test_a_code_holds_five_minutes(house):
    request, sms = with_code(house)
    later(house, minutes=5)

    told = house.deliver(a_try(request, sms.code))

    assert (types_of(told), states_of(told)) == ([RegistrationProgressed], ["expired"])
    assert house.deliver(a_try(request, sms.code)) == house.deliver(a_code_wish(request)) == []


def test_another_code_comes_after_a_minute_and_the_one_before_counts_no_more(house):
    request, first = with_code(house)
    house.deliver(a_try(request, a_wrong_code(first.code)))
    too_soon = house.deliver(a_code_wish(request))
    later(house, seconds=60)

    told = house.deliver(a_code_wish(request))

    assert too_soon == house.deliver(a_code_wish(request)) == []
    assert (told[0].code_no, told[0].tries_left, told[0].code_expires_at) == (2, 5, NOW + timedelta(minutes=6))
    assert (the_sms(told).about_version, the_sms(told).id != first.id) == (2, True)
    assert first.code == the_sms(told).code or states_of(house.deliver(a_try(request, first.code))) == ["code_sent"]
    assert states_of(house.deliver(a_try(request, the_sms(told).code))) == ["active"]


def test_a_code_is_good_for_its_own_registration_alone(house):
    _, sms = with_code(house)
    other, other_sms = with_code(house)

    told = house.deliver(a_try(other, sms.code))

    assert sms.code == other_sms.code or states_of(told) == ["code_sent"]


def test_who_cannot_be_sent_the_code_is_not_asked_for_it_and_need_not_wait_for_another(house):
    request, sms = with_code(house)

    told = house.deliver(refused(sms))

    assert (states_of(told), told[0].code_no, told[0].late) == (["matched"], 1, False)
    assert house.deliver(refused(sms)) == house.deliver(a_try(request, sms.code)) == []
    assert the_sms(house.deliver(a_code_wish(request))).about_version == 2
    assert house.deliver(refused(sms)) == []


def test_what_becomes_of_other_messages_is_none_of_ours(house):
    _, sms = with_code(house)
    about = {"about_version": 1, "command_id": uuid4()}

    assert house.deliver(refused(sms, about_id=uuid4(), purpose="appointment.confirmed")) == []
    assert house.deliver(SmsAccepted(about_id=sms.about_id, purpose=sms.purpose, **about)) == []


def test_the_sweep_ends_what_nobody_went_on_with(house):
    with_code(house)
    waiting = a_request()
    house.deliver(waiting)
    later(house, minutes=4, seconds=59)
    early = swept(house)
    later(house, seconds=1)

    coded = swept(house)
    later(house, days=3)
    asked = swept(house)

    assert (early, states_of(coded), states_of(asked), swept(house)) == ([], ["expired"], ["expired"], [])
    assert asked[0].registration_id == waiting.registration_id
    assert (coded[0].late, asked[0].late) == (False, True)
    assert house.deliver(found(waiting, OWNER)) == []


# A DMS that is slow, or away.


def test_who_has_left_by_the_time_of_the_answer_is_sent_a_link_and_gets_a_code_when_back(house):
    request = a_request()
    house.deliver(request)
    later(house, hours=3)

    matched = house.deliver(found(request, OWNER))
    later(house, hours=2)
    coded = house.deliver(a_code_wish(request))

    assert (types_of(matched), states_of(matched), matched[0].late) == ([RegistrationMatched], ["matched"], True)
    assert (states_of(coded), coded[0].late) == (["code_sent"], False)
    assert states_of(house.deliver(a_try(request, the_sms(coded).code))) == ["active"]


def test_a_link_holds_a_day(house):
    request = a_request()
    house.deliver(request)
    later(house, hours=3)
    house.deliver(found(request, OWNER))
    later(house, days=1)

    assert states_of(house.deliver(a_code_wish(request))) == ["expired"]


@pytest.mark.parametrize(("minutes", "late"), [(2, False), (3, True)])
def test_a_late_no_says_that_it_is_late(house, minutes, late):
    request = a_request()
    house.deliver(request)
    later(house, minutes=minutes)

    (told,) = house.deliver(found(request))

    assert (type(told), told.late) == (RegistrationRejected, late)


def test_a_second_answer_changes_nothing(house):
    request, _ = with_code(house)

    assert house.deliver(found(request, OWNER)) == house.deliver(found(request)) == []


def test_an_answer_to_nothing_we_asked_waits_to_be_looked_at(house):
    with pytest.raises(Unavailable):
        house.deliver(found(a_request(), OWNER))


# Several cars, several followers, coming, going, and other owners.


def test_a_follower_may_have_several_cars_and_a_car_several_followers(house):
    house.deliver(a_consent(STRANGER))
    second_car = an_owner(vin="LS4AAAAA1AA000002")

    _, first = registered(house)
    request, sms = with_code(house, a_request(vin="1AA000002"[-8:]), second_car)
    second = house.deliver(a_try(request, sms.code))
    _, driver = registered(house, a_request(STRANGER))

    bindings = {(one.follower_id, one.vehicle_id) for one in first + second + driver if isinstance(one, CustomerRegistered)}
    assert len(bindings) == 3


def test_registering_a_car_again_brings_an_ended_binding_back_under_a_higher_version(house):
    registered(house)
    house.deliver(an_end())

    _, told = registered(house)

    assert (type(told[0]), told[0].version, told[0].binding_id) == (CustomerRegistered, 3, BINDING)


def test_registering_a_car_that_is_bound_already_tells_only_the_page(house):
    registered(house)

    _, told = registered(house)

    assert (types_of(told), told[0].binding_id) == ([RegistrationProgressed], BINDING)


def test_who_unfollowed_while_registering_is_bound_but_cannot_be_reached(house):
    request, sms = with_code(house)
    house.deliver(went(1))

    told = house.deliver(a_try(request, sms.code))
    back = house.deliver(came(2))

    assert types_of(told) == [CustomerUnregistered, StoreRegistration, MarkRegistered, RegistrationProgressed]
    assert (states_of(told), told[1].registered) == (["active"], False)
    assert types_of(back) == [CustomerRegistered, StoreRegistration, MarkRegistered]


def test_a_registration_that_a_sale_overtook_does_not_bind_the_old_owner(house):
    request, sms = with_code(house)
    house.deliver(a_sale("C0002"))

    told = house.deliver(a_try(request, sms.code))

    assert types_of(told) == [RegistrationRejected]


def test_an_answer_that_a_sale_overtook_does_not_bind_the_old_owner(house):
    request = a_request()
    house.deliver(request)
    house.deliver(a_sale("C0002"))
    sms = the_sms(house.deliver(found(request, OWNER)))

    assert types_of(house.deliver(a_try(request, sms.code))) == [RegistrationRejected]


def test_the_new_owner_is_bound_though_the_news_of_the_sale_is_still_on_the_way(house):
    house.deliver(a_sale("C0005", version=1))
    later(house, minutes=2)

    _, told = registered(house, a_request(submitted_at=house.service.now.at))

    assert isinstance(told[0], CustomerRegistered)
    assert house.deliver(a_sale("C0001", version=2)) == []


def test_a_sale_ends_the_binding_and_the_new_owner_begins_anew(house):
    registered(house)
    house.deliver(a_consent(STRANGER))

    ended = house.deliver(a_sale("C0002"))
    request, sms = with_code(house, a_request(STRANGER), an_owner(customer_id="C0002"))
    told = house.deliver(a_try(request, sms.code))

    assert (ended[0].reason, ended[1].registered, ended[2].registered) == ("owner_changed", False, False)
    assert (told[0].customer_id, told[0].follower_id) == ("C0002", STRANGER)


# What is kept.


def test_nothing_personal_is_on_disk_in_clear_and_the_id_number_in_no_table_of_ours(house):
    request, sms = with_code(house)
    house.deliver(a_try(request, a_wrong_code(sms.code)))
    house.database.dispose()

    on_disk = b"".join(path.read_bytes() for path in house.schema.parent.iterdir())

    canaries = (OPENID, VIN, VIN[-8:], OWNER.name, MOBILE, OWNER.plate, ID_NUMBER)
    assert not [canary for canary in canaries if canary.encode() in on_disk]
    assert not [column for column in registrations.columns if "id_number" in column.name]


@pytest.mark.parametrize("end", ["active", "rejected", "locked", "expired"])
def test_with_the_end_goes_what_was_typed_whom_it_matched_and_the_code(house, end):
    request = a_request()
    house.deliver(request)
    if end == "rejected":
        house.deliver(found(request))
    else:
        code = the_sms(house.deliver(found(request, OWNER))).code
        later(house, minutes=6 if end == "expired" else 0)
        for _ in range(5):
            house.deliver(a_try(request, a_wrong_code(code) if end == "locked" else code))

    with house.database.read() as connection:
        row = connection.execute(select(registrations)).one()
    assert row.state == end
    assert {row.vin, row.mobile, row.name, row.plate, row.customer_id, row.code_hash, row.lapses_at} == {None}
    assert row.follower_id == FOLLOWER
