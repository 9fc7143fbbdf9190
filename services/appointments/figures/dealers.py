"""The dealers' names and regions, for who reads the statistics."""

from chassis import upserts
from chassis.database import Transaction
from contracts.dms import DealerListed
from services.appointments.tables import dealers


def learn(tx: Transaction, news: DealerListed) -> None:
    """The higher version wins."""
    row = {"dealer_code": news.dealer_code, "version": news.dealer_version, "name": news.name, "region_code": news.region_code}
    upserts.keep_highest(tx, dealers, [row], "version", "name", "region_code")
