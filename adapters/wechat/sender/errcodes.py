"""WeChat's error codes, sorted by what to do next.

Each code stands once, beside what it means. The classes are our reading of the platform's documentation and of what its users report;
the same code can mean something else when it answers the token call (`TOKEN_CALL_FINAL`).
"""

from enum import StrEnum


class Next(StrEnum):
    """What to do after an error code."""

    REFRESH_TOKEN_ONCE = "refresh_token_once"  # noqa: S105 - a class of errors, no secret
    BACK_OFF = "back_off"
    NEXT_MINUTE = "next_minute"
    LATER_FOR_THIS_FOLLOWER = "later_for_this_follower"
    TOMORROW = "tomorrow"
    ALREADY_SENT = "already_sent"
    FINAL_WINDOW_CLOSED = "window_closed"
    FINAL_USER_STATE = "user_state"
    FINAL_OUR_DATA = "our_data"
    FINAL_OPERATOR_CONFIG = "operator_config"
    FINAL_UNKNOWN = "unknown"


CLASSES: dict[Next, dict[int, str]] = {
    Next.REFRESH_TOKEN_ONCE: {
        40001: "the access token is invalid or not the latest",
        40014: "the access token is malformed",
        42001: "the access token has expired",
    },
    Next.BACK_OFF: {
        -1: "WeChat is busy",
        45066: "the same client_msg_id was retried too fast",
    },
    Next.NEXT_MINUTE: {45011: "more calls than one minute allows"},
    Next.LATER_FOR_THIS_FOLLOWER: {43117: "this follower is sent to too frequently (undocumented)"},
    Next.TOMORROW: {45009: "the daily quota is used up until midnight, or until an operator clears it"},
    Next.ALREADY_SENT: {45065: "this client_msg_id was sent already; the answer may carry its msg_id"},
    Next.FINAL_WINDOW_CLOSED: {
        45015: "outside the time in which the follower may be answered",
        45047: "more messages than the follower's last act allows",
    },
    Next.FINAL_USER_STATE: {
        40003: "no such openid for this account",
        43004: "the follower does not follow (any more)",
        43101: "the follower refuses these messages",
        48002: "the follower has switched the account's messages off",
    },
    Next.FINAL_OUR_DATA: {
        40007: "no such media, or its three days are over",
        40008: "no such kind of message",
        40016: "too few or too many buttons in the menu",
        40017: "no such type of button",
        40018: "a name is too long, or empty",
        40019: "the key of a button is too long",
        40020: "the address of a button is too long",
        40023: "too few or too many buttons under one of the menu",
        40024: "no such type of button, under one of the menu",
        40025: "the name of a button under another is too long, or empty",
        40026: "the key of a button under another is too long",
        40027: "the address of a button under another is too long",
        40036: "the template id has a wrong size",
        40037: "no such template for this account, or the template of another kind of message",
        40054: "the address of a button under another is none that WeChat takes",
        40055: "the address of a button is none that WeChat takes",
        44002: "the body is empty",
        44004: "the text is empty",
        45002: "the content is too long",
        47001: "the body is no valid JSON",
        47003: "a field breaks its keyword's rule",
    },
    Next.FINAL_OPERATOR_CONFIG: {
        40013: "no such appid",
        40125: "the appsecret is wrong",
        40164: "our address is not in the account's allow-list",
        40243: "the appsecret is frozen",
        41002: "the appid is missing",
        41004: "the appsecret is missing",
        48001: "the account may not use this interface",
        48004: "the interface is forbidden to this account",
        48006: "the quota may not be cleared: it was cleared too often this month",
        50002: "the account is restricted",
        50004: "the account may not use this service",
        50007: "the account is frozen",
        61004: "our address is not in the component's allow-list",
        61007: "the component was not granted this interface",
        89503: "the account's administrator must confirm our address first",
        89506: "the administrator refused our address twice: barred for a day",
        89507: "the administrator refused our address: barred for an hour",
    },
}

_NEXT: dict[int, Next] = {code: what for what, codes in CLASSES.items() for code in codes}

TOKEN_CALL_FINAL = frozenset({40001})
"""Answering the token call itself these mean a wrong secret, which no refresh mends."""


def after(errcode: int) -> Next:
    """What to do after this code answered a send. A code we do not know is a no: we cannot claim that a repeat would help."""
    return _NEXT.get(errcode, Next.FINAL_UNKNOWN)


def after_token_call(errcode: int) -> Next:
    """What to do after this code answered the token call."""
    return Next.FINAL_OPERATOR_CONFIG if errcode in TOKEN_CALL_FINAL else after(errcode)
