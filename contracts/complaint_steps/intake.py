"""Taking in a case, judging it, talking with the customer, whose it is (A-CMP-01..05, 35)."""

from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from contracts.complaint_steps.form import Form, Text
from contracts.complaint_words import CaseType, Channel, Code, Kind, StaffName
from contracts.personal import ComplaintText, Mobile, PersonName, Plate, Vin


class Receive(Form):
    """Taken in by staff or CSC (A-CMP-01, 04, 35). From a dealer, `source_dealer` says which one passed it on."""

    step: Literal["receive"] = "receive"
    kind: Kind
    channel: Channel
    text: Text
    demand: ComplaintText = ""
    expected_value: ComplaintText = Field(default="", description="What would content the customer.")
    wanted_type: CaseType | None = None
    name: PersonName | None = None
    mobile: Mobile | None = None
    customer_id: str = Field(default="", max_length=64)
    vin: Vin | None = None
    plate: Plate | None = None
    source_dealer: Code = ""
    dealer_code: Code = Field(default="", description="Whom it is about.")
    media: bool = False
    institution: bool = False
    safety: bool = False
    received_at: AwareDatetime | None = Field(default=None, description="When the letter came; now where it is not given.")


class Add(Form):
    """The customer says more."""

    step: Literal["add"] = "add"
    addition_id: UUID | None = None
    text: ComplaintText = ""


class Withdraw(Form):
    """The customer takes it back (A-CMP-27): before it is assigned that ends it, later the handler approves."""

    step: Literal["withdraw"] = "withdraw"
    reason: ComplaintText = ""


class Contact(Form):
    """The customer was spoken to or written to: the first one meets the limit of the first reply."""

    step: Literal["contact"] = "contact"
    how: Literal["phone", "wechat", "visit", "letter", "email", "other"]
    reached: bool = True
    note: ComplaintText = ""
    said: ComplaintText = ""


class JudgeInvalid(Form):
    """A-CMP-01, 02, 04, 05"""

    step: Literal["judge_invalid"] = "judge_invalid"
    reason: Literal["no_fault", "no_request", "duplicate", "not_ours", "other"]
    note: Text


class ReplyInvalid(Form):
    """The reply to what is not valid, by the agent or the dealer it came through (A-CMP-05)."""

    step: Literal["reply_invalid"] = "reply_invalid"
    said: Text


class SolveDirectly(Form):
    """A valid grievance, verified, solved, replied to (A-CMP-03)."""

    step: Literal["solve_directly"] = "solve_directly"
    verified: Text
    solution: Text
    said: Text


class RaiseToComplaint(Form):
    step: Literal["raise_to_complaint"] = "raise_to_complaint"
    note: Text


class Link(Form):
    """Another case of the same matter: they are shown beside each other. Both ways."""

    step: Literal["link"] = "link"
    other_id: UUID
    note: ComplaintText = ""


class Unlink(Form):
    """They are not of the same matter after all, or not of the same customer. Both ways."""

    step: Literal["unlink"] = "unlink"
    other_id: UUID
    reason: Text


class Unmatch(Form):
    """The follower who was found by the phone number is not who complains: they hear of the case no more."""

    step: Literal["unmatch"] = "unmatch"
    reason: Text


class TakeOver(Form):
    """Whose case it is: the handler (or, of a grievance, the agent) who answers for it."""

    step: Literal["take_over"] = "take_over"
    to: StaffName
