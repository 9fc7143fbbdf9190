"""One method per thing the DMS can do for us. Takes and returns our words, never the partner's; dialect `reference`."""

from adapters.dms import translate
from chassis.errors import ContractBroken, Refused
from chassis.partner import PartnerClient, segment
from contracts.dms import CancelAppointment, StoreAppointment, StoreSlip
from contracts.partners.dms import CancelRecord, SlipAnswer, StoreAnswer
from contracts.partners.wire import DoneAnswer

NOTHING_TO_CANCEL = ("not_found", "already_cancelled")
"""What the DMS may say to a cancellation that leaves things as we want them."""


class DmsClient:
    """Every method raises Unavailable and ContractBroken; Refused where it says so."""

    def __init__(self, partner: PartnerClient) -> None:
        self._partner = partner

    def store(self, wish: StoreAppointment) -> str:
        """Put the request on record; return the DMS's number of it. Raises Refused."""
        path = f"/appointments/{wish.appointment_id}"
        return self._partner.post("/appointments", translate.store_record(wish), command=wish, answers=StoreAnswer, find=path).dms_no

    def cancel(self, wish: CancelAppointment) -> None:
        """Mark the request and its slip as cancelled. One that the DMS never had need not be.

        Any other no breaks the contract: we have nobody to hand it to, and an operator must settle it with the dealer.
        """
        path = f"/appointments/{wish.appointment_id}/cancel"
        try:
            self._partner.post(path, CancelRecord(reason=wish.reason), command=wish, answers=DoneAnswer)
        except Refused as no:
            if no.reason not in NOTHING_TO_CANCEL:
                raise ContractBroken("dms cancel", (("code", "a cancellation may not be refused for this"),)) from no

    def store_slip(self, wish: StoreSlip) -> int:
        """Put the slip on record; return the version that is on record now, which may be a later one. Raises Refused."""
        path = f"/slips/{segment(wish.slip_id)}"
        answer = self._partner.put(path, translate.slip_record(wish), command=wish, answers=SlipAnswer)
        if answer.slip_id != wish.slip_id:
            raise ContractBroken("dms slip", (("slip_id", "answers another slip"),))
        if answer.version < wish.slip_version:
            raise ContractBroken("dms slip", (("version", "lower than the one that was sent"),))
        return answer.version
