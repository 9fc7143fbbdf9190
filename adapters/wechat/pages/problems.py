"""What is wrong with a post and what to do, in Chinese and English; and how HTTP says it."""

from typing import Any

from pydantic import ValidationError

from contracts.partners.pages import FieldProblem, FormProblem

RETRY_AFTER_SECONDS = 5
MOST_PROBLEMS = 20


class Problem(Exception):
    """Ends a request with this status and body."""

    def __init__(
        self, status: int, code: str, message: str, message_en: str, field: str = "", *, problems: tuple[FieldProblem, ...] = ()
    ) -> None:
        super().__init__(code)
        self.status = status
        self.body = FormProblem(code=code, field=field, message=message, message_en=message_en, problems=problems)

    def with_login(self, login: str) -> "Problem":
        """`login` is where to go to put it right."""
        self.body = self.body.model_copy(update={"login": login})
        return self


def no_session() -> Problem:
    return Problem(401, "no_session", "请从公众号菜单重新进入。", "Please come in again through the account's menu.")


def session_changed() -> Problem:
    return Problem(
        401,
        "session_changed",
        "这个页面属于另一个微信账号，请重新进入。",
        "This page belongs to another WeChat account. Please come in again.",
    )


def cross_site() -> Problem:
    return Problem(403, "cross_site", "请在本页面内提交。", "Please submit from our own page.")


def not_json() -> Problem:
    return Problem(415, "not_json", "提交的内容必须是 JSON。", "The body must be JSON, with Content-Type application/json.")


def unknown_appointment() -> Problem:
    return Problem(404, "unknown_appointment", "没有找到这个预约。", "There is no such appointment.")


def unknown_registration() -> Problem:
    return Problem(404, "unknown_registration", "没有找到这次绑定申请。", "There is no such registration.")


def unknown_car() -> Problem:
    return Problem(404, "unknown_car", "没有找到这辆车，请从“我的车辆”里选择。", "There is no such car among yours.", "vehicle_id")


def unknown_complaint() -> Problem:
    return Problem(404, "unknown_complaint", "没有找到这条反馈。", "There is no such complaint.")


def unknown_file() -> Problem:
    return Problem(404, "unknown_file", "没有找到这个文件。", "There is no such file.")


def nothing_said() -> Problem:
    return Problem(400, "missing", "请写几句话，或添加照片、语音。", "Please write something, or add a photo or a voice message.", "text")


def complaint_is_closed() -> Problem:
    return Problem(
        409,
        "closed",
        "这件事已经处理完，不能再补充。如果不认可结果，可以在详情页告诉我们。",
        "This is closed, and nothing can be added. If it is not settled for you, say so on its page.",
    )


def complaint_stands_otherwise() -> Problem:
    return Problem(
        409, "stands_otherwise", "这件事的状态已经变了，请返回查看最新进展。", "This stands otherwise by now: please go back and look."
    )


def unknown_post() -> Problem:
    return Problem(404, "unknown", "没有找到。请刷新页面再试。", "There is no such thing. Please reload the page.")


def another_body() -> Problem:
    return Problem(
        409,
        "another_body",
        "之前提交的一份已经收到，内容与这次不同。要把这一份也提交，请再点一次。",
        "What you sent before was taken, and it was not the same. To send this one as well, tap once more.",
        "id",
    )


def consent_missing() -> Problem:
    return Problem(
        403,
        "consent_missing",
        "请先阅读并同意个人信息说明。",
        "Please read and agree to the note on personal data first.",
        "text_version",
    )


def consent_outdated() -> Problem:
    return Problem(
        409, "consent_outdated", "说明已经更新，请重新阅读后再同意。", "The text has changed. Please read it again.", "text_version"
    )


def too_early() -> Problem:
    return Problem(
        429, "too_early", "验证码刚刚发出，请稍等再重新获取。", "A code was sent just now. Please wait before you ask for another."
    )


def no_ticket() -> Problem:
    return Problem(503, "no_ticket", "微信定位暂时不可用，请按名称选择服务店。", "WeChat's location is not to be had now. Choose by name.")


def of_fields(found: tuple[FieldProblem, ...]) -> Problem:
    """At least one; all of them, with the first in front."""
    first = found[0]
    return Problem(400, first.code, first.message, first.message_en, first.field, problems=found)


def come_again() -> Problem:
    return Problem(
        503,
        "come_again",
        "系统繁忙，请稍后再试，您填写的内容不会重复提交。",
        "We are busy. Please try again shortly: nothing is taken twice.",
    )


HTTP: dict[int, tuple[str, str, str]] = {
    400: ("bad_request", "请求有误。", "The request is malformed."),
    404: ("not_found", "没有这个地址。", "There is no such address."),
    403: ("forbidden", "不能这样做。", "That is not allowed."),
    405: ("method_not_allowed", "不支持这个操作。", "This address does not take that method."),
    413: ("too_large", "提交的内容太大。", "The body is too large: 64 KiB at most."),
}


def of_http(status: int) -> Problem:
    """What Flask itself refuses."""
    code, message, message_en = HTTP.get(status, HTTP[400])
    return Problem(status, code, message, message_en)


_RULES: dict[str, tuple[str, str]] = {
    "missing": ("请填写这一项。", "This field is required."),
    "extra_forbidden": ("没有这一项。", "There is no such field."),
    "json_invalid": ("提交的内容不是有效的 JSON。", "The body is no valid JSON."),
    "string_too_short": ("这一项太短，至少 {min_length} 个字。", "Too short: at least {min_length} characters."),
    "string_too_long": ("这一项太长，最多 {max_length} 个字。", "Too long: at most {max_length} characters."),
    "string_pattern_mismatch": ("只能使用字母、数字、横线和下划线。", "Only letters, digits, - and _ are allowed."),
    "too_short": ("至少选择 {min_length} 项。", "Choose at least {min_length}."),
    "too_long": ("最多选择 {max_length} 项。", "Choose at most {max_length}."),
    "greater_than_equal": ("不能小于 {ge}。", "Must not be less than {ge}."),
    "less_than_equal": ("不能大于 {le}。", "Must not be more than {le}."),
    "date_from_datetime_parsing": ("日期请写成 2026-03-09 这样。", "Write the date like 2026-03-09."),
    "date_parsing": ("日期请写成 2026-03-09 这样。", "Write the date like 2026-03-09."),
    "date_type": ("日期请写成 2026-03-09 这样。", "Write the date like 2026-03-09."),
    "uuid_parsing": ("编号无效。", "Not a valid id."),
    "uuid_type": ("编号无效。", "Not a valid id."),
    "int_type": ("请填写整数。", "Must be a whole number."),
    "string_type": ("请填写文字。", "Must be text."),
}
_ANY_RULE = ("这一项填写有误。", "This field is not filled in correctly.")


def of_form(error: ValidationError) -> Problem:
    """All that is wrong, each field once, without what was written there."""
    found: dict[str, FieldProblem] = {}
    for one in error.errors(include_url=False, include_input=False):
        problem = _of_rule(one["type"], one["loc"], one.get("ctx", {}))
        found.setdefault(problem.field, problem)
    return of_fields(tuple(found.values())[:MOST_PROBLEMS])


def _of_rule(rule: str, location: tuple[int | str, ...], limits: dict[str, Any]) -> FieldProblem:
    message, message_en = (text.format(**limits) for text in _RULES.get(rule, _ANY_RULE))
    field = "" if rule == "extra_forbidden" else ".".join(str(part) for part in location)
    return FieldProblem(field=field, code=rule if rule in _RULES else "invalid", message=message, message_en=message_en)
