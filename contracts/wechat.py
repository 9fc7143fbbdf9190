"""What the gateway hears from WeChat, what the sender is asked to send, and what became of it (A-SVC-01..04)."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from contracts.envelope import Actor, Command, Event, PartnerCommand
from contracts.personal import ChatText, JsTicket, Openid, RawPush


class Push(Event):
    """Something a follower did. Its id is made of the push itself, so that a repeated push is the same message everywhere."""

    owner: ClassVar[str] = "gateway"
    subject_field: ClassVar[str] = "follower_id"

    account: str = Field(max_length=32)
    follower_id: UUID
    openid: Openid
    created_at: AwareDatetime

    @property
    def actor(self) -> Actor:
        return Actor("customer", str(self.follower_id), "follower")


class TextReceived(Push):
    readers: ClassVar[tuple[str, ...]] = ("messaging",)

    content: ChatText


class MenuClicked(Push):
    readers: ClassVar[tuple[str, ...]] = ("messaging",)

    event_key: str = Field(max_length=128)


class FollowerSubscribed(Push):
    readers: ClassVar[tuple[str, ...]] = ("customers", "messaging")

    scene: str = Field(default="", max_length=128)


class FollowerUnsubscribed(Push):
    readers: ClassVar[tuple[str, ...]] = ("customers", "messaging")


class TemplateJobFinished(Push):
    """TEMPLATESENDJOBFINISH: `message_number` is the MsgID that the send was answered with, up to 64 bit."""

    readers: ClassVar[tuple[str, ...]] = ("sender",)

    message_number: str = Field(max_length=20)
    status: str = Field(max_length=128, description="'success', or WeChat's reason for failing.")


class PushReceived(Push):
    """Any other type, kept whole: nothing a follower does is thrown away because we do not know it yet."""

    readers: ClassVar[tuple[str, ...]] = ("messaging",)

    msg_type: str = Field(max_length=64)
    event: str = Field(default="", max_length=64)
    raw: RawPush = Field(description="The push as JSON.")


class SendTemplate(PartnerCommand):
    """Send one template message. `client_msg_id` follows from the command's id, so a repeat is harmless."""

    owner: ClassVar[str] = "sender"
    subject_field: ClassVar[str] = "about_id"

    about_id: UUID = Field(description="What the message is about, e.g. the appointment.")
    about_version: int = Field(ge=1)
    purpose: str = Field(max_length=64, description="Why it is sent, e.g. 'appointment.confirmed'.")
    account: str = Field(max_length=32)
    openid: Openid
    template: str = Field(max_length=64, description="Our name of the template; config.yaml maps it to WeChat's id.")
    url: str = Field(default="", max_length=1024, description="A path below our public address, or a whole address.")
    urgency: Literal["answer", "service", "campaign"] = Field(
        default="answer", description="What goes first, and how much of the day's quota it may use: an answer to the follower all of it."
    )
    not_after: AwareDatetime | None = Field(
        default=None, description="Of what is no answer: from then on the follower is not to be disturbed, and it is postponed."
    )
    again_from: AwareDatetime | None = Field(
        default=None, description="Until then; for so long waits, that day and any later one, what WeChat may have taken already."
    )
    fields: dict[str, str] = Field(description="Our word to text, e.g. {'items': '保养'}; config.yaml maps keywords to our words.")


class TemplateNews(Event):
    """What became of a `SendTemplate`; unnumbered."""

    owner: ClassVar[str] = "sender"
    readers: ClassVar[tuple[str, ...]] = ("messaging",)
    subject_field: ClassVar[str] = "about_id"

    about_id: UUID
    about_version: int = Field(ge=1)
    purpose: str = Field(max_length=64)
    command_id: UUID


class TemplateAccepted(TemplateNews):
    message_number: str = Field(max_length=20)


class TemplateRefused(TemplateNews):
    """A clear no for this follower or this data; `errcode` is WeChat's."""

    errcode: int
    reason: Literal["user_state", "our_data", "operator_config", "already_sent", "unknown"]


class TemplatePostponed(TemplateNews):
    """Today's share of the quota for this urgency is used up, or it is too late in the day.

    Nothing was sent, and nothing will be unless it is asked for again.
    """

    until: AwareDatetime


class TemplateDelivered(TemplateNews):
    message_number: str = Field(max_length=20)


class TemplateUndelivered(TemplateNews):
    message_number: str = Field(max_length=20)
    status: str = Field(max_length=128)


class SendText(PartnerCommand):
    """Send one customer-service message: only while a window is open (48 h after a message, 1 min after a click)."""

    owner: ClassVar[str] = "sender"
    subject_field: ClassVar[str] = "about_id"

    about_id: UUID
    about_version: int = Field(ge=1)
    purpose: str = Field(max_length=64)
    account: str = Field(max_length=32)
    openid: Openid
    text: ChatText


class TextNews(Event):
    """What became of a `SendText`; unnumbered."""

    owner: ClassVar[str] = "sender"
    readers: ClassVar[tuple[str, ...]] = ("messaging",)
    subject_field: ClassVar[str] = "about_id"

    about_id: UUID
    about_version: int = Field(ge=1)
    purpose: str = Field(max_length=64)
    command_id: UUID


class TextAccepted(TextNews):
    """WeChat took it."""


class TextRefused(TextNews):
    """A clear no: the window is closed or used up (`window_closed`), or as for a template."""

    errcode: int
    reason: Literal["window_closed", "user_state", "our_data", "operator_config", "already_sent", "unknown"]


class RenewJsTicket(Command):
    """The pages of this account need a ticket that is good for a while (A-ITF-24)."""

    owner: ClassVar[str] = "sender"
    subject_field: ClassVar[str] = "ticket_id"

    ticket_id: UUID = Field(description="Follows from the account.")
    account: str = Field(max_length=32)


class JsTicketIssued(Event):
    """The ticket that signs the pages' use of the JS-SDK; the later expiry wins."""

    owner: ClassVar[str] = "sender"
    readers: ClassVar[tuple[str, ...]] = ("pages",)
    subject_field: ClassVar[str] = "ticket_id"

    ticket_id: UUID
    account: str = Field(max_length=32)
    ticket: JsTicket
    expires_at: AwareDatetime


class PublishMenu(Command):
    """The account's menu is configured otherwise than it was published last (A-APT-10)."""

    owner: ClassVar[str] = "sender"
    subject_field: ClassVar[str] = "menu_id"

    menu_id: UUID = Field(description="Follows from the app.")
    account: str = Field(max_length=32)
    digest: str = Field(
        max_length=64, description="Of the menu that is meant: one that is configured otherwise by now is left to its own command."
    )
