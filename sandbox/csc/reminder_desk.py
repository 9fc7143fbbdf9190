"""What is done at the desk of the CSC about reminders: each on record together with the push that tells of it.

Every method raises Problem where it cannot be done, with words for the person at the desk.
"""

from datetime import datetime
from uuid import UUID

from contracts.partners.reminders import DecisionRecord, ReminderDecidedPush, ReminderSlip, ReminderSlipSavedPush
from contracts.partners.vehicles import CampaignPublishedPush, CampaignRecord, CampaignWithdrawnPush, DatesRow, DatesUpdatedPush
from contracts.partners.wire import Wire
from sandbox.csc.campaigns import Campaigns
from sandbox.csc.forms import CampaignNote, DatesNote, DecisionNote, ReminderCallNote, ReminderSlipNote
from sandbox.csc.reminders import ReminderTasks
from sandbox.csc.service_dates import CarDates
from sandbox.office import Office
from sandbox.partner import Telling

EVENTS = "/partners/csc/v1/events"


class ReminderDesk:
    def __init__(self, office: Office, dates: CarDates, campaigns: Campaigns, tasks: ReminderTasks) -> None:
        self._dates = dates
        self._campaigns = campaigns
        self._tasks = tasks
        self._telling = Telling(office, EVENTS)

    def save_dates(self, vin: str, note: DatesNote) -> tuple[DatesRow, str]:
        """The adviser enters the dates at a visit (A-REM-11, 12) → `service_dates.updated`"""
        row, pushes = self._telling.do(lambda tx: self._dates.save(tx, vin, note), _dates_updated)
        return row, pushes[0]

    def publish(self, note: CampaignNote) -> tuple[CampaignRecord, str]:
        """A-REM-13..15 → `campaign.published`"""
        record, pushes = self._telling.do(lambda tx: self._campaigns.publish(tx, note), _published)
        return record, pushes[0]

    def withdraw(self, campaign_no: str) -> tuple[CampaignRecord, str]:
        """→ `campaign.withdrawn`"""
        record, pushes = self._telling.do(lambda tx: self._campaigns.withdraw(tx, campaign_no), _withdrawn)
        return record, pushes[0]

    def log_call(self, item_id: UUID, note: ReminderCallNote) -> tuple[ReminderSlip, str]:
        """A tracking call (A-REM-29) → `reminder.slip.saved`, not saved yet"""
        slip, pushes = self._telling.do(lambda tx: self._tasks.log_call(tx, item_id, note), _slip_saved)
        return slip, pushes[0]

    def save_slip(self, item_id: UUID, note: ReminderSlipNote) -> tuple[ReminderSlip, str]:
        """The slip is filled in and saved (A-REM-30, 31) → `reminder.slip.saved`"""
        slip, pushes = self._telling.do(lambda tx: self._tasks.save_slip(tx, item_id, note), _slip_saved)
        return slip, pushes[0]

    def decide(self, note: DecisionNote) -> tuple[list[DecisionRecord], list[str]]:
        """The manager decides about one or many (A-REM-40..44) → a `reminder.item.decided` for each"""
        return self._telling.do(lambda tx: self._tasks.decide(tx, note), _decided)


def _dates_updated(row: DatesRow, at: datetime) -> tuple[Wire, ...]:
    return (DatesUpdatedPush(type="service_dates.updated", timestamp=at, data=row),)


def _published(record: CampaignRecord, at: datetime) -> tuple[Wire, ...]:
    return (CampaignPublishedPush(type="campaign.published", timestamp=at, data=record),)


def _withdrawn(record: CampaignRecord, at: datetime) -> tuple[Wire, ...]:
    return (CampaignWithdrawnPush(type="campaign.withdrawn", timestamp=at, data=record),)


def _slip_saved(slip: ReminderSlip, at: datetime) -> tuple[Wire, ...]:
    return (ReminderSlipSavedPush(type="reminder.slip.saved", timestamp=at, data=slip),)


def _decided(records: list[DecisionRecord], at: datetime) -> tuple[Wire, ...]:
    return tuple(ReminderDecidedPush(type="reminder.item.decided", timestamp=at, data=record) for record in records)
