"""One method per thing CSC can do for us. Takes and returns our words, never the partner's; dialect `reference`."""

from adapters.csc import translate
from chassis.errors import ContractBroken, Refused
from chassis.partner import PartnerClient
from contracts.csc import CloseCallTask, OpenCallTask
from contracts.partners.csc import CloseRecord, TaskAnswer
from contracts.partners.wire import DoneAnswer

NOTHING_TO_CLOSE = ("not_found", "already_closed")
"""What CSC may say to a closing that leaves things as we want them."""


class CscClient:
    """Every method raises Unavailable and ContractBroken; Refused where it says so."""

    def __init__(self, partner: PartnerClient) -> None:
        self._partner = partner

    def open_task(self, wish: OpenCallTask) -> str:
        """Make the call-back task; return CSC's id of it. Raises Refused."""
        path = f"/call-tasks/{wish.appointment_id}"
        return self._partner.post("/call-tasks", translate.task_record(wish), command=wish, answers=TaskAnswer, find=path).task_id

    def close_task(self, wish: CloseCallTask) -> None:
        """Nobody need call any more. A task that CSC never had, or has closed itself, need not be closed.

        Any other no breaks the contract: we have nobody to hand it to, and an operator must settle it with CSC.
        """
        path = f"/call-tasks/{wish.appointment_id}/close"
        try:
            self._partner.post(path, CloseRecord(reason=wish.reason), command=wish, answers=DoneAnswer)
        except Refused as no:
            if no.reason not in NOTHING_TO_CLOSE:
                raise ContractBroken("csc close", (("code", "closing a task may not be refused for this"),)) from no
