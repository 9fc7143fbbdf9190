"""*Overview*: is all well, six numbers with their last hour, and whoever is not well before who is."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Flask, Response, make_response, redirect, render_template, url_for

from contracts.operating import Overview, PartnerStatus, QueueStatus
from contracts.ops import QuotaUsed
from services.console.access import Right, is_poll, may, page
from services.console.context import Context
from services.console.hour import Hour, Spark
from services.console.last_known import LastKnown, Seen
from services.console.tables import Column, Level, State, Table
from services.console.views.board import (
    away_page,
    partner_name,
    partner_state,
    partners_worst_first,
    queue_state,
    service_name,
    worst_first,
)
from services.console.wellness import Finding, by_age, findings, level_of, quota_level, without_replaced
from services.console.words import DAY, duration, number, t

MOST_FINDINGS = 6
"""Who has more than these has one cause for them, and it is among the gravest."""


@dataclass(frozen=True)
class Tile:
    """A number and its hour. `note` says what it is about, `href` is a path of the console."""

    name: str
    value: str
    unit: str
    note: str
    level: Level
    spark: Spark
    href: str


@dataclass(frozen=True)
class Glance:
    """What the page shows of one answer."""

    overview: Overview
    found: list[Finding]
    tiles: list[Tile]
    partners: list[tuple[PartnerStatus, State]]
    queues: list[tuple[QueueStatus, State]]
    quotas: list[tuple[QuotaUsed, Level]]

    @property
    def level(self) -> Level:
        return level_of(self.found)

    @property
    def gravest(self) -> list[Finding]:
        return self.found[:MOST_FINDINGS]

    @property
    def nothing_yet(self) -> bool:
        """Nobody has told anything so far: the house has just been set up."""
        heard = any(queue.copies for queue in self.overview.queues) or self.overview.parked or self.overview.retries
        return not heard and not any(minute.received or minute.sent for minute in self.overview.minutes)

    @property
    def shared(self) -> set[str]:
        """Partners that several services call."""
        names = [partner.partner for partner, _ in self.partners]
        return {name for name in names if names.count(name) > 1}

    def count(self, level: Level) -> int:
        return sum(finding.level == level for finding in self.found)


def add_views(app: Flask, context: Context) -> None:
    known = LastKnown(context.now)
    app.jinja_env.globals.update(service_name=service_name, partner_name=partner_name)

    def ask() -> Seen[Overview]:
        return known.ask("overview", context.insight.overview)

    @page(app, "/", right=Right.HOME)
    def overview() -> str | Response:
        if not may(Right.READ):  # who has no business with the house finds their own at once
            return make_response(redirect(url_for("figures" if may(Right.FIGURES) else "cases"), 303))
        seen = ask()
        return render_template("overview_live.html" if is_poll() else "overview.html", seen=seen, glance=glance(seen))

    @page(app, "/quotas", right=Right.READ)
    def quotas() -> str | Response | tuple[str, int]:
        seen, title = ask(), t("微信配额（今天）", "WeChat quotas, today")
        if seen.answer is None:
            return away_page(title, is_poll())
        table = Table(
            "quotas", _QUOTA_COLUMNS, seen.answer.quotas, nothing=t("今天还没有用过计数的接口", "Nothing counted was called today")
        )
        if file := table.export():
            return file
        return render_template("minutes.html", title=title, table=table, back=url_for("overview"))


def glance(seen: Seen[Overview]) -> Glance | None:
    """None while nothing is known."""
    if seen.answer is None:
        return None
    told = seen.answer
    told = told.model_copy(update={"queues": tuple(without_replaced(queue, told.at) for queue in told.queues)})
    return Glance(
        overview=told,
        found=findings(told),
        tiles=list(_tiles(told)),
        partners=[(partner, partner_state(partner)) for partner in partners_worst_first(told.partners)],
        queues=[(queue, queue_state(queue)) for queue in worst_first(told.queues)],
        quotas=sorted(((quota, quota_level(quota)) for quota in told.quotas), key=lambda each: -_share(each[0])),
    )


def _tiles(told: Overview) -> Iterable[Tile]:
    hour = Hour.of(told.minutes, told.at)
    unit, lately = t("条/秒", "/s"), t("过去一分钟", "in the last minute")
    handled = Spark.of(hour.rates(lambda minute: minute.received))
    yield Tile(t("处理", "Handled"), number(round(told.received_per_second, 1)), unit, lately, "fine", handled, "/queues")
    sent = Spark.of(hour.rates(lambda minute: minute.sent))
    yield Tile(t("发出", "Sent"), number(round(told.sent_per_second, 1)), unit, lately, "fine", sent, "/queues")
    oldest = Spark.of(hour.levels(lambda minute: minute.oldest_seconds))
    age, unhandled = _age(told.oldest_seconds), t("还没有处理的", "not yet handled")
    yield Tile(t("最久等待", "Longest wait"), *age, unhandled, by_age(told.oldest_seconds), oldest, "/queues?sort=-oldest")
    unit, again = t("条", ""), t("会自动再试", "tried again")
    yield Tile(
        t("重试", "Retries"), number(told.retries), unit, again, "fine", Spark.of(hour.levels(lambda minute: minute.retries)), "/retries"
    )
    level: Level = "late" if told.parked else "fine"
    somebody, parked = t("等人处理", "wait for you"), Spark.of(hour.levels(lambda minute: minute.parked))
    yield Tile(t("滞留", "Parked"), number(told.parked), unit, somebody, level, parked, "/parked")
    level = "late" if told.spooled else "fine"
    broker, spooled = t("等消息总线", "wait for broker"), Spark.of(hour.levels(lambda minute: minute.spooled))
    yield Tile(t("网关暂存", "Spooled"), number(told.spooled), unit, broker, level, spooled, "/queues/gateway")


def _age(seconds: float) -> tuple[str, str]:
    """A number to be set large, and its unit."""
    if seconds < 60:
        return number(int(seconds)), t("秒", "s")
    if seconds < DAY:
        return duration(seconds), ""
    return number(round(seconds / DAY, 1)), t("天", "d")


def _share(quota: QuotaUsed) -> float:
    return quota.used / quota.most if quota.most else 1


def _quota_state(quota: QuotaUsed) -> State:
    level = quota_level(quota)
    return State(level, {"late": ("快用完", "nearly used up"), "broken": ("用完了", "used up")}.get(level, ("够用", "enough")))


_QUOTA_COLUMNS: tuple[Column[QuotaUsed], ...] = (
    Column("name", "接口", "Call", lambda q: q.name),
    Column("account", "公众号", "Account", lambda q: q.account),
    Column("state", "状态", "State", _quota_state, "state"),
    Column("used", "已用", "Used", lambda q: q.used, "number"),
    Column("most", "上限", "Limit", lambda q: q.most, "number"),
    Column("share", "占比", "Share", _share, "percent"),
)
