"""The desk of the DCRC: one method for each thing they do, on record together with the push that tells of it.

Every method returns the record in full and the push's id, and raises Problem where there is nothing that it can be done to.
"""

from datetime import datetime
from uuid import UUID

from contracts.csc import CallResult
from contracts.partners.csc import CallLoggedPush, Slip, SlipSavedPush, Task
from contracts.partners.wire import Wire
from sandbox.csc.forms import SlipNote
from sandbox.csc.records import CscRecords
from sandbox.office import Office
from sandbox.partner import Telling

EVENTS = "/partners/csc/v1/events"


class CscDesk:
    def __init__(self, office: Office, records: CscRecords) -> None:
        self._records = records
        self._telling = Telling(office, EVENTS)

    def log_call(self, appointment_id: UUID, result: CallResult) -> tuple[Task, str]:
        """A call was made (A-APT-14..17) → `call.logged`"""
        task, pushes = self._telling.do(lambda tx: self._records.log_call(tx, appointment_id, result), _call_logged)
        return task, pushes[0]

    def decline(self, appointment_id: UUID) -> tuple[Task, str]:
        """The customer no longer wants it → `call.logged`, state declined"""
        task, pushes = self._telling.do(lambda tx: self._records.decline(tx, appointment_id), _call_logged)
        return task, pushes[0]

    def transfer(self, appointment_id: UUID, dealer_code: str) -> tuple[Task, str]:
        """Another dealer was agreed on → `call.logged`, state closed, `transferred_to`"""
        task, pushes = self._telling.do(lambda tx: self._records.transfer(tx, appointment_id, dealer_code), _call_logged)
        return task, pushes[0]

    def write_slip(self, appointment_id: UUID, note: SlipNote) -> tuple[Slip, str]:
        """What was agreed, or agreed anew (A-APT-18, 19) → `slip.saved`"""
        slip, pushes = self._telling.do(lambda tx: self._records.write_slip(tx, appointment_id, note), _slip_saved)
        return slip, pushes[0]

    def cancel_slip(self, slip_id: str, reason: str) -> tuple[Slip, str]:
        """→ `slip.saved`, state cancelled"""
        slip, pushes = self._telling.do(lambda tx: self._records.cancel_slip(tx, slip_id, reason), _slip_saved)
        return slip, pushes[0]


def _call_logged(task: Task, at: datetime) -> tuple[Wire, ...]:
    return (CallLoggedPush(type="call.logged", timestamp=at, data=task),)


def _slip_saved(slip: Slip, at: datetime) -> tuple[Wire, ...]:
    return (SlipSavedPush(type="slip.saved", timestamp=at, data=slip),)
