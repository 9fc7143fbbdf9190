from decimal import Decimal

import pytest

from contracts.complaint_steps.beside import DecideEscalation, DraftEscalation, DropEscalation, Escalate
from contracts.complaint_steps.handling import SubmitPlan
from contracts.complaint_words import State, Trigger
from services.complaints.cases.taking import BY_ITSELF, Refused
from services.complaints.support.authority import Authority
from tests.services.complaints.standing_cases import DEALER, HANDLER, MONDAY, a_case, a_world, an_id, leader, taken

NO_RULES = a_world(authority=Authority())


def drafted(trigger=Trigger.OVERDUE, case=None, world=None):
    form = DraftEscalation(escalation_id=an_id(trigger.value), trigger=trigger)
    return taken(case or a_case(), form, BY_ITSELF, world)


def raised(world=None, **more):
    told = {"trigger": Trigger.OVERDUE, "note": "客户要求退车", "fee": Decimal(800)}
    return taken(a_case(), Escalate(**{**told, **more}), HANDLER, world)


def test_a_draft_only_prompts():
    case = drafted()

    assert case.escalations[0].is_draft
    assert not case.escalations[0].waits
    assert case.state is State.EXECUTING


def test_one_draft_or_undecided_escalation_stands_for_a_trigger():
    for case in (drafted(), raised()):
        with pytest.raises(Refused, match="escalation_open"):
            taken(case, DraftEscalation(escalation_id=an_id("second"), trigger=Trigger.OVERDUE), BY_ITSELF)
        assert len(drafted(Trigger.PLAN_LATE, case).escalations) == 2
    with pytest.raises(Refused, match="escalation_open"):
        taken(raised(), Escalate(trigger=Trigger.OVERDUE, note="又一次"), HANDLER)


def test_a_draft_of_one_vrt_group_leaves_room_for_anothers():
    first = DraftEscalation(escalation_id=an_id("1"), trigger=Trigger.VRT_LATE, vrt_id=an_id("vrt 1"))
    other = DraftEscalation(escalation_id=an_id("2"), trigger=Trigger.VRT_LATE, vrt_id=an_id("vrt 2"))

    case = taken(taken(a_case(), first, BY_ITSELF), other, BY_ITSELF)

    assert len(case.escalations) == 2


def test_the_level_follows_from_the_fee():
    assert [raised(fee=Decimal(fee)).escalations[0].level for fee in ("100", "800", "6000")] == [2, 2, 4]
    assert raised().escalations[0].rule_id == "1.2"


def test_the_fee_is_that_of_the_plan_where_none_is_said():
    planned = taken(a_case(State.PLANNING), SubmitPlan(content="退车", fee=Decimal(90000)), DEALER)

    case = taken(planned, Escalate(trigger=Trigger.OVERDUE, note="退车"), HANDLER)

    assert (case.escalations[0].fee, case.escalations[0].level) == (Decimal(90000), 4)


def test_the_handler_may_go_higher_than_the_fee_asks_but_not_lower():
    assert raised(level=5).escalations[0].level == 5
    for level, fee in ((1, "0"), (2, "6000")):
        with pytest.raises(Refused, match="level_too_low"):
            raised(level=level, fee=Decimal(fee))


def test_without_a_table_the_handler_picks_the_level():
    with pytest.raises(Refused, match="level_wanted"):
        raised(NO_RULES)
    assert raised(NO_RULES, level=3).escalations[0].level == 3


def test_without_a_table_the_system_asks_the_first_leader():
    case = drafted(world=NO_RULES)

    after = taken(case, Escalate(escalation_id=an_id("overdue"), trigger=Trigger.OVERDUE, note="自动"), BY_ITSELF, NO_RULES)

    assert (after.escalations[0].level, after.escalations[0].raised_by) == (2, "system")


def test_raising_takes_up_the_draft_whether_it_is_named_or_not():
    for escalation_id in (an_id("overdue"), None):
        case = taken(drafted(), Escalate(escalation_id=escalation_id, trigger=Trigger.OVERDUE, note="升级"), HANDLER)

        assert [(one.escalation_id, one.waits, one.raised_at) for one in case.escalations] == [(an_id("overdue"), True, MONDAY)]


def test_only_a_draft_of_its_trigger_is_raised_or_dropped():
    with pytest.raises(Refused, match="no_draft"):
        taken(drafted(), Escalate(escalation_id=an_id("overdue"), trigger=Trigger.PLAN_LATE, note="升级"), HANDLER)
    with pytest.raises(Refused, match="no_such_escalation"):
        taken(drafted(), Escalate(escalation_id=an_id("unknown"), trigger=Trigger.OVERDUE, note="升级"), HANDLER)
    with pytest.raises(Refused, match="no_draft"):
        taken(raised(), DropEscalation(escalation_id=raised().escalations[0].escalation_id, reason="不用"), HANDLER)

    dropped = taken(drafted(), DropEscalation(escalation_id=an_id("overdue"), reason="客户已谅解"), HANDLER)

    assert (dropped.escalations[0].dropped_by, dropped.escalations[0].is_draft) == (HANDLER.name, False)


def test_a_leader_of_its_level_decides_it_once():
    case = raised()
    form = DecideEscalation(escalation_id=case.escalations[0].escalation_id, decision="support", note="同意")

    with pytest.raises(Refused, match="above_authority"):
        taken(case, form, leader(1))
    decided = taken(case, form, leader(2))

    assert (decided.escalations[0].decision, decided.escalations[0].decided_by) == ("support", "领导2")
    with pytest.raises(Refused, match="not_waiting"):
        taken(decided, form, leader(4))


def test_what_is_for_a_higher_level_waits_there():
    case = raised()
    form = DecideEscalation(escalation_id=case.escalations[0].escalation_id, decision="higher", note="请示")

    asked = taken(case, form, leader(2))

    first, second = asked.escalations
    assert (first.decision, first.waits) == ("higher", False)
    assert (second.level, second.waits, second.raised_by, second.trigger) == (4, True, "领导2", Trigger.OVERDUE)
    with pytest.raises(Refused, match="no_higher"):
        taken(asked, form.model_copy(update={"escalation_id": second.escalation_id}), leader(4))
