"""客户关怀费用授权 (S-05, A-CMP-24).

GET  /authority   AuthorityTable, the one in force; version 0: there is none
POST /authority   AuthorityTable → the next version, 201; 409 where `version` is not the one in force
"""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

from flask import Flask

from chassis.database import Transaction, in_one_transaction
from chassis.internal_api import Answered, Problem, answer, everything, form_of
from contracts.complaining import AuthorityRule, AuthorityTable
from contracts.complaint_words import Role
from services.complaints.api.acting import acting, only
from services.complaints.support.authority import Authority, Rule, gap
from services.complaints.support.authority_store import Overtaken, Table, change_table, table_in_force

if TYPE_CHECKING:
    from chassis.runtime import ServiceRuntime


def add_authority(app: Flask, runtime: "ServiceRuntime", now: Callable[[], datetime]) -> None:
    @app.get("/authority")
    def get_authority() -> Answered:
        acting()
        everything()
        with runtime.database.read() as connection:
            return answer(_shown(table_in_force(connection)))

    @app.post("/authority")
    def post_authority() -> Answered:
        by, form, at = acting(), form_of(AuthorityTable), now()
        only(by, Role.MONITOR)
        rules = [_rule_of(rule) for rule in form.rules]
        _check(rules)

        def change(tx: Transaction) -> Table:
            return change_table(tx, form.version, rules, set_by=by.name, now=at)

        try:
            changed = in_one_transaction(runtime.database, change)
        except Overtaken:
            raise Problem(409, "changed", "授权表已有新版本，请重新打开", "The table has changed meanwhile: open it again.") from None
        return answer(_shown(changed), 201)


def _check(rules: list[Rule]) -> None:
    """Raises Problem 400: nobody could decide about a fee in a gap."""
    if any(rule.fee_max is not None and rule.fee_max < rule.fee_min for rule in rules):
        raise Problem(400, "fee", "费用上限不能低于下限", "A fee's end is not below its beginning.")
    found = gap(Authority(rules))
    if found:
        type, day, fee = found
        of = type.value if type else "*"
        raise Problem(
            400,
            "gap",
            f"{day} 起，类型 {of} 的费用 {fee} 元没有授权层级",
            f"From {day} on nobody may decide about a fee of {fee} yuan, type {of}.",
        )


def _rule_of(rule: AuthorityRule) -> Rule:
    return Rule("", rule.level, rule.title, rule.fee_min, rule.fee_max, rule.types, rule.active_from)


def _shown(table: Table) -> AuthorityTable:
    rules = tuple(
        AuthorityRule(**{name: value for name, value in asdict(rule).items() if name != "rule_id"}) for rule in table.authority.rules
    )
    return AuthorityTable(version=table.version, rules=rules, set_by=table.set_by, set_at=table.set_at)
