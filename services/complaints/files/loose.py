"""Takes away what somebody brought to the desk and never attached: a step that was turned away, or a form that nobody sent."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select

from chassis.database import Database, millis
from services.complaints.tables import file_parts, files

KEPT_FOR = timedelta(days=7)
"""Longer than anybody comes back to a form."""
AT_ONCE = 20

_LOOSE = select(files.c.file_id).where(files.c.attached.is_(False), files.c.at <= bindparam("until")).order_by(files.c.at).limit(AT_ONCE)
_TAKE_AWAY = delete(files).where(files.c.file_id == bindparam("of_file"), files.c.attached.is_(False))
_ITS_PARTS = delete(file_parts).where(file_parts.c.file_id == bindparam("of_file"))


def clear_away(database: Database, now: datetime) -> bool:
    """Some at a time. Whether there may be more."""
    with database.read() as connection:
        loose = list(connection.execute(_LOOSE, {"until": millis(now - KEPT_FOR)}).scalars())
    for file_id in loose:
        with database.write() as tx:
            if tx.execute(_TAKE_AWAY, {"of_file": file_id}).rowcount:  # else it was attached meanwhile
                tx.execute(_ITS_PARTS, {"of_file": file_id})
    return len(loose) == AT_ONCE
