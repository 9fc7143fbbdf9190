"""The words of command, one module per kind; what a command needs is imported when it is called."""

import click

from launcher.commands.complaining import complaints
from launcher.commands.contracts import contracts
from launcher.commands.jobs import parked  # the group with all its commands
from launcher.commands.operating import trace
from launcher.commands.remembering import insight
from launcher.commands.reminding import reminders
from launcher.commands.running import demo, doctor, migrate, run, up
from launcher.commands.sandbox import sandbox
from launcher.commands.staff import staff


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.version_option(package_name="cheqiao")
def cheqiao() -> None:
    """车桥：连接公众号与经销商系统（DMS、CSC）的桥。

    The bridge between a car maker's WeChat service account and its dealer systems.

    Exit codes: 0 done, 1 it did not work, 2 asked or configured wrongly.
    """


for command in (up, run, demo, migrate, doctor, contracts, parked, trace, insight, reminders, complaints, staff, sandbox):
    cheqiao.add_command(command)
