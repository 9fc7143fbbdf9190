"""The pages, a module for each group of them; every module has `add_views(app, context)`."""

from typing import Protocol

from flask import Flask

from services.console.context import Context
from services.console.views import audit, entrance, overview, own, partners, queues, staff


class Views(Protocol):
    """A module of pages."""

    def add_views(self, app: Flask, context: Context) -> None: ...


VIEWS: tuple[Views, ...] = (
    entrance,
    own,
    overview,
    queues,
    partners,
    audit,
    staff,
)
