"""What the forms of all steps have in common."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from contracts.complaint_words import CloseReason, StaffName
from contracts.personal import ComplaintText

Text = Annotated[ComplaintText, Field(min_length=1)]
Money = Annotated[Decimal, Field(ge=0, le=Decimal("99999999.99"), max_digits=10, decimal_places=2, description="Yuan.")]
Minutes = Annotated[int, Field(ge=1, le=525_600)]
Names = Annotated[tuple[StaffName, ...], Field(max_length=30)]
OneOfFour = Literal[CloseReason.WITHDRAWN, CloseReason.SATISFIED, CloseReason.ACCEPTED_PENDING, CloseReason.NOT_SUPPORTED]


class Form(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
