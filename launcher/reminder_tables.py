"""What `/reminders/v1` answered, as tables for a person."""

from typing import Any

from rich.table import Table

from contracts.reminders import SERVICE_TYPES
from launcher.tables import SHORT, console

CALLED_ABOUT = frozenset(one.value for one in SERVICE_TYPES)
_TYPES = {
    "first_maintenance": "首保",
    "maintenance": "保养",
    "warranty": "质保",
    "insurance": "保险",
    "inspection": "年审",
    "birthday": "生日",
    "campaign": "活动",
}


def explanation(answer: dict[str, Any]) -> None:
    if not answer["known"]:
        console.print("不知道这辆车 · this car is not known")
        return
    table = _table("类型 type", "有 has", "到期 due", "原因 why")
    for one in answer["reasons"]:
        table.add_row(_type(one["type"]), "✓" if one["has"] else "–", one["due_date"] or "", f"{one['text']}\n{one['text_en']}")
    console.print(table)
    console.print(f"规则版本 rules: {answer['rulebook']}")
    for one in answer["dirty"]:
        console.print(f"脏数据 dirty: {one}", style="yellow")


def runs(answer: dict[str, Any]) -> None:
    names = ("月份 period", "次 no", "编号 id", "状态 state", "车辆 cars", "提醒 items", "任务 tasks", "新 added", "无 gone", "由 by")
    table = _table(*names)
    for one in answer["runs"]:
        tasks = f"{one['tasks_opened']}/{one['tasks']}" + (f" (-{one['tasks_refused']})" if one["tasks_refused"] else "")
        numbers = (f"{one['cars']}/{one['cars_total']}", str(one["items"]), tasks, str(one["added"]), str(one["gone"]))
        warns = "yellow" if one["state"] == "differs" else None
        table.add_row(one["period"], str(one["run_no"]), one["run_id"][:SHORT], one["state"], *numbers, one["ordered_by"], style=warns)
    console.print(table if answer["runs"] else "还没有生成过 · nothing has been made yet")


def loads(answer: dict[str, Any]) -> None:
    table = _table("来源 source", "编号 id", "状态 state", "行 rows", "脏 dirty", "自 since", "开始 begun", "由 by")
    for one in answer["loads"]:
        rows = f"{one['rows']}/{one['total']}" if one["total"] else str(one["rows"])
        since = one["changed_since"] or "全部 all"
        whose = (one["started_at"], one["ordered_by"])
        table.add_row(one["source"], one["load_id"][:SHORT], one["state"], rows, str(one["dirty"]), since, *whose)
    console.print(table if answer["loads"] else "还没有装载过 · nothing has been loaded yet")


def dirty(answer: dict[str, Any]) -> None:
    table = _table("来源 source", "记录 record", "字段 field", "原因 flaw", "经销商 dealer", "车 VIN", "发现于 seen")
    for one in answer["rows"]:
        table.add_row(*(one[name] for name in ("source", "record_id", "field", "flaw", "dealer_code", "vin", "seen_at")))
    console.print(table if answer["rows"] else "没有脏数据 · nothing is dirty")
    if answer["by_flaw"]:
        console.print(" · ".join(f"{flaw} {number}" for flaw, number in sorted(answer["by_flaw"].items())))
    if answer["next"]:
        console.print(f"还有 · more: --after '{answer['next']}'")


def recount(answer: dict[str, Any]) -> None:
    if not answer["off"]:
        console.print(f"{answer['period']}: 统计与明细一致 · the statistics are what the items come to")
        return
    table = _table("大区 region", "经销商 dealer", "类型 type", "指标 measure", "统计 kept", "明细 counted")
    for one in answer["rows"]:
        where = (one["region_code"], one["dealer_code"], _type(one["type"]), one["measure"])
        table.add_row(*where, str(one["kept"]), str(one["counted"]), style="yellow")
    console.print(table)
    console.print(f"{answer['off']} 处不一致 · differ", style="yellow")


def status(answer: dict[str, Any]) -> None:
    runs({"runs": answer["runs"][:3]})
    loads({"loads": answer["loads"][:3]})
    names = (
        "待提醒 queued",
        "已排队 planned",
        "发送中 asked",
        "已发 sent",
        "失败 failed",
        "不发 suppressed",
        "延后 postponed",
        "稍后 later",
    )
    table = _table(*names, "等到 until")
    today = answer["sending"]
    numbers = (str(today[name]) for name in ("queued", "planned", "asked", "sent", "failed", "suppressed", "postponed", "later"))
    table.add_row(*numbers, today["waits_until"] or "")
    console.print(table)


def _type(name: str) -> str:
    return f"{_TYPES.get(name, '')} {name}".strip()


def _table(*names: str) -> Table:
    table = Table(show_edge=False)
    for name in names:
        table.add_column(name)
    return table
