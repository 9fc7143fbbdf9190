"""The pages, a module for each group of them; every module has `add_views(app, context)`."""

from typing import Protocol

from flask import Flask

from services.console.context import Context
from services.console.views import (
    audit,
    case,
    case_bulk,
    case_steps,
    cases,
    complaint_appraisal,
    complaint_figures,
    complaint_overdue,
    complaint_recount,
    entrance,
    facts,
    figures,
    figures_appointments,
    jobs,
    lists,
    month,
    overview,
    own,
    parked,
    parked_one,
    partners,
    queues,
    recount,
    retries,
    rules,
    search,
    staff,
    terms,
    trace,
)


class Views(Protocol):
    """A module of pages."""

    def add_views(self, app: Flask, context: Context) -> None: ...


VIEWS: tuple[Views, ...] = (
    entrance,
    own,
    overview,
    queues,
    parked,
    parked_one,
    retries,
    jobs,
    search,
    trace,
    partners,
    audit,
    staff,
    figures,
    figures_appointments,
    recount,
    lists,
    month,
    facts,
    rules,
    cases,
    case,
    case_steps,
    case_bulk,
    complaint_figures,
    complaint_overdue,
    complaint_appraisal,
    complaint_recount,
    terms,
)
