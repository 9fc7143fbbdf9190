"""`cheqiao sandbox`: the stand-ins in a process of their own, secrets for them, and a follower's session."""

import json
import os
from pathlib import Path

import click

from launcher.commands.speaking import WRONG, give_up, plainly, settings_for


@click.group()
def sandbox() -> None:
    """沙箱：微信、DMS、CSC 的替身。Stand-ins for WeChat, DMS and CSC."""


@sandbox.command("up")
@click.option("--address", default="127.0.0.1:8100", show_default=True, help="host:port, loopback only")
@click.option("--target", default="http://127.0.0.1:8000", show_default=True, help="base URL of Cheqiao: /wechat and /partners are there")
@click.option("--state", type=click.Path(path_type=Path, file_okay=False), default=Path("var/sandbox"), show_default=True)
def up_(address: str, target: str, state: Path) -> None:
    """启动沙箱。Run the stand-ins, with the secrets of the environment, or else the ones that everybody knows."""
    from chassis import logs
    from launcher.stand_ins import run_sandbox, secrets_of

    logs.set_up()
    with plainly():
        run_sandbox(address, target, state, secrets_of(os.environ))


@sandbox.command("seed")
@click.option("--cars", type=click.IntRange(1, 5_000_000), required=True, help="as many made cars are there in the end, in thousands")
@click.option("--seed", type=int, default=1, show_default=True, help="the same seed and day give the same cars")
@click.option("--dealers", type=click.IntRange(1, 999), help="made dealers; by default one for 2,500 cars, 8 to 400")
@click.option("--dirty", type=click.FloatRange(0, 100), default=2.0, show_default=True, help="per cent of the records that have a flaw")
@click.option("--state", type=click.Path(path_type=Path, file_okay=False), default=Path("var/sandbox"), show_default=True)
def seed_(cars: int, seed: int, dealers: int | None, dirty: float, state: Path) -> None:
    """造车：在沙箱的 DMS 和 CSC 里放入车辆。Put made cars into the DMS and the CSC of the sandbox, dirty rows included.

    Ended at any moment and begun again it goes on; a larger --cars adds to what is there. A sandbox may be running on it.
    Nobody is registered with them: followers do that themselves, on the phones of the sandbox; Cheqiao believes no partner about it.
    """
    from launcher.seeding import seed_with_progress

    for line in seed_with_progress(state, cars=cars, seed=seed, dealers=dealers, dirty=dirty / 100):
        click.echo(line)


@sandbox.command("secrets")
def secrets_() -> None:
    """生成随机密钥。Print random secrets as environment variables, for Cheqiao in production and `cheqiao sandbox up` alike."""
    from launcher.stand_ins import random_environment

    for name, value in random_environment().items():
        click.echo(f"{name}={value}")


@sandbox.command()
@click.option("--production", is_flag=True, help="with the keys of the environment")
def session(production: bool) -> None:
    """生成示例车主的会话。Print the sample follower's session as JSON: cookie, vehicle, dealer."""
    from chassis.privacy import Vault
    from launcher.sample import session_of_sample

    settings = settings_for("production" if production else "embedded")
    click.echo(json.dumps(session_of_sample(settings, Vault.of(settings.privacy))))


@sandbox.command()
def bind() -> None:
    """绑定示例车主（生产环境配沙箱时）。Bind the sample follower in a production house that speaks with the stand-ins."""
    from launcher.compose import assemble
    from launcher.sample import bind_sample
    from launcher.stand_ins import speaks_with_stand_ins

    settings = settings_for("production")
    if not speaks_with_stand_ins(settings):
        give_up("只能用于沙箱 / for stand-ins only: accounts, DMS and CSC must all be on a loopback address under /sandbox", WRONG)
    with plainly():
        made = assemble(settings)
        bind_sample(made.database("customers"), settings, made.vault)
    click.echo("bound")
