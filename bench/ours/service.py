"""Load, decide, keep, tell: the shape of every handler of ours."""

from bench.ours.contracts import NoteVisit, VisitNoted
from bench.ours.store import VisitStore
from chassis.database import Transaction
from chassis.entrypoints import handles


class VisitsService:
    name = "appointments"

    visits = VisitStore()

    @handles(NoteVisit)
    def on_note(self, message: NoteVisit, tx: Transaction) -> None:
        if not self.visits.is_known(tx, message.visit_id):
            self.visits.add(tx, message)
            tx.tell(VisitNoted.model_validate(message.model_dump()))
