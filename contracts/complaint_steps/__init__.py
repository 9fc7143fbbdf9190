"""What each step of a complaint is told with: one form for each, the same at our desk, from CSC and from the system itself (flows 4.2).

Who may take which, and from where to where it leads, stands in `services/complaints/cases/steps.py`. `said` is what the customer reads.
"""

from typing import Annotated

from pydantic import Field, TypeAdapter

from contracts.complaint_steps.beside import (
    Attach,
    Breach,
    ConcludeVrt,
    DecideEscalation,
    DeclareCrisis,
    Dispute,
    DraftEscalation,
    DropDeadline,
    DropEscalation,
    EndCrisis,
    Escalate,
    MeetDeadline,
    Note,
    Pause,
    Resume,
    SetDeadline,
    SettleDispute,
    SetVrtMembers,
    StartVrt,
)
from contracts.complaint_steps.closing import (
    AnswerSurveyStep,
    ApproveClosure,
    CallBack,
    FollowedUp,
    ProposeClosure,
    RefuseClosure,
    Reopen,
    RequestSurvey,
)
from contracts.complaint_steps.handling import (
    Accept,
    Assign,
    AuthorisePlan,
    CarryOut,
    FileCase,
    Reclassify,
    Return,
    SendBackPlan,
    StartPlanning,
    SubmitPlan,
)
from contracts.complaint_steps.intake import (
    Add,
    Contact,
    JudgeInvalid,
    Link,
    RaiseToComplaint,
    Receive,
    ReplyInvalid,
    SolveDirectly,
    TakeOver,
    Unlink,
    Unmatch,
    Withdraw,
)

AnyForm = Annotated[
    Receive
    | Add
    | Withdraw
    | Contact
    | JudgeInvalid
    | ReplyInvalid
    | SolveDirectly
    | RaiseToComplaint
    | Link
    | Unlink
    | Unmatch
    | TakeOver
    | FileCase
    | Reclassify
    | Assign
    | Accept
    | Return
    | StartPlanning
    | SubmitPlan
    | AuthorisePlan
    | SendBackPlan
    | CarryOut
    | ProposeClosure
    | ApproveClosure
    | RefuseClosure
    | FollowedUp
    | Reopen
    | RequestSurvey
    | CallBack
    | AnswerSurveyStep
    | SetDeadline
    | Pause
    | Resume
    | MeetDeadline
    | DropDeadline
    | Breach
    | StartVrt
    | SetVrtMembers
    | ConcludeVrt
    | DraftEscalation
    | Escalate
    | DropEscalation
    | DecideEscalation
    | Dispute
    | SettleDispute
    | DeclareCrisis
    | EndCrisis
    | Note
    | Attach,
    Field(discriminator="step"),
]
FORMS: TypeAdapter[AnyForm] = TypeAdapter(AnyForm)
