"""The stand-ins, served for each test."""

import pytest

from tests.sandbox.stage import Cheqiao, Stage, in_a_process, under_werkzeug
from tests.serving import served


@pytest.fixture
def cheqiao():
    listener = Cheqiao()
    with served(listener) as url:
        listener.url = url
        yield listener


@pytest.fixture
def stage(tmp_path, cheqiao):
    with under_werkzeug(tmp_path, cheqiao.url) as url:
        yield Stage(url, cheqiao)


@pytest.fixture(params=["werkzeug", "eventlet"])
def any_stage(request, tmp_path, cheqiao):
    """Once under each server that the stand-ins must break for real."""
    with in_a_process(tmp_path, cheqiao.url, request.param) as url:
        yield Stage(url, cheqiao)
    assert "Traceback" not in (tmp_path / "stderr").read_text()
