"""The entrypoints of this part."""

from chassis.clock import Clock
from chassis.database import Database, Transaction
from chassis.entrypoints import handles
from chassis.timers import turns
from contracts.complaint_files import ComplaintFileFetched, ComplaintFileLost
from services.complaints.files import store
from services.complaints.files.loose import clear_away

CLEAR_SECONDS = 3600


class HandlesFiles:
    """Mixed into the service (services/complaints/service.py). What a file holds came over HTTP before (api/files_api.py)."""

    now: Clock

    @turns(CLEAR_SECONDS)
    def clear_away_loose_files(self, database: Database) -> bool:
        """What was brought to the desk and never attached."""
        return clear_away(database, self.now())

    @handles(ComplaintFileFetched)
    def on_file_fetched(self, message: ComplaintFileFetched, tx: Transaction) -> None:
        store.show_again(tx, message.complaint_id, self.now())

    @handles(ComplaintFileLost)
    def on_file_lost(self, message: ComplaintFileLost, tx: Transaction) -> None:
        store.lose(tx, message.file_id, message.reason)
        store.show_again(tx, message.complaint_id, self.now())
