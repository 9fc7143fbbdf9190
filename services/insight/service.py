"""Keeps how messages fare and what happened, for whoever asks where a request is now."""

from flask import Flask

from chassis.clock import milliseconds_now
from chassis.configured import Configured
from chassis.database import Database, Transaction
from chassis.entrypoints import handles, watches
from chassis.listener import Mount
from chassis.runtime import ServiceRuntime
from chassis.timers import every, turns
from contracts import catalogue
from contracts.catalogue import QUEUED_SERVICES
from contracts.envelope import Envelope, Event
from contracts.ops import OpsReport, OpsStatus, ParkedShown
from services.insight import job_store, ordering, payloads, retention
from services.insight.depths import Depths
from services.insight.ops_api import create_ops_api
from services.insight.store import InsightStore

WATCHED = tuple(contract for contract in catalogue.ALL if issubclass(contract, Event) and contract.watched)


def open_ops_api(runtime: ServiceRuntime) -> Flask:
    """With what the broker says of its queues, for as long as the service runs."""
    depths = Depths(runtime.process.settings.broker, QUEUED_SERVICES)
    runtime.container.spawn_managed_thread(depths.run, identifier="insight depths")
    return create_ops_api(runtime, depths.now)


class InsightService:
    """Takes in what all others report, and answers at `/ops/v1/`."""

    name = "insight"

    seen = InsightStore()
    keeps = Configured("insight")
    ops = Mount("internal", "/ops/v1", open_ops_api)

    @handles(OpsReport)
    def on_report(self, message: OpsReport, tx: Transaction) -> None:
        self.seen.add_hops(tx, message.hops)

    @handles(OpsStatus)
    def on_status(self, message: OpsStatus, tx: Transaction) -> None:
        self.seen.add_status(tx, message)

    @watches(ParkedShown)
    def on_shown(self, envelope: Envelope, tx: Transaction) -> None:
        payloads.keep(tx, envelope, milliseconds_now())

    @every(30)
    def forget_what_is_old(self, tx: Transaction) -> None:
        retention.step(tx, self.keeps)

    @every(600)
    def forget_orders(self, tx: Transaction) -> None:
        payloads.forget(tx, milliseconds_now())
        job_store.forget(tx, milliseconds_now())

    @turns(1.0)
    def carry_jobs_on(self, database: Database) -> bool:
        return ordering.carry_on(database)

    @watches(*WATCHED)
    def on_any(self, envelope: Envelope, tx: Transaction) -> None:
        self.seen.add_message(tx, envelope)
