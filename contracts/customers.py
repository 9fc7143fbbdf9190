"""Who is bound to which car: the news of `services/customers` (flows 1.1, A-REM-10)."""

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from contracts.envelope import Event
from contracts.personal import Mobile, Openid, PersonName, Plate, Vin


class Binding(Event):
    """One follower and one car. The subject is the binding; `version` counts its steps."""

    owner: ClassVar[str] = "customers"
    readers: ClassVar[tuple[str, ...]] = ("appointments", "messaging")
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


class CustomerRegistered(Binding):
    """The binding is active: this follower may act for this car."""


class CustomerUnregistered(Binding):
    """The binding is suspended (unfollowed) or ended."""

    reason: str = Field(max_length=64)
