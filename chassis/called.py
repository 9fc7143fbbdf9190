"""The part of the configuration that says whom we call over HTTP: DMS, CSC, and who sends text messages."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

Url = Annotated[str, Field(pattern=r"^https?://", description="an http:// or https:// address")]


class Section(BaseModel):
    """Frozen, and refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class BreakerTerms(Section):
    """When a partner that does not answer is left alone, and how long until it is asked again."""

    failures: int = Field(default=5, ge=1, le=1000, description="calls in a row without a usable answer")
    open_seconds: float = Field(default=15, gt=0, le=600, description="then a single call asks whether it is back")


class Called(Section):
    """Somebody whom we call over HTTP."""

    base_url: Url
    api_key: SecretStr
    deadline_seconds: float = Field(default=20, gt=0, le=60, description="for one call with its tries in place")
    attempts_in_place: int = Field(default=3, ge=1, le=4)
    idempotent: bool = Field(default=True, description="false: asked for our reference before a repeat")
    breaker: BreakerTerms = BreakerTerms()


class Partner(Called):
    """One that calls us too."""

    dialect: Literal["reference"] = "reference"
    webhook_secret: SecretStr = Field(description="Standard Webhooks, whsec_…")


class Partners(Section):
    dms: Partner
    csc: Partner


class HttpSms(Section):
    """A provider of text messages as its vendor made it. In `body` are filled in: {mobile} {text} {code} {template} {reference}."""

    url: Url
    headers: dict[str, SecretStr] = Field(default_factory=dict)
    encoding: Literal["json", "form"] = "json"
    body: dict[str, str] = Field(min_length=1)
    templates: dict[str, str] = Field(default_factory=dict, description="our purpose, e.g. registration.code, to the vendor's template")
    answer_field: str = Field(description="of the JSON answer: the one that says how it went, e.g. Code; dots go deeper")
    accepted: tuple[str, ...] = Field(min_length=1, description="its values for yes")
    refused: tuple[str, ...] = Field(default=(), description="its values for a final no; any other is tried again later")
    deadline_seconds: float = Field(default=10, gt=0, le=60)
    breaker: BreakerTerms = BreakerTerms()


class Sms(Section):
    """Who sends text messages: the one named by `provider`."""

    provider: Literal["reference", "http"] = "reference"
    reference: Called | None = None
    http: HttpSms | None = None

    @model_validator(mode="after")
    def _has_its_provider(self) -> "Sms":
        if getattr(self, self.provider) is None:
            raise ValueError(f"the section sms.{self.provider} is wanted, since it is the provider")
        return self
