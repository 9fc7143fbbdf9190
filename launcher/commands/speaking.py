"""How every command speaks: errors as plain lines on stderr, with the exit code that belongs to them."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import click

from chassis.errors import Unavailable
from chassis.settings import Runtime, Settings, SettingsError, load
from launcher.house import ROOT

FAILED, WRONG = 1, 2


def give_up(text: str, code: int = FAILED) -> NoReturn:
    """Say why on stderr, and end."""
    click.echo(text, err=True)
    sys.exit(code)


def config_path() -> Path:
    return Path(os.environ.get("CHEQIAO_CONFIG") or ROOT / "config.yaml")


def settings_for(runtime: Runtime | None = None) -> Settings:
    """The configuration, or an end with a line per fault."""
    try:
        return load(config_path(), runtime)
    except SettingsError as wrong:
        give_up(str(wrong), WRONG)


@contextmanager
def plainly() -> Iterator[None]:
    """What an operator can mend is told in a line, without a traceback."""
    try:
        yield
    except SettingsError as wrong:
        give_up(str(wrong), WRONG)
    except Unavailable as away:
        give_up(f"连接不上 / cannot be reached: {away.what}")
