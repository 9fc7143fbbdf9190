"""`cheqiao insight`: what the operators' memory makes of what it heard."""

import click

from launcher.commands.speaking import give_up, plainly, settings_for


@click.group()
def insight() -> None:
    """操作员的记忆。The operators' memory: what insight makes of what it heard."""


@insight.command()
@click.option("--embedded", is_flag=True, help="of the house that runs whole in one process; it must be stopped")
def rebuild(embedded: bool) -> None:
    """由原始记录重建列表、计数与检索。Make lists, counts and the search index anew from the hops and sealed messages that were kept.

    What operators wrote stays. In production the service may run: it waits, and goes on.
    """
    from chassis.database import Conflict
    from launcher.rebuilding import rebuild_insight

    settings = settings_for("embedded" if embedded else None)
    with plainly():
        try:
            number = rebuild_insight(settings)
        except Conflict:
            give_up("正忙，请稍后再试 / the intake is busy; please try again")
    click.echo(f"insight rebuild: ok ({number})")
