"""kill -9 in the middle of a desk's step: sent again, it is taken and told once."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from uuid import uuid4

import pytest

from contracts.complaint_steps.handling import Assign
from tests.services.complaints.cases.case_worlds import Desk
from tests.services.house import ROOT

ONE_STEP = """
import json, sys
from pathlib import Path
from tests.services.complaints.api.desk_asked import TOKEN, asked_desk
schema, path, body = sys.argv[1:]
with asked_desk(Path(schema)) as desk:
    headers = {"Authorization": f"Bearer {TOKEN}", "X-Operator": "li", "X-Role": "handler"}
    answered = desk.app.test_client().post(path, headers=headers, json=json.loads(body))
    print(answered.status_code)
"""


def in_a_process(schema, case, order, crash):
    """How it ended: the status that was answered, or the signal that killed it."""
    path = f"/cases/{case}/steps"
    command = [sys.executable, "-c", ONE_STEP, str(schema), path, json.dumps(order)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "CHEQIAO_CRASH": crash}
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False, timeout=200)
    return int(done.stdout.split()[-1]) if done.returncode == 0 else -done.returncode


@pytest.mark.parametrize("crash", ["complaints:before_commit", "complaints:after_commit"])
def test_a_desk_that_was_killed_takes_the_step_once_when_it_is_sent_again(tmp_path, crash):
    schema = tmp_path / "complaints.db"
    desk = Desk(schema)
    case = desk.filed()
    desk.house.told()
    form = Assign(region_code="EAST", dealer_code="D001").model_dump(mode="json")
    order = {"version": 2, "step_id": str(uuid4()), "form": form}

    ends = [in_a_process(schema, case, order, crash), *(in_a_process(schema, case, order, "") for _ in range(2))]

    assert ends == [signal.SIGKILL, 200, 200]
    assert desk.case(case).version == 3
    assert Counter(type(one).__name__ for one in desk.house.told()) == {"ComplaintAssigned": 1, "RecordComplaintStep": 1}
