"""Who is not well, in plain words and with where to click: how the console judges what insight tells. No I/O.

A level is how much it matters: `fine`, `going` (at work and not yet done), `late` (look when you can), `broken` (look now), `waiting`
(somebody wanted it so).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.catalogue import QUEUED_SERVICES
from contracts.operating import CopyStatus, Overview, PartnerStatus, QueueStatus
from contracts.ops import QuotaUsed
from services.console.names import PARTNERS, SERVICES, named
from services.console.tables import Level
from services.console.words import duration, percent, say, t

GRAVITY: dict[Level, int] = {"broken": 0, "late": 1, "waiting": 2, "going": 3, "fine": 3}

LATE_SECONDS = 60
"""A message that waited this long for its turn is late …"""
BROKEN_SECONDS = 600
"""… and a follower who waits for it has given up by now."""
SILENT_SECONDS = 30
"""Copies tell how they are every few seconds."""
QUOTA_LATE = 0.8
ERRORS_LATE = 0.05
"""Of a partner's calls of the last hour …"""
FEW_ERRORS = 3
"""… where there are more than single ones: in a quiet hour each is a large share."""


@dataclass(frozen=True)
class Finding:
    """`path`: where in the console it is seen and set right."""

    level: Level
    words: str
    path: str


def findings(overview: Overview) -> list[Finding]:
    """All that is not well, the gravest first; empty when all is well. Where nobody is heard of, that is the one thing to say."""
    found = [*_of_house(overview)]
    if all(_unheard(queue) for queue in overview.queues):
        words = t("所有服务都没有音信：insight 收不到报告", "No service is heard of: reports do not reach insight")
        found.append(Finding("broken", words, "/queues/insight"))
    else:
        found += [finding for queue in overview.queues for finding in of_queue(queue)]
    found += [finding for partner in overview.partners for finding in of_partner(partner)]
    found += [finding for quota in overview.quotas for finding in of_quota(quota)]
    return sorted(found, key=lambda finding: GRAVITY[finding.level])


def without_replaced(queue: QueueStatus, at: datetime) -> QueueStatus:
    """Less the copies that fell silent before another began: a restart is not a trouble."""
    newest = max((copy.started_at for copy in queue.copies), default=at)
    return queue.model_copy(update={"copies": tuple(copy for copy in queue.copies if not (_silent(copy) and _heard(copy, at) <= newest))})


def level_of(found: list[Finding]) -> Level:
    return min((finding.level for finding in found), key=GRAVITY.__getitem__, default="fine")


def _of_house(overview: Overview) -> Iterator[Finding]:
    if overview.parked:
        number = overview.parked
        yield Finding("late", t(f"{number:,} 条消息滞留，等人处理", f"{number:,} parked: they wait for somebody"), "/parked")
    if overview.spooled:
        number = overview.spooled
        words = t(f"网关暂存 {number:,} 条推送，消息总线恢复后送出", f"The gateway keeps {number:,} pushes until the broker takes them")
        yield Finding("late", words, "/queues/gateway")


def of_queue(queue: QueueStatus) -> Iterator[Finding]:
    """What is not well with a service, its queue and its copies."""
    name, path = say(named(SERVICES, queue.service)), f"/queues/{queue.service}"
    yield from (Finding(level, f"{name}{t('：', ': ')}{words}", path) for level, words in troubles(queue))


def troubles(queue: QueueStatus) -> Iterator[tuple[Level, str]]:
    """The same without its name."""
    yield from _of_copies(queue)
    if queue.paused:
        paused = t("已暂停消费", "paused"), t(f"，{queue.depth:,} 条在等", f", {queue.depth:,} waiting") if queue.depth else ""
        yield "waiting", "".join(paused)
    elif queue.consumers == 0 and queue.copies:
        yield "broken", t("队列没有消费者", "nobody takes from its queue")
    if queue.dead:
        yield "broken", t(f"死信队列有 {queue.dead:,} 条", f"{queue.dead:,} in the dead-letter queue")
    if queue.oldest_seconds >= LATE_SECONDS and not queue.paused:
        words = t(f"最久的消息已等 {duration(queue.oldest_seconds)}", f"the oldest message has waited {duration(queue.oldest_seconds)}")
        yield by_age(queue.oldest_seconds), words
    if queue.outbox_oldest_seconds >= LATE_SECONDS:
        age = duration(queue.outbox_oldest_seconds)
        yield by_age(queue.outbox_oldest_seconds), t(f"{queue.outbox:,} 条发不出去，已 {age}", f"{queue.outbox:,} not sent for {age}")


