"""The entrypoints of this part."""

from collections.abc import Sequence
from datetime import timedelta

from chassis.clock import Clock
from chassis.database import Transaction
from chassis.entrypoints import handles
from chassis.settings import Reminders
from chassis.timers import every
from contracts.customers import CustomerRegistered, CustomerUnregistered
from contracts.dms import DealerListed, OwnershipChanged
from contracts.vehicles import (
    CampaignPublished,
    CampaignsListed,
    CampaignWithdrawn,
    CarFacts,
    CarsListed,
    SaleRecorded,
    ServiceDates,
    ServiceDatesListed,
    ServiceDatesUpdated,
)
from services.reminders.facts import learning
from services.reminders.facts.bindings import is_registered, keep_binding
from services.reminders.facts.campaigns import keep_campaigns
from services.reminders.facts.dealers import DealerStore
from services.reminders.facts.intake import Intake
from services.reminders.facts.loads import LoadStore, due_loads
from services.reminders.sending.registering import registered

BY_ITSELF = "system"


class HandlesFacts:
    """Mixed into the service (services/reminders/service.py)."""

    terms: Reminders
    now: Clock

    dealers = DealerStore()
    loads = LoadStore()

    @handles(SaleRecorded)
    def on_sale(self, message: SaleRecorded, tx: Transaction) -> None:
        """A-REM-04"""
        self._intake(tx).take_cars([message.car])

    @handles(ServiceDatesUpdated)
    def on_dates(self, message: ServiceDatesUpdated, tx: Transaction) -> None:
        """A-REM-11, 17"""
        self._intake(tx).take_dates([message.dates])

    @handles(OwnershipChanged)
    def on_ownership_changed(self, message: OwnershipChanged, tx: Transaction) -> None:
        """Flows 1.2"""
        self._intake(tx).learn(message.vehicle_id, message.vin, lambda car: learning.owned(car, message))

    @handles(CustomerRegistered)
    @handles(CustomerUnregistered)
    def on_binding(self, message: CustomerRegistered | CustomerUnregistered, tx: Transaction) -> None:
        """The car is held first: of two bindings of one car the second sees the first. S-33"""
        car = self._intake(tx).learn(message.vehicle_id, message.vin, lambda car: car.but(registered=self._registered(tx, message)))
        if car.registered:
            registered(tx, message.vehicle_id, self.now(), self.terms)

    @handles(DealerListed)
    def on_dealer(self, message: DealerListed, tx: Transaction) -> None:
        self.dealers.learn(tx, message)

    @handles(CampaignPublished)
    @handles(CampaignWithdrawn)
    def on_campaign(self, message: CampaignPublished | CampaignWithdrawn, tx: Transaction) -> None:
        """A-REM-13..15"""
        keep_campaigns(tx, [(message.campaign, isinstance(message, CampaignWithdrawn))], self.now())

    @handles(CarsListed)
    def on_cars(self, message: CarsListed, tx: Transaction) -> None:
        """A-CLD-03"""
        intake = self._intake(tx)
        intake.list_unusable("cars", message.unusable)
        intake.take_cars(message.cars)
        self._took(tx, message, message.cars)

    @handles(ServiceDatesListed)
    def on_dates_listed(self, message: ServiceDatesListed, tx: Transaction) -> None:
        """A-CLD-04"""
        intake = self._intake(tx)
        intake.list_unusable("dates", message.unusable)
        intake.take_dates(message.dates)
        self._took(tx, message, message.dates)

    @handles(CampaignsListed)
    def on_campaigns_listed(self, message: CampaignsListed, tx: Transaction) -> None:
        withdrawn = set(message.withdrawn)
        keep_campaigns(tx, [(one, one.campaign_id in withdrawn) for one in message.campaigns], self.now())
        self.loads.took(tx, message, rows=len(message.campaigns), dirty=len(message.unusable), now=self.now())

    @every(60)
    def load_by_itself(self, tx: Transaction) -> None:
        """A-CLD-06"""
        now = self.now()
        for source in due_loads(self.loads, tx, timedelta(hours=self.terms.load_every_hours), now):
            self.loads.begin(tx, source, full=False, ordered_by=BY_ITSELF, now=now)

    def _took(self, tx: Transaction, page: CarsListed | ServiceDatesListed, usable: Sequence[CarFacts | ServiceDates]) -> None:
        faulty = sum(1 for one in usable if one.dirty) + len(page.unusable)
        self.loads.took(tx, page, rows=len(usable) + len(page.unusable), dirty=faulty, now=self.now())

    def _registered(self, tx: Transaction, message: CustomerRegistered | CustomerUnregistered) -> bool:
        keep_binding(tx, message)
        return is_registered(tx, message)

    def _intake(self, tx: Transaction) -> Intake:
        return Intake(tx, self.terms, self.now())
