"""A sender that is killed around WeChat's answer: the follower gets the message once."""

import os
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest

from adapters.wechat.sender.sending import TemplateSending
from chassis.calls import CallLog
from chassis.clock import Clock
from tests.adapters.wechat.sender.conftest import PUBLIC_URL, SHARES, an_account, calling_of, open_database
from tests.adapters.wechat.sender.wishes import a_wish

ROOT = Path(__file__).parents[4]
COMMAND, ABOUT = UUID(int=7), UUID(int=8)


def send_once(database_url: str, wechat_url: str) -> str:
    """Also the whole of the process that is killed."""
    database = open_database(database_url)
    sending = TemplateSending(calling_of(an_account(wechat_url), database, Clock(), CallLog()), PUBLIC_URL, SHARES)
    try:
        return sending.send(a_wish(about_id=ABOUT).identified(COMMAND))
    finally:
        database.dispose()


@pytest.mark.parametrize("step", ["before_answer", "after_answer"])
def test_killed_around_the_answer_the_message_is_sent_once(step, wechat, tmp_path):
    url, mark = f"sqlite:///{tmp_path}/sender.db", tmp_path / "mark"
    script = (
        "import eventlet; eventlet.monkey_patch(); from tests.adapters.wechat.sender.test_sender_killed import send_once;"
        f"send_once({url!r}, {wechat.url!r})"
    )
    crash = {"CHEQIAO_CRASH": f"sender:{step}", "CHEQIAO_CRASH_MARK": str(mark)}

    killed = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=os.environ | crash, timeout=60, check=False)
    number = send_once(url, wechat.url)

    assert killed.returncode == -9
    assert mark.read_text() == f"sender:{step}"
    assert len(wechat.followers["oFollower0001"]) == 1
    assert number == "2918131553548107776"
