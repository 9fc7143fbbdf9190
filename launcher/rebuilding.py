"""Makes insight's derived tables anew, with a bar that shows how far it is."""

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from chassis import privacy
from chassis.database import Database, open_engine
from chassis.outbox import OutboxWriter
from chassis.privacy import Vault
from chassis.settings import Settings
from launcher.compose import database_url, migrate_all
from launcher.var import VarLock
from services.insight.rebuild import rebuild, rows_to_read

COLUMNS = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())


def rebuild_insight(settings: Settings) -> int:
    """Gives the number of hops and messages read. Raises SettingsError where an embedded house runs, Unavailable, Conflict."""
    lock = VarLock(settings.var) if settings.runtime == "embedded" else None
    if lock:
        lock.take()
    try:
        return _rebuild(settings)
    finally:
        if lock:
            lock.give_back()


def _rebuild(settings: Settings) -> int:
    vault = Vault.of(settings.privacy)
    privacy.use(vault)
    migrate_all(settings, ["insight"])
    database = Database(open_engine(database_url(settings, "insight"), pool_size=1), OutboxWriter("insight", vault))
    try:
        with database.write() as tx, Progress(*COLUMNS, console=Console(stderr=True)) as progress:
            number = rows_to_read(tx)
            bar = progress.add_task("insight", total=number)
            rebuild(tx, lambda rows: progress.advance(bar, rows))
    finally:
        database.dispose()
    return number
