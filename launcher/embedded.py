"""Everything in one process, for a machine with only Python: all services, the stand-ins, a bound sample follower."""

import os

import click

from chassis.clock import Clock
from chassis.process import Process
from chassis.settings import SANDBOX_ELSEWHERE, Settings
from launcher.compose import assemble, migrate_all, mount_documents, mount_sandbox, mount_welcome
from launcher.house import SERVICES
from launcher.sample import bind_sample
from launcher.serving import serve
from launcher.var import Running, VarLock, withdraw
from launcher.welcome import first_login, places_of
from services.console.staff import FIRST, register_of


def stay_up(settings: Settings) -> int:
    """Until a signal. Raises SettingsError when the folder is in use or an address is taken. Returns the exit code."""
    lock = VarLock(settings.var)
    lock.take()
    sandbox = None
    try:
        migrate_all(settings)
        made = assemble(settings)
        mount_welcome(made)
        mount_documents(made)
        sandbox = mount_sandbox(made) if settings.sandbox else None
        return serve(made, SERVICES, ready=lambda: _on_ready(made))
    finally:
        if sandbox:
            sandbox.close()
        withdraw(settings.var)
        lock.give_back()


def _on_ready(made: Process) -> None:
    settings = made.settings
    if settings.sandbox or os.environ.get(SANDBOX_ELSEWHERE):
        bind_sample(made.database("customers"), settings, made.vault)
    http = settings.http
    Running(os.getpid(), http.public, http.partner, http.internal).announce(settings.var)
    click.echo("\n车桥已启动 · Cheqiao is up (Ctrl+C 停止 ends it)")
    for purpose, address in places_of(settings).items():
        click.echo(f"  {address:<44} {purpose}")
    click.echo(f"  数据 data: {settings.var}/\n")
    register = register_of(made.database("console"), settings.console.session_key.get_secret_value(), Clock())
    if password := register.make_first():
        click.echo(first_login(FIRST, password))
