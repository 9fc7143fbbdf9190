"""The bus as an AsyncAPI 3.0 document: two channels per service, for messages and for orders; what it receives and who sends there."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from kombu import Queue

from chassis.topology import MESSAGES, orders_queue_of, queue_of
from contracts.catalogue import QUEUED_SERVICES
from contracts.envelope import CONTENT_TYPE, Command, Contract
from contracts.ops import Order
from launcher.documents.schemas import ENVELOPE_FILE, file_of

ANYONE = "anyone"
Document = dict[str, Any]


def document(contracts: Sequence[type[Contract]]) -> Document:
    received = {queue.name: messages for queue, messages in _queues(contracts)}
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Cheqiao: the messages on the bus", "version": "1.0.0", "description": _introduction()},
        "defaultContentType": CONTENT_TYPE,
        "channels": {queue.name: _channel(queue, messages) for queue, messages in _queues(contracts)},
        "operations": dict(_operations(received)),
        "components": {"messages": {contract.type_name(): _message(contract) for contract in contracts}},
    }


def _queues(contracts: Sequence[type[Contract]]) -> Iterator[tuple[Queue, list[type[Contract]]]]:
    """What each queue receives. An order may be for any service, and comes by its queue of orders."""
    orders: list[type[Contract]] = [contract for contract in contracts if issubclass(contract, Order)]
    for service in QUEUED_SERVICES:
        yield queue_of(service), [contract for contract in contracts if contract not in orders and service in contract.routes()]
        yield orders_queue_of(service), orders


def structural_faults(document: Document) -> list[str]:
    """What makes it no AsyncAPI 3.0 document: a part that is missing, a reference to nothing, a message its channel does not have."""
    faults = [f"{part} is missing" for part in ("asyncapi", "info", "channels", "operations") if part not in document]
    faults += [f"{reference} names nothing" for reference in _references(document) if _target(document, reference) is None]
    for name, operation in document.get("operations", {}).items():
        if operation.get("action") not in ("send", "receive"):
            faults.append(f"operations.{name}.action must be send or receive")
        channel = operation.get("channel", {}).get("$ref", "")
        faults += [
            f"operations.{name}: {message['$ref']} is not of its channel"
            for message in operation.get("messages", ())
            if not message["$ref"].startswith(f"{channel}/messages/")
        ]
    return faults


def _introduction() -> str:
    return (
        "Written from contracts/. Every message is a CloudEvents 1.0 envelope whose data is the contract with personal fields sealed. "
        "An event goes to each of its readers, a command to its one owner, each copy with the routing key `<reader>.<type>`; an operator's "
        "order with `orders.<service>.<type>`. Delivery is at least once, in no promised order."
    )


def _channel(queue: Queue, messages: list[type[Contract]]) -> Document:
    declared = {"name": queue.name, "durable": True, "exclusive": False, "autoDelete": False}
    return {
        "address": queue.name,
        "description": f"The quorum queue `{queue.name}`, bound to the topic exchange `{MESSAGES}` with `{queue.routing_key}`.",
        "messages": {contract.type_name(): {"$ref": f"#/components/messages/{contract.type_name()}"} for contract in messages},
        "bindings": {"amqp": {"is": "queue", "queue": declared, "bindingVersion": "0.3.0"}},
    }


def _operations(received: dict[str, list[type[Contract]]]) -> Iterator[tuple[str, Document]]:
    for queue, messages in received.items():
        yield f"{queue}.receive", _operation("receive", queue, messages, f"`{queue.partition('.')[0]}` reads its queue.")
        by_sender = defaultdict(list)
        for contract in messages:
            by_sender[_sender(contract)].append(contract)
        for sender, sent in sorted(by_sender.items()):
            yield f"{sender}.send.{queue}", _operation("send", queue, sent, f"What `{sender}` sends to `{queue}`.")


def _sender(contract: type[Contract]) -> str:
    """A command may come from anyone; so may an event that every service is the owner of."""
    return ANYONE if issubclass(contract, Command) or contract.owner == "*" else contract.owner


def _operation(action: str, queue: str, messages: list[type[Contract]], summary: str) -> Document:
    listed = [{"$ref": f"#/channels/{queue}/messages/{contract.type_name()}"} for contract in messages]
    return {"action": action, "channel": {"$ref": f"#/channels/{queue}"}, "summary": summary, "messages": listed}


def _message(contract: type[Contract]) -> Document:
    data = {"properties": {"type": {"const": contract.type_name()}, "data": {"$ref": f"./{file_of(contract)}"}}}
    return {
        "name": contract.type_name(),
        "title": contract.__name__,
        "summary": (contract.__doc__ or "").strip().splitlines()[0] if contract.__doc__ else contract.__name__,
        "contentType": CONTENT_TYPE,
        "tags": [{"name": "command" if issubclass(contract, Command) else "event"}, {"name": contract.owner.replace("*", ANYONE)}],
        "payload": {"allOf": [{"$ref": f"./{ENVELOPE_FILE}"}, data]},
    }


def _references(part: Any) -> Iterator[str]:
    """The ones inside the document; files are held equal by `check`."""
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str) and part["$ref"].startswith("#/"):
            yield part["$ref"]
        for value in part.values():
            yield from _references(value)
    elif isinstance(part, list):
        for value in part:
            yield from _references(value)


def _target(document: Document, reference: str) -> Any:
    found: Any = document
    for step in reference.removeprefix("#/").split("/"):
        found = found.get(step) if isinstance(found, dict) else None
    return found
