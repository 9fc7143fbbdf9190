"""A dealer's steps in complaints in the DMS's words and ours: pure functions, dialect `reference` (flows 4.4)."""

from contracts.complaint_exchange import RefuseDealersStep, TakeComplaintStep
from contracts.complaint_words import Role
from contracts.partners.complaints import AskedDealersStep, DealersRefusalRecord


def step_asked(asked: AskedDealersStep) -> TakeComplaintStep:
    """A-CMP-04, 05, 16, 27..30: a dealer passes a complaint on, and handles those that are assigned to it."""
    return TakeComplaintStep(
        complaint_id=asked.complaint_id,
        partner="dms",
        step=asked.form.step,
        form=asked.form.model_dump_json(),
        by=asked.by,
        role=Role.DEALER,
        dealer_code=asked.dealer_code,
        at=asked.at,
    )


def refusal_record(wish: RefuseDealersStep) -> DealersRefusalRecord:
    return DealersRefusalRecord(
        step=wish.step,
        by=wish.by,
        dealer_code=wish.dealer_code,
        reason=wish.reason,
        message=wish.message,
        state=wish.state,
        at=wish.at,
    )
