"""The pages, a module for each group of them; every module has `add_views(app, context)`."""

from typing import Protocol

from flask import Flask

from services.console.context import Context
from services.console.views import audit, entrance, jobs, overview, own, parked, parked_one, partners, queues, retries, search, staff, trace


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
)
