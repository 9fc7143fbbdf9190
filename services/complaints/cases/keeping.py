"""Keeping a step that was taken: rows, log, news, CSC's record, figures; in one transaction, whoever took it and wherever."""

from datetime import datetime

from chassis.database import Transaction
from services.complaints.cases import store
from services.complaints.cases.case import Case
from services.complaints.cases.news import news_of, record_of
from services.complaints.cases.taking import Asked
from services.complaints.clocks.telling import breaches_of
from services.complaints.figures import sums


def keep(tx: Transaction, before: Case | None, after: Case, asked: Asked, now: datetime) -> None:
    """`before` None: it begins with this step. The case is held (cases/store.py), and the step was not taken before (`store.taken`).

    Raises Conflict, at the latest when the transaction commits, where another wrote the same step or case first.
    """
    store.write(tx, before, after, asked, now)
    sums.moved(tx, before, after)
    tx.tell(news_of(after, asked.form, now), record_of(after, asked.form, asked.by, now), *breaches_of(before, after, now))
