"""What the running system answered, as tables for a person."""

from typing import Any

from rich.console import Console
from rich.table import Table

SHORT = 8
"""Characters of an id that tell it from the others on a screen; --json has them whole."""

console = Console(highlight=False)
if not console.is_terminal:
    console = Console(highlight=False, width=160)  # a file or a pipe has no edge
progress_console = Console(highlight=False, stderr=True)


def timeline(answer: dict[str, Any]) -> None:
    """One line per moment: when, where, what, how long, and how it ended."""
    table = _table("+ms", "服务 service", "步骤 step", "消息 message", "编号 id", "ms", "结果 outcome")
    for moment in answer["moments"]:
        told = moment.get("operation") or moment["type"]
        table.add_row(
            f"{moment['since_first_ms']:.0f}",
            moment["service"] + (f" → {moment['partner']}" if moment.get("partner") else ""),
            moment["step"],
            told + (f" v{moment['version']}" if moment.get("version") else ""),
            moment["message_id"][:SHORT],
            f"{moment.get('milliseconds', 0):.1f}",
            _outcome(moment),
            style=None if moment.get("outcome", "ok") == "ok" else "yellow",
        )
    console.print(table)
    if answer.get("cut"):
        console.print("只显示前面的一部分 · there is more than is shown")


def parked_list(answer: dict[str, Any]) -> None:
    table = _table("滞留于 since", "服务 service", "消息 message", "编号 id", "状态 state", "原因 causes")
    for one in answer["parked"]:
        table.add_row(one["at"], one["service"], one["type"], one["message_id"], one["state"], _causes(one))
    console.print(table if answer["parked"] else "没有滞留的消息 · nothing is parked")
    if answer.get("next"):
        console.print(f"还有 · more: --after {answer['next']}")


def parked_groups(answer: dict[str, Any]) -> None:
    table = _table("数量 number", "服务 service", "消息 message", "原因 cause", "最早 first", "最近 last")
    for group in answer["groups"]:
        cause = " ".join(part for part in (group["kind"], group["field"], group["rule"]) if part)
        table.add_row(str(group["number"]), group["service"], group["type"], cause, group["first_at"], group["last_at"])
    console.print(table if answer["groups"] else "没有滞留的消息 · nothing is parked")


def parked_one(answer: dict[str, Any]) -> None:
    for one in answer["parked"]:
        table = _table("", "")
        table.show_header = False
        for name, value in one.items():
            table.add_row(name, _causes(one) if name == "causes" else str(value))
        console.print(table)


def jobs(answer: dict[str, Any]) -> None:
    table = _table(
        "开始 begun", "任务 job", "种类 kind", "状态 state", "总数 total", "已下达 ordered", "已处理 handled", "结果 outcome", "谁 by"
    )
    for job in answer["jobs"]:
        ends = (("parked_again", "又滞留 parked again"), ("dropped", "已放弃 dropped"), ("gone", "已不在 gone"))
        others = " ".join(f"{word} {job[name]}" for name, word in ends if job[name])
        numbers = [str(job[name]) for name in ("total", "ordered", "handled")]
        table.add_row(job["begun_at"], job["id"], job["kind"], job["state"], *numbers, others, job["ordered_by"])
    console.print(table if answer["jobs"] else "没有批量任务 · there are no jobs")


def ordered(answer: dict[str, Any]) -> None:
    console.print(f"已下达 · ordered from {answer['service']}: {answer['message_id']}")


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, justify="right" if column in ("+ms", "ms") else "left", no_wrap=column in ("编号 id",))
    return table


def _outcome(moment: dict[str, Any]) -> str:
    parts = [moment.get("outcome", ""), f"#{moment['attempt']}" if moment.get("attempt", 0) > 1 else "", _causes(moment)]
    return " ".join(part for part in parts if part)


def _causes(one: dict[str, Any]) -> str:
    return "; ".join(
        " ".join(part for part in (cause["kind"], cause.get("field"), cause.get("rule")) if part) for cause in one.get("causes", ())
    )
