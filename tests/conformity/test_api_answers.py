"""Real answers of WeChat's API: each error is followed by the step that its class asks for."""

import json

import pytest

from adapters.wechat.sender.errcodes import Next, after
from tests.conformity.fixtures import body_of, name_of, of_kind

ANSWERS = of_kind("api_reply")
STEPS = {
    "token_refresh": {Next.REFRESH_TOKEN_ONCE},
    "retry_backoff": {Next.BACK_OFF},
    "retry_after_minute": {Next.NEXT_MINUTE},
    "retry_later_user": {Next.LATER_FOR_THIS_FOLLOWER},
    "quota_until_reset": {Next.TOMORROW},
    "treat_as_sent": {Next.ALREADY_SENT},
    "final_user": {Next.FINAL_USER_STATE},
    "final_user_window": {Next.FINAL_WINDOW_CLOSED},
    "final_data": {Next.FINAL_OUR_DATA},
    "final_config": {Next.FINAL_OUR_DATA, Next.FINAL_OPERATOR_CONFIG},
    "final_operator": {Next.FINAL_OPERATOR_CONFIG},
    "final": {Next.FINAL_OPERATOR_CONFIG},
    "final_reauth": {Next.FINAL_UNKNOWN},  # of the follower's sign-in, which the sender never calls
}


@pytest.mark.parametrize("entry", ANSWERS, ids=name_of)
def test_an_answer_is_read_as_expected_and_followed_by_the_right_step(entry):
    answer = json.loads(body_of(entry))

    assert answer == entry["expected"]
    if entry["class"] != "ok":
        assert after(answer["errcode"]) in STEPS[entry["class"]]
    elif isinstance(answer, dict):
        assert answer.get("errcode", 0) == 0
