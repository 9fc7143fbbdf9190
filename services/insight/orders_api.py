"""The orders of `/ops/v1/` about one parked message, a queue or a partner. `X-Operator` says who orders; without it, "operator".

POST  /parked/<message_id>/redrive         {service?} → 202; which service is needed only where several hold it
POST  /parked/<message_id>/drop            {reason, service?} → 202
POST  /parked/<message_id>/mend            Mending → 202
POST  /parked/<message_id>/payload         {service?} → Payload; asks its service when it is not known: ask again
PATCH /parked/<message_id>                 {service, owner?, status?, note?} → ParkedPage, of that service alone
POST  /queues/<service>/pause|resume       → 202
POST  /partners/<partner>/hold|release     → 202
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from flask import Flask, Response, jsonify, request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chassis.clock import milliseconds_now
from chassis.internal_api import Problem, answer, form_of, operator
from chassis.privacy import BODY
from contracts.catalogue import QUEUED_SERVICES
from contracts.operating import Accepted, Care, Mending, ParkedItem, ParkedPage, Payload
from contracts.ops import Order
from services.insight import job_store, news, parked_list, parked_rows, payloads

if TYPE_CHECKING:
    from chassis.runtime import ServiceRuntime

MOST_MENDED = 8 * 1_048_576
"""Bytes: what `Mending` takes, however JSON spells it."""


class WhichService(BaseModel):
    model_config = ConfigDict(extra="forbid")

    service: str | None = Field(default=None, max_length=32)


class DropForm(WhichService):
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class CareForm(Care):
    service: str = Field(max_length=32)


def add_orders(app: Flask, runtime: "ServiceRuntime") -> None:
    """Routes that order something of a service."""
    _add_parked(app, runtime)
    _add_payload_and_care(app, runtime)
    _add_holds(app, runtime)


def _add_parked(app: Flask, runtime: "ServiceRuntime") -> None:
    @app.post("/parked/<uuid:message_id>/redrive")
    def redrive(message_id: UUID) -> tuple[Response, int]:
        form = form_of(WhichService)
        return _order_about(runtime, _a_message(_held(runtime, message_id, form.service)), news.redrive)

    @app.post("/parked/<uuid:message_id>/drop")
    def drop(message_id: UUID) -> tuple[Response, int]:
        form = form_of(DropForm)
        return _order_about(runtime, _held(runtime, message_id, form.service), lambda held, who: news.drop(held, who, form.reason))

    @app.post("/parked/<uuid:message_id>/mend")
    def mend(message_id: UUID) -> tuple[Response, int]:
        request.max_content_length = MOST_MENDED
        form = form_of(Mending)
        digest = runtime.vault.digest(form.body.encode(errors="surrogatepass"))
        held = _a_message(_held(runtime, message_id, form.service))
        return _order_about(runtime, held, lambda held, who: news.mend(held, who, form.body, digest))


def _add_payload_and_care(app: Flask, runtime: "ServiceRuntime") -> None:
    @app.post("/parked/<uuid:message_id>/payload")
    def payload(message_id: UUID) -> tuple[Response, int]:
        form, who, now = form_of(WhichService), operator(), milliseconds_now()
        held = _only_one(_known(runtime, message_id, form.service))
        with runtime.database.read() as connection:
            sealed = payloads.sealed(connection, held, now)
        if sealed is not None:
            return answer(Payload(ready=True, body=runtime.vault.unseal(BODY, sealed) or None))
        with runtime.database.write() as tx:
            if payloads.ask(tx, held, now):
                tx.tell(news.show(held, who))
        return answer(Payload(ready=False), 202)

    @app.patch("/parked/<uuid:message_id>")
    def care(message_id: UUID) -> tuple[Response, int]:
        form = form_of(CareForm)
        operator()
        wish = Care.model_validate(form.model_dump(exclude={"service"}))
        with runtime.database.write() as tx:
            parked_rows.keep_care(tx, message_id, form.service, wish)
        return answer(ParkedPage(parked=tuple(_known(runtime, message_id, form.service))))


def _add_holds(app: Flask, runtime: "ServiceRuntime") -> None:
    def of_queue(service: str, order: Callable[[str, str], Order]) -> tuple[Response, int]:
        if service not in QUEUED_SERVICES:
            raise Problem(404, "unknown", "没有这个服务的队列", "No service with a queue has this name.")
        return _send(runtime, order(service, operator()))

    def of_partner(partner: str, order: Callable[[str, str], Order]) -> tuple[Response, int]:
        if partner not in news.CALLED_BY:
            raise Problem(404, "unknown", "没有这个合作方", "No partner has this name.")
        return _send(runtime, order(partner, operator()))

    routes: dict[str, Any] = {
        "/queues/<name>/pause": lambda name: of_queue(name, news.pause),
        "/queues/<name>/resume": lambda name: of_queue(name, news.resume),
        "/partners/<name>/hold": lambda name: of_partner(name, news.hold),
        "/partners/<name>/release": lambda name: of_partner(name, news.release),
    }
    for rule, view in routes.items():
        app.add_url_rule(rule, endpoint=rule, view_func=view, methods=["POST"])


def _known(runtime: "ServiceRuntime", message_id: UUID, service: str | None) -> list[ParkedItem]:
    """By each service that holds or held it, or by this one. Raises Problem 404."""
    with runtime.database.read() as connection:
        found = [one for one in parked_list.one(connection, message_id).parked if service in (None, one.service)]
    if not found:
        raise Problem(404, "unknown", "没有这个编号的滞留消息", "No message with this id was parked.")
    return found


def _only_one(found: list[ParkedItem]) -> ParkedItem:
    if len(found) > 1:
        names = ", ".join(one.service for one in found)
        raise Problem(400, "which_service", f"请指明服务：{names}", f"Say which service: {names}.")
    return found[0]


def _held(runtime: "ServiceRuntime", message_id: UUID, service: str | None) -> ParkedItem:
    """The one parked now, in the service that was named or the only one there is; and that no job is about to order."""
    held = [one for one in _known(runtime, message_id, service) if one.state == "parked"]
    if not held:
        raise Problem(409, "not_parked", "该消息当前没有滞留", "This message is not parked now.")
    one = _only_one(held)
    with runtime.database.read() as connection:
        if (message_id, one.service) in job_store.jobs_of(connection, [message_id]):
            raise Problem(409, "in_job", "该消息正由一个批量任务处理", "A running job orders this message.")
    return one


def _a_message(held: ParkedItem) -> ParkedItem:
    if not held.type:
        raise Problem(
            409, "no_message", "它不是可以重新处理的消息，只能放弃", "It never was a message that can be handled: it can only be dropped."
        )
    return held


def _order_about(runtime: "ServiceRuntime", held: ParkedItem, order: Callable[[ParkedItem, str], Any]) -> tuple[Response, int]:
    told = order(held, operator())
    with runtime.database.write() as tx:
        tx.tell(told)
    accepted = Accepted(order_id=told.id).model_dump(mode="json")
    return jsonify(accepted | {"service": held.service, "message_id": str(held.message_id)}), 202


def _send(runtime: "ServiceRuntime", order: Order) -> tuple[Response, int]:
    with runtime.database.write() as tx:
        tx.tell(order)
    return answer(Accepted(order_id=order.id), 202)
