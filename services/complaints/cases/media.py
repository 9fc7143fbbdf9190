"""Photos and voices that a follower sent: WeChat keeps them for three days, so they are fetched at once (A-CMP-35)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid5

from chassis.database import Transaction
from contracts.complaint_files import FetchComplaintFile, PhoneFile
from contracts.complaint_words import Role
from services.complaints.files import store
from services.complaints.files.store import Expected


def fetch(tx: Transaction, complaint_id: UUID, account: str, sent: Sequence[PhoneFile], now: datetime) -> None:
    """Each is awaited, and the sender is asked for it. One whose id is known already is left as it is."""
    for one in sent:
        if store.expect(tx, Expected(one.file_id, complaint_id, one.kind, Role.CUSTOMER, shown=True, at=now, attached=True)):
            wish = FetchComplaintFile(file_id=one.file_id, complaint_id=complaint_id, account=account, media_id=one.media_id, kind=one.kind)
            tx.tell(wish.identified(uuid5(one.file_id, "fetch")))
