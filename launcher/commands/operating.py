"""`cheqiao trace` and `cheqiao parked`: ask the running system where a request is, and set right what is parked."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import click

from launcher import tables
from launcher.commands.speaking import give_up
from launcher.operator import Away, Operator, Said

AS_JSON = click.option("--json", "as_json", is_flag=True, help="the answer as it came, for programs")
SERVICE = click.option("--service", default=None, help="the one that holds it, where several do")


def ask(method: str, path: str, **asked: Any) -> dict[str, Any]:
    """The answer, or an end with a line that says what to do."""
    try:
        return Operator.here().ask(method, path, **asked)
    except (Away, Said) as error:
        give_up(str(error))


def show_answer(answer: dict[str, Any], as_json: bool, for_people: Callable[[dict[str, Any]], None]) -> None:
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        for_people(answer)


@click.command()
@click.argument("id", type=click.UUID)
@AS_JSON
def trace(id: UUID, as_json: bool) -> None:
    """一条请求走到哪里了。The way of a request, hop by hop: by the id of a message, a subject (an appointment) or a chain."""
    show_answer(ask("GET", f"/trace/{id}"), as_json, tables.timeline)


@click.group()
def parked() -> None:
    """滞留的消息。Messages that wait for a person."""


@parked.command("list")
@click.option("--state", type=click.Choice(["parked", "redriven", "dropped", "all"]), default="parked", show_default=True)
@click.option("--service", default=None, help="of this service alone")
@click.option("--after", default=None, help="`next` of the page before")
@AS_JSON
def list_(state: str, service: str | None, after: str | None, as_json: bool) -> None:
    """列出滞留消息。List them, the newest first."""
    asked = {"state": state, "service": service, "after": after}
    show_answer(
        ask("GET", "/parked", params={name: value for name, value in asked.items() if value is not None}), as_json, tables.parked_list
    )


@parked.command()
@click.option("--service", default=None, help="of this service alone")
@AS_JSON
def groups(service: str | None, as_json: bool) -> None:
    """按原因归类。How many there are of each cause, most first."""
    show_answer(ask("GET", "/parked/groups", params=_given(service=service)), as_json, tables.parked_groups)


@parked.command()
@click.argument("message_id", type=click.UUID)
@AS_JSON
def show(message_id: UUID, as_json: bool) -> None:
    """查看一条及其原因。One of them with its causes: field and rule, never a value."""
    show_answer(ask("GET", f"/parked/{message_id}"), as_json, tables.parked_one)


@parked.command()
@click.argument("message_id", type=click.UUID)
@SERVICE
@AS_JSON
def redrive(message_id: UUID, service: str | None, as_json: bool) -> None:
    """重新处理。Try it again, now."""
    show_answer(ask("POST", f"/parked/{message_id}/redrive", json=_given(service=service)), as_json, tables.ordered)


@parked.command()
@click.argument("message_id", type=click.UUID)
@click.option("--reason", required=True, help="why it is given up; kept with it")
@SERVICE
@AS_JSON
def drop(message_id: UUID, reason: str, service: str | None, as_json: bool) -> None:
    """放弃，并让后面的继续。Give it up for a reason; what waits behind it moves on."""
    show_answer(ask("POST", f"/parked/{message_id}/drop", json=_given(reason=reason, service=service)), as_json, tables.ordered)


def _given(**values: str | None) -> dict[str, str]:
    return {name: value for name, value in values.items() if value is not None}
