"""What the staff of the CSC (DCRC) fill in."""

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from contracts.csc import CallResult
from contracts.partners.wire import Item


def _capital(text: object) -> object:
    return text.strip().upper() if isinstance(text, str) else text


DealerCode = Annotated[str, BeforeValidator(_capital), Field(pattern=r"^[A-Z0-9-]{1,32}$")]


class Note(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CallNote(Note):
    """How a call went (A-APT-14..17)."""

    result: CallResult


class TransferNote(Note):
    """The other dealer that was agreed on."""

    dealer_code: DealerCode


class SlipNote(Note):
    """What was agreed (A-APT-18). What is not given is as the task has it."""

    appointment_at: AwareDatetime | None = None
    dealer_code: DealerCode | None = None
    items: tuple[Item, ...] | None = Field(default=None, min_length=1, max_length=20)
    confirmed_by: str = Field(default="DCRC-01", min_length=1, max_length=64)


class Cancellation(Note):
    reason: str = Field(default="customer_asked", min_length=1, max_length=64)
