"""What is told of a message: that a follower is to hear of what is due. Pure."""

from collections.abc import Sequence
from uuid import uuid5

from contracts.reminders import ReminderDue
from services.reminders.items import Item
from services.reminders.sending.message import Message
from services.reminders.sending.planning import Hours, World, due_items


def due(message: Message, told: Sequence[Item], world: World, hours: Hours) -> ReminderDue:
    """One per try, whatever repeats; the first of its items is the one that the link leads to."""
    car = world.cars.get(message.vehicle_id)
    items = due_items(told, world.campaigns)
    dealers = {one.item_id: one.dealer_code for one in told}
    return ReminderDue(
        message_id=message.message_id,
        version=message.version,
        period=message.period,
        account=message.account,
        follower_id=message.follower_id,
        vehicle_id=message.vehicle_id,
        model_name=car.model_name if car else "",
        dealer_code=dealers[items[0].item_id],
        urgency=message.urgency,
        items=items,
        not_after=hours.end,
        again_from=hours.begin_again,
    ).identified(uuid5(message.message_id, f"due:{message.version}"))
