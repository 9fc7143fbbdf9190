"""A provider of text messages over HTTP, dialect `reference`.

What we ask (base URL of the provider; headers as for the DMS):
  POST /messages  SmsRecord → 201 SmsReceipt | 409/422 RefusalAnswer
"""

from pydantic import Field

from contracts.partners.wire import Wire


class SmsRecord(Wire):
    """`template` and `code` are for providers that send approved texts only."""

    to: str
    text: str
    template: str
    code: str | None = None


class SmsReceipt(Wire):
    message_id: str = Field(min_length=1, max_length=64)
