"""What a contract wants of a field, and which rule was broken, in words: from its JSON schema and from pydantic's names for rules."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from contracts import catalogue
from contracts.envelope import Contract
from services.console.names import FIELDS
from services.console.words import Pair, t

Schema = Mapping[str, Any]


_TOLD = re.compile(r"(?P<rule>[a-z_]+)(?: \((?P<limits>[^()]*)\))?")
"""As `chassis.privacy.violations_of` spells a rule: `string_too_long (max_length 32)`."""

_RULES: dict[str, Pair] = {
    "missing": ("缺少这一项", "it is missing"),
    "extra_forbidden": ("契约里没有这一项", "the contract has no such field"),
    "json_invalid": ("不是有效的 JSON", "it is no valid JSON"),
    "string_type": ("应为文字", "it should be text"),
    "string_too_short": ("太短，至少 {min_length} 个字", "too short: at least {min_length} characters"),
    "string_too_long": ("太长，最多 {max_length} 个字", "too long: at most {max_length} characters"),
    "string_pattern_mismatch": ("格式不符", "it does not have the agreed form"),
    "too_short": ("太少，至少 {min_length} 项", "too few: at least {min_length}"),
    "too_long": ("太多，最多 {max_length} 项", "too many: at most {max_length}"),
    "greater_than_equal": ("不能小于 {ge}", "less than {ge}"),
    "greater_than": ("应大于 {gt}", "not more than {gt}"),
    "less_than_equal": ("不能大于 {le}", "more than {le}"),
    "less_than": ("应小于 {lt}", "not less than {lt}"),
    "literal_error": ("只能是：{expected}", "it has to be one of {expected}"),
    "enum": ("只能是：{expected}", "it has to be one of {expected}"),
    "uuid_parsing": ("不是编号（UUID）", "it is no id (UUID)"),
    "uuid_type": ("不是编号（UUID）", "it is no id (UUID)"),
    "int_type": ("应为整数", "it should be a whole number"),
    "int_parsing": ("应为整数", "it should be a whole number"),
    "int_from_float": ("应为整数", "it should be a whole number"),
    "float_type": ("应为数字", "it should be a number"),
    "float_parsing": ("应为数字", "it should be a number"),
    "bool_type": ("应为是或否", "it should be true or false"),
    "bool_parsing": ("应为是或否", "it should be true or false"),
    "date_type": ("应为日期，如 2026-12-03", "it should be a date such as 2026-12-03"),
    "date_parsing": ("应为日期，如 2026-12-03", "it should be a date such as 2026-12-03"),
    "date_from_datetime_parsing": ("应为日期，如 2026-12-03", "it should be a date such as 2026-12-03"),
    "date_from_datetime_inexact": ("应为日期，不带时间", "it should be a date without a time"),
    "datetime_type": ("应为时间，如 2026-12-03T09:30:00+08:00", "it should be a time such as 2026-12-03T09:30:00+08:00"),
    "datetime_parsing": ("应为时间，如 2026-12-03T09:30:00+08:00", "it should be a time such as 2026-12-03T09:30:00+08:00"),
    "datetime_from_date_parsing": ("应为时间，如 2026-12-03T09:30:00+08:00", "it should be a time such as 2026-12-03T09:30:00+08:00"),
    "timezone_aware": ("时间缺少时区，如 +08:00", "the time lacks its zone, such as +08:00"),
    "list_type": ("应为列表", "it should be a list"),
    "tuple_type": ("应为列表", "it should be a list"),
    "dict_type": ("应为一组字段", "it should be a set of fields"),
    "model_type": ("应为一组字段", "it should be a set of fields"),
    "model_attributes_type": ("应为一组字段", "it should be a set of fields"),
    "value_error": ("值不被接受", "the value is not accepted"),
}
_TOLD_BY_HAND: tuple[tuple[re.Pattern[str], Pair], ...] = (
    (re.compile(r"(\d+) is not agreed"), ("没有约定过状态码 {0}", "status {0} is not agreed")),
    (re.compile(r"\w+: the breaker is open"), ("连续没有应答，暂停呼叫，稍后再试", "it failed in a row and is left alone for a while")),
    (re.compile(r"\w+: held by an operator|\w+ is held"), ("操作员暂停了它", "held by an operator")),
    (re.compile(r"\w+: nothing answers|\w+: ConnectionError|\w+: ConnectTimeout"), ("连不上", "it cannot be reached")),
    (re.compile(r"\w+: (?:no answer in time|no time left|ReadTimeout)"), ("没有按时应答", "no answer in time")),
    (re.compile(r"\w+: the answer is not JSON"), ("应答不是 JSON", "the answer is not JSON")),
    (re.compile(r"\w+ answered (\d+)"), ("应答 {0}", "it answered {0}")),
    (re.compile(r"\w+: (\d{3})"), ("应答 {0}", "it answered {0}")),
    (re.compile(r"database.*"), ("数据库没有应答", "the database does not answer")),
    (re.compile(r"longer than (.+)"), ("超过 {0}", "longer than {0}")),
    (re.compile(r"not in the configuration"), ("配置中没有", "not in the configuration")),
    (re.compile(r"not read by (\w+)"), ("{0} 不处理这类消息", "not read by {0}")),
    (re.compile(r"not a sealed value"), ("应当加密而没有加密", "not a sealed value")),
    (re.compile(r"delivered too often without an end"), ("送达多次都没有处理完", "delivered too often without an end")),
    (re.compile(r"refused by WeChat with (-?\d+)"), ("微信拒绝，代码 {0}", "refused by WeChat with {0}")),
    (re.compile(r"no template in the configuration"), ("配置中没有模板", "no template in the configuration")),
    (re.compile(r"answers another slip"), ("应答的是另一张预约单", "it answers another slip")),
    (re.compile(r"may not be refused for this"), ("不得以此为由拒绝", "it may not be refused for this")),
)


_KINDS: dict[str, Pair] = {
    "string": ("文字", "text"),
    "integer": ("整数", "a whole number"),
    "number": ("数字", "a number"),
    "boolean": ("是或否", "true or false"),
    "array": ("列表", "a list"),
    "object": ("一组字段", "a set of fields"),
}
_FORMS: dict[str, Pair] = {
    "uuid": ("编号（UUID）", "an id (UUID)"),
    "date": ("日期，如 2026-12-03", "a date such as 2026-12-03"),
    "date-time": ("时间，带时区，如 2026-12-03T09:30:00+08:00", "a time with its zone, such as 2026-12-03T09:30:00+08:00"),
}


def rule_words(rule: str) -> str:
    """What was wrong. A rule that has no words of ours is shown as it was told."""
    for pattern, words in _TOLD_BY_HAND:
        if found := pattern.fullmatch(rule):
            return t(*words).format(*found.groups())
    told = _TOLD.fullmatch(rule)
    if told is None or told["rule"] not in _RULES:
        return rule
    return _filled(t(*_RULES[told["rule"]]), _limits(told["limits"] or ""))


def _limits(text: str) -> dict[str, str]:
    """`min_length 1, expected 'a', 'b' or 'c'`: a limit ends where the next one begins."""
    parts = re.split(r"(?:^|, )(min_length|max_length|ge|gt|le|lt|expected) ", text)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def _filled(words: str, limits: Mapping[str, str]) -> str:
    """Without a limit that was not told."""
    try:
        return words.format(**limits)
    except KeyError:
        return re.split(r"[，：:]", words)[0]


def field_words(path: str) -> str:
    """The name people use for the last part of `items.0.code`; empty where there is none."""
    last = next((part for part in reversed(path.split(".")) if not part.isdigit()), "")
    return t(*FIELDS[last]) if last in FIELDS else ""


@cache
def schema_of(contract: type[Contract]) -> Schema:
    return contract.model_json_schema()


def part_of(schema: Schema, path: str) -> Schema | None:
    """The schema of one field; None where the contract has none by this name. Null arms are left out."""
    part: Schema = resolved(schema, schema)
    for name in path.split("."):
        following = part.get("items") if name.isdigit() else part.get("properties", {}).get(name)
        if not isinstance(following, Mapping):
            return None
        part = resolved(schema, following)
    return part


def resolved(root: Schema, part: Schema) -> Schema:
    """What it refers to; of `anyOf` something and null the something, with its description kept."""
    if arms := [arm for arm in part.get("anyOf", ()) if arm.get("type") != "null"]:
        described = {key: part[key] for key in ("description", "default") if key in part}
        return described | dict(resolved(root, arms[0]))
    if reference := part.get("$ref"):
        found: Schema = root["$defs"][reference.rsplit("/", 1)[-1]]
        return {**found, **{key: value for key, value in part.items() if key != "$ref"}}
    return part


def is_nullable(part: Schema) -> bool:
    return any(arm.get("type") == "null" for arm in part.get("anyOf", ()))


def wanted(type: str, path: str) -> str:
    """What the contract of this message wants of the field, in words; empty where it says nothing of it."""
    contract = catalogue.BY_TYPE.get(type)
    part = part_of(schema_of(contract), path) if contract else None
    return schema_words(part) if part else ""


def schema_words(part: Schema) -> str:
    """文字，1–32 个字"""
    words = [_kind_words(part), *_limit_words(part)]
    return t("，", ", ").join(word for word in words if word)


def _kind_words(part: Schema) -> str:
    if choices := part.get("enum"):
        return t("其中之一：", "one of ") + t("、", ", ").join(str(choice) for choice in choices)
    if "const" in part:
        return t(f"固定为 {part['const']}", f"always {part['const']}")
    kind, form = part.get("type"), part.get("format")
    words = _FORMS.get(form or "") or _KINDS.get(kind or "")
    return t(*words) if words else ""


def _limit_words(part: Schema) -> list[str]:
    least, most = part.get("minimum", part.get("exclusiveMinimum")), part.get("maximum", part.get("exclusiveMaximum"))
    return [
        _range(part.get("minLength"), part.get("maxLength"), t(" 个字", " characters")),
        _range(part.get("minItems"), part.get("maxItems"), t(" 项", " items")),
        _range(least, most, ""),
        t(f"格式 {_form_of(part)}", f"of the form {_form_of(part)}") if "pattern" in part else "",
    ]


def _form_of(part: Schema) -> str:
    """What the contract says of it is easier to read than the expression."""
    return str(part.get("description") or part["pattern"])


def _range(least: Any, most: Any, unit: str) -> str:
    if least is None and most is None:
        return ""
    if most is None:
        return t(f"至少 {least}{unit}", f"at least {least}{unit}")
    if least is None:
        return t(f"最多 {most}{unit}", f"at most {most}{unit}")
    return f"{least}–{most}{unit}"
