"""What all partner formats share."""

from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class Wire(BaseModel):
    """A body on the wire."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Item(Wire):
    code: str = Field(min_length=1, max_length=32)
    name: str = Field(min_length=1, max_length=64)


class RefusalAnswer(Wire):
    """A clear no, with status 409 or 422: it is final."""

    code: str = Field(min_length=1, max_length=64, description="e.g. unknown_dealer, closed_day")
    message: str = Field(default="", max_length=500)


class DoneAnswer(Wire):
    """It is on record."""

    status: Literal["ok"] = "ok"


class PushAnswer(Wire):
    """Our answer to a partner's push (flows 0). A repeat gets the stored first one with `Idempotent-Replayed: true`."""

    result: Literal["accepted", "rejected"]
    code: str = ""
    field: str = ""
    message: str = ""
    retryable: bool = False


class OutcomeRecord(Wire):
    """What became of a confirmed appointment (A-APT-28)."""

    outcome: Literal["arrived", "completed", "no_show"]
    at: AwareDatetime


class RegistrationRecord(Wire):
    """A customer is registered on the service account with this car, or is not any more (A-REM-10); the highest version counts."""

    version: int = Field(ge=1)
    customer_id: str
    vin: str
    registered: bool
    at: AwareDatetime