def _of_copies(queue: QueueStatus) -> Iterator[tuple[Level, str]]:
    silent = [copy for copy in queue.copies if _silent(copy)]
    if not queue.copies and queue.service in QUEUED_SERVICES:
        yield "broken", t("没有副本在运行", "no copy of it runs")
    elif silent and len(silent) == len(queue.copies):
        age = duration(min(copy.silent_seconds for copy in silent))
        yield "broken", t(f"没有音信，已 {age}", f"not heard of for {age}")
    elif silent:
        yield "late", t(f"{len(silent)} 个副本没有音信", f"{len(silent)} of {len(queue.copies)} copies not heard of")
    failing = {check: cause for copy in queue.copies if not _silent(copy) for check, cause in copy.failing.items()}
    for check, cause in failing.items():
        yield "broken", t(f"自检 {check} 不通过：{cause}", f"check {check} fails: {cause}")


def _silent(copy: CopyStatus) -> bool:
    return copy.silent_seconds >= SILENT_SECONDS


def _heard(copy: CopyStatus, at: datetime) -> datetime:
    return at - timedelta(seconds=copy.silent_seconds)


def _unheard(queue: QueueStatus) -> bool:
    return all(_silent(copy) for copy in queue.copies)


def of_partner(partner: PartnerStatus) -> Iterator[Finding]:
    """What is not well with a partner: how its breaker stands, and how many of its answers are none."""
    name, path = say(named(PARTNERS, partner.partner)), f"/partners#{anchor_of(partner)}"
    yield from (Finding(level, f"{name}{t('：', ': ')}{words}", path) for level, words in partner_troubles(partner))


def partner_troubles(partner: PartnerStatus) -> Iterator[tuple[Level, str]]:
    """The same without its name."""
    yield from _of_breaker(partner)
    if fails_often(partner) and (partner.breaker is None or partner.breaker.state == "closed"):
        share = percent(error_share(partner))
        yield "late", t(f"最近一小时 {share} 的调用出错", f"{share} of the calls of the last hour failed")


def fails_often(partner: PartnerStatus) -> bool:
    return partner.failed >= FEW_ERRORS and error_share(partner) >= ERRORS_LATE


def error_share(partner: PartnerStatus) -> float:
    """Of the calls of the last hour, 0 to 1."""
    return partner.failed / partner.calls if partner.calls else 0


def _of_breaker(partner: PartnerStatus) -> Iterator[tuple[Level, str]]:
    """Being tried is no better than open: a partner that is away is in both by turns."""
    failures = partner.breaker.failures if partner.breaker else 0
    match partner.breaker.state if partner.breaker else "closed":
        case "open":
            cut_off = f"连续 {failures} 次无应答，暂不调用，稍后自动再试", f"{failures} failures in a row: cut off, tried again by itself"
            yield "broken", t(*cut_off)
        case "half_open":
            yield (
                "broken",
                t(f"连续 {failures} 次无应答，正在试探是否恢复", f"{failures} failures in a row: being tried whether it is back"),
            )
        case "held":
            yield "waiting", t("已人工暂停，发给它的都在等", "held by an operator, what is for it waits")


def of_quota(quota: QuotaUsed) -> Iterator[Finding]:
    level = quota_level(quota)
    if level != "fine":
        words = t(
            f"配额 {quota.name} 今天已用 {quota.used:,} / {quota.most:,}",
            f"quota {quota.name}: {quota.used:,} of {quota.most:,} used today",
        )
        yield Finding(level, words, "/#quotas")


def quota_level(quota: QuotaUsed) -> Level:
    if quota.used >= quota.most:
        return "broken"
    return "late" if quota.used >= quota.most * QUOTA_LATE else "fine"


def anchor_of(partner: PartnerStatus) -> str:
    """A partner may be called by several services."""
    return f"{partner.partner}-{partner.service}"


def by_age(seconds: float) -> Level:
    """Of a message that waits."""
    if seconds >= BROKEN_SECONDS:
        return "broken"
    return "late" if seconds >= LATE_SECONDS else "fine"
