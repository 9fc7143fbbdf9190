"""What a manager may decide about an item, and the reason that goes with it."""

from contracts.reminders import Decision
from services.console.masking import without_personal
from services.console.problems import Problem
from services.console.reminder_words import DECISIONS
from services.console.views.parked_one import NO_PERSONAL

MOST_REASON = 64


def decision_of(text: str) -> Decision:
    if text not in DECISIONS:
        raise Problem("decision", "请选择一个决定。", "Choose a decision.")
    return text


def reason_of(text: str, decision: Decision) -> str:
    """Wanted for all but carrying over; goes to CSC and into the audit. Raises Problem."""
    reason = text.strip()
    if not reason and decision != "carry":
        raise Problem("reason", "请写明原因。", "Say why.", 422)
    if len(reason) > MOST_REASON:
        raise Problem("reason", f"原因最多 {MOST_REASON} 个字。", f"A reason has at most {MOST_REASON} characters.", 422)
    if without_personal(reason) != reason:
        raise Problem("reason", *NO_PERSONAL, 422)
    return reason
