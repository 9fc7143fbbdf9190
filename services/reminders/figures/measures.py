"""What one item counts for in the statistics (flows 2.2 and 6, A-REM-32..37). No I/O."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from contracts.reminders import SERVICE_TYPES, ContactState, Outcome, WechatState

if TYPE_CHECKING:
    from services.reminders.items import Item

REACHED = frozenset({ContactState.REACHED, ContactState.SLIP_SAVED})
DELIVERED = frozenset({WechatState.DELIVERED, WechatState.CLICKED})
RETURNED_CARS = "returned_cars"


def came_back(item: "Item") -> bool:
    return item.visit_id is not None and item.outcome is not Outcome.VOID


def measures(item: "Item") -> Mapping[str, int]:
    """0 or 1 by name of the measure, without those that are 0 in any case. A void item counts as void and as nothing else.

    What came back is what has a qualifying visit, also where it was decided before that it goes on (S-15); 未回厂 follows the outcome.
    WeChat's measures are those of T_wechat: of owners that were registered when the item was made (S-33). The three lists, and what they
    count, are of the five service types (S-13). Cars that came back are not among them: they are no sum over items.
    """
    if item.outcome is Outcome.VOID:
        return {"voided": 1}
    service = item.type in SERVICE_TYPES
    reached = item.contact_state in REACHED
    delivered = item.registered and item.wechat_state in DELIVERED
    returned = came_back(item)
    counted = {
        "due_new": item.carry_count == 0,
        "due_carried": item.carry_count > 0,
        "reminded": reached or delivered,
        "delivered": delivered,
        "clicked": item.registered and item.wechat_state is WechatState.CLICKED,
        "failed": item.registered and item.wechat_state is WechatState.FAILED,
        "tracked": item.tracked,
        "reached_either": item.tracked or delivered,
        "booked": item.appointment_id is not None,
        "returned": returned,
        "returned_elsewhere": returned and item.visit_dealer != item.dealer_code,
        "not_reminded": service and not reached and not delivered,
        "not_tracked": service and item.registered and not reached,
        "not_returned": service and item.outcome is not Outcome.RETURNED,
        "carried_on": item.outcome is Outcome.CARRIED,
        "dropped": item.outcome is Outcome.DROPPED,
        "voided": False,
    }
    return {name: int(value) for name, value in counted.items()}
