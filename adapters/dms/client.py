"""One method per thing the DMS can do for us. Takes and returns our words, never the partner's; dialect `reference`."""

from urllib.parse import urlencode

from adapters.dms import complaints, reminders, translate
from adapters.dms.cars import VehicleId, cars_listed, path_of
from chassis.deadline import within
from chassis.errors import ContractBroken, Refused
from chassis.partner import PartnerClient, harmless, segment, unless
from contracts.complaint_exchange import RefuseDealersStep
from contracts.dms import (
    CancelAppointment,
    DealerListed,
    FetchDealers,
    FindOwner,
    MoveAppointment,
    Owner,
    StoreAppointment,
    StoreOutcome,
    StoreRegistration,
    StoreSlip,
)
from contracts.partners.dms import CancelRecord, DealerRecord, DealersAnswer, OwnersAnswer, SlipAnswer, StoreAnswer
from contracts.partners.vehicles import CarsPage
from contracts.partners.wire import DoneAnswer
from contracts.reminder_exchange import StoreReminderRun, StoreReminders
from contracts.vehicles import CarsListed, FetchCars

NOTHING_TO_CANCEL = ("not_found", "already_cancelled")
NOTHING_TO_MOVE = ("not_found", "cancelled", "rejected")
"""The DMS has closed it itself, and tells us so by itself."""
MOST_PAGES = 200
"""The time of one question ends it sooner; this is for a list that goes round in circles."""


class DmsClient:
    """Every method raises Unavailable and ContractBroken; Refused where it says so."""

    def __init__(self, partner: PartnerClient) -> None:
        self._partner = partner

    def store(self, wish: StoreAppointment) -> str:
        """Put the request on record; return the DMS's number of it. Raises Refused."""
        path = f"/appointments/{wish.appointment_id}"
        return self._partner.post("/appointments", translate.store_record(wish), command=wish, answers=StoreAnswer, find=path).dms_no

    def move(self, wish: MoveAppointment) -> None:
        """Another day for a request that is on record; the highest `request_no` counts there too. Raises Refused."""
        path = f"/appointments/{wish.appointment_id}/day"
        with unless(*NOTHING_TO_MOVE):
            self._partner.put(path, translate.move_record(wish), command=wish, answers=DoneAnswer)

    def cancel(self, wish: CancelAppointment) -> None:
        """Mark the request and its slip as cancelled. One that the DMS never had need not be."""
        path = f"/appointments/{wish.appointment_id}/cancel"
        with harmless(*NOTHING_TO_CANCEL, where="dms cancel"):
            self._partner.post(path, CancelRecord(reason=wish.reason), command=wish, answers=DoneAnswer)

    def store_outcome(self, wish: StoreOutcome) -> None:
        """What became of it (A-APT-28). The DMS need not keep that of an appointment it does not have."""
        path = f"/appointments/{wish.appointment_id}/outcome"
        with harmless("not_found", where="dms outcome"):
            self._partner.put(path, translate.outcome_record(wish), command=wish, answers=DoneAnswer)

    def store_slip(self, wish: StoreSlip) -> int:
        """Put the slip on record; return the version that is on record now, which may be a later one. Raises Refused."""
        path = f"/slips/{segment(wish.slip_id)}"
        answer = self._partner.put(path, translate.slip_record(wish), command=wish, answers=SlipAnswer)
        if answer.slip_id != wish.slip_id:
            raise ContractBroken("dms slip", (("slip_id", "answers another slip"),))
        if answer.version < wish.slip_version:
            raise ContractBroken("dms slip", (("version", "lower than the one that was sent"),))
        return answer.version

    def find_owners(self, wish: FindOwner) -> tuple[Owner, ...]:
        """The cars of who has all three; none where the DMS says no: a wrong person is to learn nothing from it (A-REM-05)."""
        try:
            answer = self._partner.post("/owners/find", translate.owner_query(wish), command=wish, answers=OwnersAnswer)
        except Refused:
            return ()
        vins = [owner.vin for owner in answer.owners]
        if not all(vin.endswith(wish.vin) for vin in vins):
            raise ContractBroken("dms owners", (("owners.vin", "does not end as the one that was asked for"),))
        if len(set(vins)) < len(vins):
            raise ContractBroken("dms owners", (("owners.vin", "one car has one current owner"),))
        return tuple(translate.owner_of(owner) for owner in answer.owners)

    def store_registration(self, wish: StoreRegistration) -> None:
        """The fact that the owner is registered, or is not any more (A-REM-10). A car that has changed hands meanwhile, the DMS tells."""
        path = f"/registrations/{wish.binding_id}"
        with harmless("not_owner", where="dms registration"):
            self._partner.put(path, translate.registration_record(wish), command=wish, answers=DoneAnswer)

    def dealers(self, wish: FetchDealers) -> tuple[DealerListed, ...]:
        """All of them, page by page, within the time of one question."""
        found: list[DealerRecord] = []
        cursors: list[str] = []
        path = "/dealers"
        with within(self._partner.seconds, "dms dealers"), harmless(where="dms dealers"):
            while len(cursors) < MOST_PAGES:
                page = self._partner.get(path, command=wish, answers=DealersAnswer)
                found.extend(page.dealers)
                if page.next_cursor is None:
                    return tuple(translate.dealer_listed(dealer) for dealer in found)
                if page.next_cursor in cursors:
                    raise ContractBroken("dms dealers", (("next_cursor", "leads back to a page that was there"),))
                cursors.append(page.next_cursor)
                path = f"/dealers?{urlencode({'cursor': page.next_cursor})}"
        raise ContractBroken("dms dealers", (("next_cursor", f"more than {MOST_PAGES} pages"),))

    def cars(self, wish: FetchCars, vehicle_id: VehicleId) -> CarsListed:
        """One page of them (A-CLD-03)."""
        with harmless(where="dms cars"):
            page = self._partner.get(path_of("/cars", wish), command=wish, answers=CarsPage)
        if page.next_cursor == wish.cursor:
            raise ContractBroken("dms cars", (("next_cursor", "leads back to the same page"),))
        return cars_listed(wish, page, vehicle_id)

    def store_reminder_run(self, wish: StoreReminderRun) -> None:
        """The month as we made it (A-REM-18)."""
        with harmless(where="dms reminder run"):
            self._partner.put(f"/reminder-runs/{wish.period}", reminders.run_record(wish), command=wish, answers=DoneAnswer)

    def store_reminders(self, wish: StoreReminders) -> None:
        """How items stand (flows 2.4)."""
        with harmless(where="dms reminder standings"):
            self._partner.post("/reminders/standings", reminders.standings_page(wish), command=wish, answers=DoneAnswer)

    def refuse_dealers_step(self, wish: RefuseDealersStep) -> None:
        """A step that a dealer asked for was not taken. What the DMS does not know of need not hear it."""
        path = f"/complaints/{wish.complaint_id}/refusals"
        with harmless("not_found", where="dms complaint refusal"):
            self._partner.post(path, complaints.refusal_record(wish), command=wish, answers=DoneAnswer)
