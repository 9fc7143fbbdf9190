"""Steps in complaints in CSC's words and ours: pure functions, dialect `reference` (flows 4.4, A-GEN-03)."""

from pydantic import ValidationError

from chassis.errors import ContractBroken
from chassis.privacy import violations_of
from contracts.complaint_exchange import RecordComplaintStep, RecordComplaintWarning, RefuseComplaintStep, TakeComplaintStep
from contracts.complaint_steps import FORMS
from contracts.partners.complaints import AskedStep, StepRecord, StepRefusalRecord, WarningRecord

NOT_IN_THE_BODY = {"complaint_id", "version", "step", "form"}
"""They stand in the path; the form is told as such."""


def step_record(wish: RecordComplaintStep) -> StepRecord:
    """The form as it was taken. Raises ContractBroken where it is none of ours."""
    try:
        form = FORMS.validate_json(wish.form)
    except ValidationError as error:
        raise ContractBroken(f"form of {wish.step}", violations_of(error)) from None  # its text holds the values
    told = wish.model_dump(exclude=NOT_IN_THE_BODY, exclude_none=True)
    return StepRecord.model_validate({**told, "form": form})


def warning_record(wish: RecordComplaintWarning) -> WarningRecord:
    """A-CMP-36, 37"""
    return WarningRecord.model_validate(wish.model_dump(exclude={"complaint_id", "deadline_id"}))


def refusal_record(wish: RefuseComplaintStep) -> StepRefusalRecord:
    return StepRefusalRecord(step=wish.step, by=wish.by, reason=wish.reason, message=wish.message, state=wish.state, at=wish.at)


def step_asked(asked: AskedStep) -> TakeComplaintStep:
    """A-CMP-02..33, by CSC's own people."""
    return TakeComplaintStep(
        complaint_id=asked.complaint_id,
        partner="csc",
        step=asked.form.step,
        form=asked.form.model_dump_json(),
        by=asked.by,
        role=asked.role,
        level=asked.level or 0,
        dealer_code=asked.dealer_code,
        region_code=asked.region_code,
        at=asked.at,
    )
