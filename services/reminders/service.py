"""Reminds owners of what is due for their cars, and follows each item to the visit (flows 2, A-REM-01..44).

Each part brings its own entrypoints; what they share stands here.
"""

from chassis.clock import Clock
from chassis.configured import Configured
from chassis.listener import Mount
from services.reminders.api.app import create_reminders_api
from services.reminders.exchange import HandlesExchange
from services.reminders.facts.handling import HandlesFacts
from services.reminders.figures.handling import HandlesFigures
from services.reminders.following.handling import HandlesFollowing
from services.reminders.items import ItemStore
from services.reminders.month.handling import HandlesMonth
from services.reminders.sending.handling import HandlesSending
from services.reminders.watching import HandlesWatching


class RemindersService(HandlesFacts, HandlesMonth, HandlesSending, HandlesFollowing, HandlesFigures, HandlesExchange, HandlesWatching):
    """The owner of reminder items, whoever worked them out."""

    name = "reminders"

    terms = Configured("reminders")
    items = ItemStore()
    now = Clock()
    api = Mount("internal", "/reminders/v1", create_reminders_api)
