"""`cheqiao up`, `run`, `demo`, `migrate`, `doctor`: bring the house up, whole or service by service."""

import sys
from pathlib import Path
from typing import Literal

import click

from chassis.settings import Settings
from launcher.commands.speaking import plainly, settings_for
from launcher.house import SERVICES


@click.command()
@click.option("--embedded", is_flag=True, help="Everything in this one process: no broker, no database server, with stand-ins.")
def up(embedded: bool) -> None:
    """启动全部服务。Start everything: one process per service, or with --embedded one process for all."""
    from chassis import logs

    settings = settings_for("embedded" if embedded else None)
    logs.set_up()
    with plainly():
        if settings.runtime == "embedded":
            from launcher.embedded import stay_up

            sys.exit(stay_up(settings))
        from launcher.supervisor import Supervisor

        sys.exit(Supervisor(settings).run())


@click.command()
@click.argument("service", type=click.Choice(sorted(SERVICES)))
def run(service: str) -> None:
    """启动单个服务（生产环境）。Run one service of a production house; as many copies as wanted may run."""
    from chassis import logs
    from launcher.alone import run_alone

    settings = settings_for("production")
    logs.set_up()
    with plainly():
        sys.exit(run_alone(service, settings))


@click.command()
@click.option("--runtime", type=click.Choice(["embedded", "production"]), default="embedded", show_default=True)
@click.option("--browser", is_flag=True, help="The whole story too, clicked in headless Chromium: phone, CSC desk, DMS desk.")
@click.option(
    "--pictures", type=click.Path(path_type=Path, file_okay=False), help="With --browser: a folder for a screenshot of each step."
)
def demo(runtime: Literal["embedded", "production"], browser: bool, pictures: Path | None) -> None:
    """演示一次预约的全过程。Play one booking there and back, check the records in all places, and say so in one line."""
    from launcher.demo import play

    with plainly():
        sys.exit(play(runtime, browser=browser, pictures=pictures))


@click.command()
def migrate() -> None:
    """建立或升级各服务的数据库。Make or upgrade the schemas of all services; safe to call at once from several places."""
    from launcher.compose import migrate_all

    settings = settings_for("production")
    with plainly():
        migrate_all(settings)
    click.echo("migrate: ok")


@click.command()
def doctor() -> None:
    """检查队列、数据库与配置。Compare what the broker and the databases have with what the contracts want."""
    from launcher.doctor import examine

    settings: Settings = settings_for("production")
    with plainly():
        found = examine(settings)
    for line in found:
        click.echo(line)
    click.echo("doctor: ok" if not found else f"doctor: {len(found)} to look at")
    sys.exit(1 if found else 0)
