"""Photos and voices of a complaint, from WeChat to our own store (A-CMP-35)."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from contracts.envelope import Event, PartnerCommand

MOST_FILES = 9
"""With one submission, and with each addition: what WeChat lets one choose at a time."""


class PhoneFile(BaseModel):
    """A photo or a voice that WeChat keeps for three days under `media_id`: it is fetched from there."""

    model_config = ConfigDict(frozen=True)

    file_id: UUID
    media_id: str = Field(min_length=1, max_length=128)
    kind: Literal["photo", "voice"]


class FetchComplaintFile(PartnerCommand):
    """Fetch a photo or voice from WeChat and bring it to complaints, who check it by its content, clean and keep it."""

    owner: ClassVar[str] = "sender"
    subject_field: ClassVar[str] = "file_id"

    file_id: UUID
    complaint_id: UUID
    account: str = Field(max_length=32)
    media_id: str = Field(min_length=1, max_length=128)
    kind: Literal["photo", "voice"]


class ComplaintFileFetched(Event):
    """It is in the store of complaints; unnumbered."""

    owner: ClassVar[str] = "sender"
    readers: ClassVar[tuple[str, ...]] = ("complaints", "pages")
    subject_field: ClassVar[str] = "file_id"

    file_id: UUID
    complaint_id: UUID


class ComplaintFileLost(Event):
    """It cannot be had: `gone` at WeChat, `not_a_photo`, `not_a_voice`, `too_large`."""

    owner: ClassVar[str] = "sender"
    readers: ClassVar[tuple[str, ...]] = ("complaints", "pages")
    subject_field: ClassVar[str] = "file_id"

    file_id: UUID
    complaint_id: UUID
    reason: str = Field(max_length=64)
