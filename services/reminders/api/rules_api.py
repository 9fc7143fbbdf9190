"""The rules, and why a car has an item or none (S-11).

GET  /rules     Rulebook, the one in force
POST /rules     Rulebook → the next version, 201; 409 where `version` is not the one in force
POST /explain   ExplainForm → Explanation
"""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

from flask import Flask
from sqlalchemy import Connection, select

from chassis.database import Transaction, in_one_transaction
from chassis.internal_api import Answered, Problem, answer, everything, form_of, operator
from contracts.reminders import Period, ReminderType
from contracts.reminding import ExplainForm, Explanation, Reason, RuleAnswer
from contracts.reminding import Rulebook as RulebookForm
from services.reminders.facts import dirty
from services.reminders.facts.car import Car, car_of
from services.reminders.month import applying
from services.reminders.month.campaigning import campaigns_on
from services.reminders.rules.explain import explain
from services.reminders.rules.rulebook import Overtaken, Rule, Rulebook, change_rules, rulebook_in_force
from services.reminders.tables import cars, items

if TYPE_CHECKING:
    from chassis.runtime import ServiceRuntime


def add_rules(app: Flask, runtime: "ServiceRuntime", now: Callable[[], datetime]) -> None:
    @app.get("/rules")
    def get_rules() -> Answered:
        everything()
        with runtime.database.read() as connection:
            return answer(_shown(connection, rulebook_in_force(connection)))

    @app.post("/rules")
    def post_rules() -> Answered:
        everything()
        form, who, at = form_of(RulebookForm), operator(), now()
        rules = {type: Rule(**rule.model_dump()) for type, rule in form.rules.items()}
        meaning = runtime.process.settings.reminders.insurance_from

        def change(tx: Transaction) -> Rulebook:
            return change_rules(tx, form.version, rules, insurance_from=meaning, made_by=who, now=at)

        try:
            changed = in_one_transaction(runtime.database, change)
        except Overtaken:
            raise Problem(409, "changed", "规则已有新版本，请重新打开", "The rules have changed meanwhile: open them again.") from None
        with runtime.database.read() as connection:
            return answer(_shown(connection, changed), 201)

    @app.post("/explain")
    def post_explain() -> Answered:
        everything()
        form = form_of(ExplainForm)
        vehicle_id = runtime.vault.vehicle_id(form.vin)
        with runtime.database.read() as connection:
            row = connection.execute(select(cars).where(cars.c.vehicle_id == vehicle_id)).first()
            rulebook = rulebook_in_force(connection)
            if row is None:
                return answer(Explanation(known=False, rulebook=rulebook.version))
            return answer(_explained(connection, car_of(row), rulebook, form.period))


def _shown(connection: Connection, rulebook: Rulebook) -> RulebookForm:
    return RulebookForm(
        version=rulebook.version,
        rules={type: RuleAnswer(**asdict(rule)) for type, rule in rulebook.rules.items()},
        made_by=rulebook.made_by,
        made_at=rulebook.made_at,
        cars_applied=applying.cars_applied(connection, rulebook),
    )


def _explained(connection: Connection, car: Car, rulebook: Rulebook, period: Period) -> Explanation:
    others = select(items.c.type, items.c.due_date).where(items.c.vehicle_id == car.vehicle_id, items.c.period != period)
    had = {(ReminderType(row.type), row.due_date) for row in connection.execute(others)}
    found = explain(car, campaigns_on(connection, period), rulebook, period, car.registered, had=had)
    reasons = tuple(
        Reason(type=why.type, has=why.has, due_date=why.due_date, code=why.code, text=why.text, text_en=why.text_en) for why in found
    )
    flaws = tuple(f"{field}: {flaw.value}" for field, flaw in dirty.of_car(connection, car.vehicle_id))
    return Explanation(known=True, rulebook=rulebook.version, reasons=reasons, dirty=flaws)
