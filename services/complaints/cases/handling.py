"""The entrypoints of this part."""

from chassis.clock import Clock
from chassis.database import Transaction
from chassis.entrypoints import handles
from chassis.settings import Complaints
from chassis.timers import every
from contracts.complaint_exchange import TakeComplaintStep
from contracts.complaints import AddToComplaint, AnswerSurvey, ReopenComplaint, SubmitComplaint, WithdrawComplaint
from contracts.customers import CustomerRegistered, CustomerUnregistered
from contracts.dms import DealerListed
from services.complaints.cases import commands, dealers, following, looking, owners


class HandlesCases:
    """Mixed into the service (services/complaints/service.py)."""

    terms: Complaints
    now: Clock

    @handles(SubmitComplaint)
    def on_submit(self, message: SubmitComplaint, tx: Transaction) -> None:
        """A-CMP-35"""
        following.submit(tx, message, self.now(), self.terms)

    @handles(AddToComplaint)
    def on_add(self, message: AddToComplaint, tx: Transaction) -> None:
        following.add(tx, message, self.now(), self.terms)

    @handles(WithdrawComplaint)
    def on_withdraw(self, message: WithdrawComplaint, tx: Transaction) -> None:
        """A-CMP-27"""
        following.withdraw(tx, message, self.now(), self.terms)

    @handles(ReopenComplaint)
    def on_reopen(self, message: ReopenComplaint, tx: Transaction) -> None:
        following.reopen(tx, message, self.now(), self.terms)

    @handles(AnswerSurvey)
    def on_survey_answered(self, message: AnswerSurvey, tx: Transaction) -> None:
        """A-CMP-31"""
        following.answer_survey(tx, message, self.now(), self.terms)

    @handles(TakeComplaintStep)
    def on_partner_step(self, message: TakeComplaintStep, tx: Transaction) -> None:
        """A-GEN-03"""
        commands.take_partner_step(tx, message, self.now(), self.terms)

    @handles(CustomerRegistered)
    @handles(CustomerUnregistered)
    def on_binding(self, message: CustomerRegistered | CustomerUnregistered, tx: Transaction) -> None:
        owners.learn(tx, message)

    @every(3600)
    def forget_who_looked(self, tx: Transaction) -> None:
        looking.forget(tx, self.now())

    @handles(DealerListed)
    def on_dealer(self, message: DealerListed, tx: Transaction) -> None:
        dealers.learn(tx, message)
