"""Load, decide, keep, tell: the shape of every handler of ours."""

from bench.ours.contracts import NoteVisit, VisitNoted
from bench.ours.store import VISITS
from chassis.database import Transaction
from chassis.entrypoints import handles


class VisitsService:
    name = "appointments"

    @handles(NoteVisit)
    def on_note(self, message: NoteVisit, tx: Transaction) -> None:
        if VISITS.find(tx, message.visit_id) is None:
            VISITS.add(tx, message)
            tx.tell(VisitNoted.model_validate(message.model_dump()))
