"""Keeps how messages fare and what happened, for whoever asks where a request is now."""

from chassis.database import Transaction
from chassis.entrypoints import handles, watches
from chassis.listener import Mount
from contracts import catalogue
from contracts.envelope import Envelope, Event
from contracts.ops import OpsReport
from services.insight.ops_api import create_ops_api
from services.insight.store import InsightStore

WATCHED = tuple(contract for contract in catalogue.ALL if issubclass(contract, Event) and contract.watched)


class InsightService:
    """Takes in what all others report, and answers at `/ops/v1/`."""

    name = "insight"

    seen = InsightStore()
    ops = Mount("internal", "/ops/v1", create_ops_api)

    @handles(OpsReport)
    def on_report(self, message: OpsReport, tx: Transaction) -> None:
        self.seen.add_hops(tx, message.hops)

    @watches(*WATCHED)
    def on_any(self, envelope: Envelope, tx: Transaction) -> None:
        self.seen.add_message(tx, envelope)
