"""The orders of `/ops/v1/`: what an operator does about a parked message.

POST /parked/<message_id>/redrive         {service?} → 202; which service is needed only where several hold it
POST /parked/<message_id>/drop            {reason, service?} → 202
"""

from typing import TYPE_CHECKING
from uuid import UUID

from flask import Flask, Response, jsonify
from pydantic import BaseModel, ConfigDict, Field

from contracts.ops import ParkedCommand
from services.insight import news
from services.insight.domain import ParkedMessage
from services.insight.problems import Problem, form_of
from services.insight.reading_api import reported

if TYPE_CHECKING:
    from chassis.runtime import ServiceRuntime


class RedriveForm(BaseModel):
    model_config = ConfigDict(extra="forbid")

    service: str | None = Field(default=None, max_length=32)


class DropForm(RedriveForm):
    reason: str = Field(min_length=1, max_length=200)


def add_orders(app: Flask, runtime: "ServiceRuntime") -> None:
    """Routes that order something of a service."""

    @app.post("/parked/<uuid:message_id>/redrive")
    def redrive(message_id: UUID) -> tuple[Response, int]:
        form = form_of(RedriveForm)
        return _order(runtime, news.redrive(_held(runtime, message_id, form.service)))

    @app.post("/parked/<uuid:message_id>/drop")
    def drop(message_id: UUID) -> tuple[Response, int]:
        form = form_of(DropForm)
        return _order(runtime, news.drop(_held(runtime, message_id, form.service), form.reason))


def _held(runtime: "ServiceRuntime", message_id: UUID, service: str | None) -> ParkedMessage:
    """The one parked now, in the service that was named or the only one there is."""
    held = [one for one in reported(runtime, message_id) if one.state == "parked" and service in (None, one.service)]
    if not held:
        raise Problem(409, "not_parked", "该消息当前没有滞留", "This message is not parked now.")
    if len(held) > 1:
        names = ", ".join(one.service for one in held)
        raise Problem(400, "which_service", f"请指明服务：{names}", f"Say which service: {names}.")
    return held[0]


def _order(runtime: "ServiceRuntime", order: ParkedCommand) -> tuple[Response, int]:
    with runtime.database.write() as tx:
        tx.tell(order)
    runtime.wake_relay()
    return jsonify({"status": "accepted", "service": order.service, "message_id": str(order.message_id), "order_id": str(order.id)}), 202
