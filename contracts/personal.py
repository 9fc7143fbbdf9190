"""Fields about a person: a kind for each, so that the chassis can seal them wherever a message is written.

In a process such a field is plain text; on the bus, on disk and in a table it is a sealed string. The kind is bound to the
ciphertext, so a sealed mobile cannot be passed off as a name. (design section 5)
"""

from dataclasses import dataclass
from typing import Annotated

from pydantic import StringConstraints


@dataclass(frozen=True)
class Personal:
    """Marks a contract field as personal data of one kind."""

    kind: str


def _text(longest: int) -> StringConstraints:
    return StringConstraints(min_length=1, max_length=longest)


Openid = Annotated[str, Personal("openid"), _text(128)]
PersonName = Annotated[str, Personal("name"), _text(64)]
Mobile = Annotated[str, Personal("mobile"), _text(20)]
Vin = Annotated[str, Personal("vin"), _text(17)]
Plate = Annotated[str, Personal("plate"), _text(16)]
Concern = Annotated[str, Personal("concern"), _text(1000)]
ChatText = Annotated[str, Personal("chat_text"), StringConstraints(max_length=8192)]
IdNumber = Annotated[str, Personal("id_number"), _text(32)]
SmsCode = Annotated[str, Personal("sms_code"), _text(8)]
SmsText = Annotated[str, Personal("sms_text"), _text(500)]
JsTicket = Annotated[str, Personal("js_ticket"), _text(1024)]
ComplaintText = Annotated[str, Personal("complaint_text"), StringConstraints(max_length=4000)]
"""What is complained of, asked for, answered, or noted in a case."""
StepForm = Annotated[str, Personal("complaint_step"), _text(65_536)]
"""The form of a step as JSON: each has personal texts of its own."""
RawPush = Annotated[str, Personal("raw_push"), _text(1_048_576)]
