"""Schemas for tests. SQLite files are migrated once a run and copied from then on: a fifth of the time, thousands of times."""

import sqlite3
import tempfile
from contextlib import closing
from functools import cache
from pathlib import Path

from sqlalchemy import make_url

from chassis.database import migrate


def migrated(url: str, versions: Path) -> str:
    """The URL, where a schema now is as these versions say. A file that is there already is migrated like a server's."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database and not Path(parsed.database).exists():
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        Path(parsed.database).write_bytes(_empty(versions))
    else:
        migrate(url, versions)
    return url


@cache
def _empty(versions: Path) -> bytes:
    """A file whose schema is made, and nothing in it."""
    with tempfile.TemporaryDirectory() as folder:
        migrate(f"sqlite:///{folder}/made.db", versions)
        with closing(sqlite3.connect(f"{folder}/made.db")) as connection:
            connection.execute("VACUUM INTO ?", (f"{folder}/whole.db",))
        return Path(folder, "whole.db").read_bytes()
