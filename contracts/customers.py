"""Who is bound to which car, and how a follower gets there: commands and news of `services/customers` (flows 1.1, A-REM-05..10)."""

from enum import StrEnum
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from contracts.envelope import Actor, Command, Event
from contracts.personal import IdNumber, Mobile, Openid, PersonName, Plate, SmsCode, Vin


class FollowersWish(Command):
    """A command of one follower."""

    owner: ClassVar[str] = "customers"

    follower_id: UUID

    @property
    def actor(self) -> Actor:
        return Actor("customer", str(self.follower_id), "follower")


class GiveConsent(FollowersWish):
    """The follower agrees, or takes it back: nothing is taken from who did not (design section 5)."""

    subject_field: ClassVar[str] = "consent_id"

    consent_id: UUID
    account: str = Field(max_length=32)
    purpose: Literal["registration"] = "registration"
    text_version: str = Field(min_length=1, max_length=32, description="Of the text that was shown.")
    granted: bool
    given_at: AwareDatetime


class RequestRegistration(FollowersWish):
    """Bind me to my car (A-REM-05). The id is made on the phone."""

    subject_field: ClassVar[str] = "registration_id"

    registration_id: UUID
    account: str = Field(max_length=32)
    openid: Openid
    vin: Vin = Field(description="The last 8, or all 17 where several cars of one owner end alike (S-07).")
    id_number: IdNumber
    mobile: Mobile
    text_version: str = Field(min_length=1, max_length=32, description="Of the consent that was given.")
    address_key: str = Field(max_length=64, description="Keyed hash of the phone's network address, to bound guessing.")
    submitted_at: AwareDatetime


class RequestCode(FollowersWish):
    """Send me a code, or another one."""

    subject_field: ClassVar[str] = "registration_id"

    registration_id: UUID
    address_key: str = Field(max_length=64)


class VerifyMobile(FollowersWish):
    """The code that came by SMS (A-REM-06)."""

    subject_field: ClassVar[str] = "registration_id"

    registration_id: UUID
    code: SmsCode


class EndBinding(FollowersWish):
    """I do not want to be bound to this car any more."""

    subject_field: ClassVar[str] = "binding_id"

    binding_id: UUID


class RegistrationState(StrEnum):
    """Flows 1.1. From `vin_wanted`, `rejected`, `expired`, `locked` and `limited` only a new registration leads on."""

    CHECKING = "checking"
    VIN_WANTED = "vin_wanted"
    MATCHED = "matched"
    CODE_SENT = "code_sent"
    ACTIVE = "active"
    REJECTED = "rejected"
    EXPIRED = "expired"
    LOCKED = "locked"
    LIMITED = "limited"


class RegistrationNews(Event):
    """The full record at one version, without anything that the follower typed."""

    owner: ClassVar[str] = "customers"
    readers: ClassVar[tuple[str, ...]] = ("messaging", "pages")
    subject_field: ClassVar[str] = "registration_id"

    registration_id: UUID
    version: int = Field(ge=1)
    state: RegistrationState
    account: str = Field(max_length=32)
    follower_id: UUID
    openid: Openid
    late: bool = Field(default=False, description="The DMS answered so late that the follower will have left the page.")
    code_no: int = Field(default=0, ge=0, description="Codes sent so far.")
    code_expires_at: AwareDatetime | None = None
    next_code_at: AwareDatetime | None = Field(default=None, description="When another code may be asked for.")
    tries_left: int = Field(default=0, ge=0, description="For the code that was sent last.")
    binding_id: UUID | None = Field(default=None, description="Set when active.")


class RegistrationProgressed(RegistrationNews):
    """A step that only the page shows; `state` says which."""


class RegistrationMatched(RegistrationNews):
    """All three match, but late: the follower is sent a link to go on with (state matched). Not late: a code could not be sent."""


class RegistrationRejected(RegistrationNews):
    """No car is known for what was typed: one answer for "no such car" and "wrong data"."""


class Binding(Event):
    """One follower and one car. The subject is the binding; `version` counts its steps."""

    owner: ClassVar[str] = "customers"
    readers: ClassVar[tuple[str, ...]] = ("appointments", "complaints", "messaging", "pages", "reminders")
    subject_field: ClassVar[str] = "binding_id"

    binding_id: UUID
    version: int = Field(ge=1)
    account: str = Field(max_length=32, description="The WeChat account, by its name in config.yaml.")
    follower_id: UUID = Field(description="Keyed hash of appid and openid.")
    openid: Openid
    customer_id: str = Field(max_length=64, description="The DMS's number of the customer.")
    vehicle_id: UUID
    vin: Vin
    plate: Plate | None = None
    name: PersonName
    mobile: Mobile
    model: str = Field(default="", max_length=64, description="As the DMS names it, for the follower to recognise the car.")
    dealer_code: str = Field(default="", max_length=32, description="The dealer in charge, as the DMS has it.")


class CustomerRegistered(Binding):
    """The binding is active: this follower may act for this car."""


class CustomerUnregistered(Binding):
    """The binding is suspended (`unfollowed`) or ended (`by_follower`, `owner_changed`)."""

    reason: str = Field(max_length=64)
