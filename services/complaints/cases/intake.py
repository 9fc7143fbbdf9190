"""Taking in a case: from a follower, from staff, from CSC or a dealer's DMS (A-CMP-01, 04, 35).

It gets its number at once, and the limit of the first reply begins: both are told to the customer as an acknowledgement. Who follows us is
found by their number, and their open cases are linked.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import cast
from uuid import UUID

from chassis.database import Transaction
from chassis.lookups import NORMAL
from contracts.complaint_steps.intake import Receive
from contracts.complaint_words import Channel, DeadlineKind, Kind, Role, State
from contracts.complaints import SubmitComplaint
from services.complaints.cases import dealers, owners, store
from services.complaints.cases.case import Case, Complainant
from services.complaints.cases.keeping import keep
from services.complaints.cases.linking import link_with_others
from services.complaints.cases.numbers import next_number
from services.complaints.cases.owners import Owner
from services.complaints.cases.steps import STEPS
from services.complaints.cases.taking import Acting, Asked, Refused, World
from services.complaints.clocks.deadlines import begin, limits_of


def receive(tx: Transaction, complaint_id: UUID, asked: Asked, who: Complainant, world: World) -> Case:
    """A new case; where there is one of this id, that one. The form is a Receive. Raises Refused."""
    form, by = cast(Receive, asked.form), asked.by
    if by.role not in STEPS["receive"].by:
        raise Refused("not_yours", "您的角色不能受理投诉", "Taking in a case is not for your role.")
    if known := store.find(tx, complaint_id):
        return known
    if who.follower_id is None:
        who = matched(who, owners.cars_of_mobile(tx, who.mobile))
    about = form.dealer_code or by.dealer_code
    begun = taken_in(complaint_id, form, who, by, world)
    number = next_number(tx, world.terms.number_prefix, world.now)
    case = begun.learnt(number=number, dealer_code=about, region_code=dealers.region_of(tx, about))
    keep(tx, None, case, asked, world.now)
    return link_with_others(tx, case, world)


def taken_in(complaint_id: UUID, form: Receive, who: Complainant, by: Acting, world: World) -> Case:
    """Without its number and its place. What a dealer passes on came through them, whatever the form says. Pure."""
    source = by.dealer_code if by.role is Role.DEALER else form.source_dealer
    case = Case(
        complaint_id=complaint_id,
        version=1,
        number="",
        kind=form.kind,
        channel=Channel.DEALER if by.role is Role.DEALER else form.channel,
        state=State.RECEIVED,
        complainant=who,
        text=form.text,
        demand=form.demand,
        expected_value=form.expected_value,
        received_at=min(form.received_at or world.now, world.now),
        source_dealer=source,
        wanted_type=form.wanted_type,
        safety=form.safety,
        media=form.media or form.channel is Channel.MEDIA,
        institution=form.institution or form.channel is Channel.INSTITUTION,
    )
    return begin(case, DeadlineKind.FIRST_REPLY, limits_of(world.terms, None).first_reply, by.name, world)


def complainant_of(form: Receive) -> Complainant:
    """As it was written down."""
    return Complainant(form.name or "", form.mobile or "", form.customer_id, vin=form.vin or "", plate=form.plate or "")


def matched(who: Complainant, cars: Sequence[Owner]) -> Complainant:
    """With the follower of these cars, which are bound with their number: the only one, or the only one with their car. Pure."""
    theirs = [car for car in cars if who.vin and same_vin(car.vin, who.vin)]
    found = {car.follower_id for car in cars}
    found = found if len(found) == 1 else {car.follower_id for car in theirs}
    if len(found) != 1:
        return who
    (follower_id,) = found
    account = next(car.account for car in cars if car.follower_id == follower_id)
    known = replace(who, follower_id=follower_id, account=account, matched=True)
    car = next((car for car in theirs if car.follower_id == follower_id), None)
    return replace(known, vehicle_id=car.vehicle_id, plate=who.plate or car.plate, model_name=car.model) if car else known


def same_vin(one: str, other: str) -> bool:
    """However they were written."""
    return NORMAL["vin"](one) == NORMAL["vin"](other)


def form_of(message: SubmitComplaint) -> Receive:
    """Whoever says what they want, complains; who does not, wants to be heard: a grievance, which an agent judges first (S-03)."""
    return Receive(
        kind=Kind.COMPLAINT if message.demand else Kind.GRIEVANCE,
        channel=Channel.OFFICIAL_ACCOUNT,
        text=message.text,
        demand=message.demand,
        wanted_type=message.wanted_type,
        name=message.name,
        mobile=message.mobile,
        dealer_code=message.dealer_code,
        received_at=message.submitted_at,
    )


def follower_of(message: SubmitComplaint, cars: Sequence[Owner]) -> Complainant:
    """Of a follower who has bound a car, the car that they name is theirs or none; name and mobile are those that are known."""
    named = next((car for car in cars if car.vehicle_id == message.vehicle_id), None)
    known = named or next(iter(cars), None)
    return Complainant(
        name=message.name or (known.name if known else ""),
        mobile=message.mobile or (known.mobile if known else ""),
        customer_id=known.customer_id if known else "",
        account=message.account,
        follower_id=message.follower_id,
        vehicle_id=named.vehicle_id if named else None,
        vin=named.vin if named else "",
        plate=named.plate if named else "",
        model_name=named.model if named else "",
    )
