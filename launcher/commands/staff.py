"""`cheqiao staff`: accounts of the console, for who has the machine and perhaps no login."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from launcher.commands.speaking import give_up, plainly, settings_for

if TYPE_CHECKING:
    from services.console.access import Role
    from services.console.staff import StaffRegister

BY_COMMAND = "command-line"
"""Who stands in the audit."""
ROLES = (
    "administrator",
    "operator",
    "integrator",
    "auditor",
    "dealer_manager",
    "region_manager",
    "agent",
    "complaint_handler",
    "technical",
    "vrt_member",
    "leader",
    "legal",
    "marketing",
    "monitor",
    "dealer_staff",
)


@click.group()
def staff() -> None:
    """控制台账号。Accounts of the console: those of production where CHEQIAO_DATABASE_URL is set, else of the house in CHEQIAO_VAR."""


@staff.command()
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option(
    "--place", default="", help="服务店或大区代码；领导写授权级别。Code of the dealer or region; of a leader the level of authority."
)
def add(name: str, role: str, place: str) -> None:
    """添加账号；一次性密码只显示这一次。Add an account; its password for one use is shown this once."""
    with _register() as register:
        _look_up(cast("Role", role), place)
        _tell(name, register.add(BY_COMMAND, name, cast("Role", role), place))


@staff.command()
@click.argument("name")
def reset(name: str) -> None:
    """重设密码，并退出其所有登录。Another password for one use; all sessions of that person end."""
    with _register() as register:
        _tell(name, register.reset(BY_COMMAND, name))


@staff.command("list")
def list_all() -> None:
    """列出账号与角色。All accounts with their roles."""
    with _register() as register:
        for member in register.all():
            place = f" {member.scope}" if member.scope else ""
            click.echo(f"{member.name:<32} {member.role}{place}{'  (停用 disabled)' if member.disabled else ''}")


@contextmanager
def _register() -> "Iterator[StaffRegister]":
    """The register, beside a running house or without one; what may not be ends the command with its words."""
    from chassis import logs
    from chassis.clock import Clock
    from launcher.compose import assemble, migrate_all
    from services.console.problems import Problem
    from services.console.staff import register_of

    settings = settings_for(None if os.environ.get("CHEQIAO_DATABASE_URL") else "embedded")
    if settings.runtime == "embedded" and not _was_started(settings.var):
        give_up(f"{settings.var}: 这里还没有启动过 Cheqiao；请设置 CHEQIAO_VAR / no Cheqiao was started here; set CHEQIAO_VAR")
    logs.set_up()
    with plainly():
        migrate_all(settings, ["console"])
        database = assemble(settings).database("console")
        try:
            yield register_of(database, settings.console.session_key.get_secret_value(), Clock())
        except Problem as problem:
            give_up(f"{problem.message} / {problem.message_en}")
        finally:
            database.dispose()


def _look_up(role: "Role", place: str) -> None:
    """Holds a manager's place against the dealers that the running system knows; where nothing answers, says so and takes the code."""
    from contracts.reminding import Dealers
    from launcher.operator import Away, Operator, Said
    from services.console.scope import kept_for, known_place

    if not kept_for(role, place):
        return
    try:
        answer = Operator.here().ask("GET", "/dealers", "/reminders/v1")
    except (Away, Said):
        click.echo(f"没有核对代码 {place}：系统没有回答 / the code {place} was not checked: the system does not answer", err=True)
        return
    known_place(role, place, Dealers.model_validate(answer).dealers)


def _was_started(var: Path) -> bool:
    return (var / "console.db").exists()


def _tell(name: str, password: str) -> None:
    click.echo(f"账号 name: {name}\n一次性密码 password for one use: {password}\n(只显示这一次 shown this once)")
