"""Which part of the country an account may see of reminders and appointments: all of it, one region, one dealer (A-REM-32, 40).

The services that answer keep to it (`X-Scope`); here it says what is asked for and what is offered.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from contracts.reminder_figures import Level
from contracts.reminding import DealerAnswer
from services.console.problems import Forbidden, Problem

if TYPE_CHECKING:
    from services.console.access import Role

PLACED: dict["Role", Level] = {"dealer_manager": "dealer", "region_manager": "region", "dealer_staff": "dealer"}
"""Roles that belong to one place."""
LEVEL_OF_AUTHORITY = re.compile(r"[1-9]")
"""Of a leader, which an account keeps as `level:3` (A-CMP-24, 25)."""
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")


@dataclass(frozen=True)
class Scope:
    """`code` of the region or dealer; empty for the nation."""

    level: Level
    code: str = ""

    @property
    def header(self) -> str:
        """For X-Scope; empty: all."""
        return f"{self.level}:{self.code}" if self.code else ""


NATION = Scope("nation")


def scope_of(role: "Role", kept: str) -> Scope:
    """What the account says, `dealer:D001`. Raises Forbidden where its role belongs to a place and it names none of that kind."""
    level = PLACED.get(role)
    if level is None:
        return NATION
    named, _, code = kept.partition(":")
    if named != level or not CODE.fullmatch(code):
        raise Forbidden
    return Scope(level, code)


def authority_of(kept: str) -> int:
    """A leader's level, of what the account says; 0 where it says none."""
    kind, _, level = kept.partition(":")
    return int(level) if kind == "level" and LEVEL_OF_AUTHORITY.fullmatch(level) else 0


def _level_kept(level: str) -> str:
    if not LEVEL_OF_AUTHORITY.fullmatch(level):
        raise Problem("scope", "领导要写明授权级别 1 至 9。", "A leader wants a level of authority, 1 to 9.")
    return f"level:{level}"


def kept_for(role: "Role", code: str) -> str:
    """As the account keeps it; roles without a place keep none. Raises Problem for a code that cannot be one."""
    if role == "leader":
        return _level_kept(code)
    level = PLACED.get(role)
    if level is None:
        return ""
    if not CODE.fullmatch(code):
        what, what_en = ("服务店代码", "dealer's code") if level == "dealer" else ("大区代码", "region's code")
        raise Problem("scope", f"这个角色要写明{what}。", f"This role wants a {what_en}.")
    return f"{level}:{code}"


def known_place(role: "Role", code: str, dealers: Iterable[DealerAnswer]) -> None:
    """Raises Problem where a role's place is no dealer, or no dealer's region: the account would see nothing, and nobody would know why."""
    known = list(dealers)
    match PLACED.get(role):
        case None:
            return
        case "dealer":
            codes, what, what_en = {one.code for one in known}, "服务店", "dealer"
        case _:
            codes, what, what_en = {one.region_code for one in known} - {""}, "大区", "region"
    if not codes:
        raise Problem(
            "place", f"DMS 还没有报来任何{what}，请先读取数据。", f"The DMS has not told of any {what_en} yet: load its data first."
        )
    if code not in codes:
        near = sorted(one for one in codes if one.casefold() == code.casefold())
        meant = (f"是不是 {near[0]}？", f" Is it {near[0]}?") if near else ("请核对代码。", " Please check the code.")
        raise Problem("place", f"没有代码为 {code} 的{what}，{meant[0]}", f"There is no {what_en} with the code {code}.{meant[1]}")
