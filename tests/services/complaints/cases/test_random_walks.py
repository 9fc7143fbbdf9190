"""A thousand walks by all roles at once, through the rows: whatever is tried, what must hold holds (A-GEN-02)."""

import random
from collections import Counter, defaultdict
from uuid import UUID, uuid4

import pytest
from sqlalchemy import or_, select

from chassis.database import millis
from contracts.complaint_exchange import RecordComplaintStep
from contracts.complaint_steps import FORMS
from contracts.complaint_words import Kind, State
from contracts.complaints import ComplaintNews
from services.complaints.cases import store
from services.complaints.cases.allowed import allowed
from services.complaints.cases.intake import complainant_of, receive
from services.complaints.cases.participants import taking_part
from services.complaints.cases.stepping import step
from services.complaints.cases.store import CASES
from services.complaints.cases.taking import Asked, Refused
from services.complaints.cases.visibility import conditions, sees
from services.complaints.cases.world import world_of
from services.complaints.clocks.deadlines import next_due
from services.complaints.tables import cases, participants, steps
from tests.services.complaints.cases.case_walks import STAFF, any_form, anyone
from tests.services.complaints.cases.case_worlds import AGENT, DEALER, binding, received

WALKS, AT_ONCE, ROUNDS = 1000, 250, 24
THE_WAY = {"file", "assign", "accept", "submit_plan", "authorise_plan", "carry_out", "propose_closure", "approve_closure", "reopen"}


class Walks:
    """Many cases, each of which takes a step in each round; those of a round share a transaction."""

    def __init__(self, desk, seed, how_many):
        self.desk, self.dice = desk, random.Random(seed)
        self.taken, self.versions = Counter(), {}
        for number in range(0, how_many // 2, 5):
            desk.house.only_deliver(binding(mobile=f"138{number:08d}", follower_id=UUID(int=1000 + number)))
        with desk.house.write() as tx:
            world = world_of(tx, desk.now, desk.service.terms)
            for number in range(how_many):
                kind = Kind.GRIEVANCE if number % 3 == 0 else Kind.COMPLAINT
                form = received(kind=kind, mobile=f"138{number // 2:08d}", dealer_code="D002" if number % 2 else "")
                case_id = UUID(int=self.dice.getrandbits(128), version=4)
                by = DEALER if number % 4 == 0 else AGENT
                self.versions[case_id] = receive(tx, case_id, Asked(form, by, "desk", uuid4()), complainant_of(form), world).version

    def round(self):
        """One step in each case, by somebody; then sometimes the same step again."""
        ids = list(self.versions)
        self.desk.wait(minutes=self.dice.choice([1, 30, 600, 3000]))
        with self.desk.house.write() as tx:
            tx.unit.subjects = frozenset(ids)
            world = world_of(tx, self.desk.now, self.desk.service.terms)
            for case_id in ids:
                self._one(tx, case_id, world, ids)

    def _one(self, tx, case_id, world, ids):
        case = store.find(tx, case_id)
        form = any_form(self.dice, case, world.now, ids)
        by = anyone(self.dice, form, case)
        if by in STAFF and not sees(by, case):
            return  # as on every route
        asked = Asked(form, by, "desk", UUID(int=self.dice.getrandbits(128), version=4))
        try:
            after = step(tx, case, asked, world)
        except Refused:
            return
        assert form.step in allowed(case, by), (form.step, by, case.state)
        assert after.version > case.version
        self.taken[form.step] += 1
        self.taken[after.state] += 1
        if self.dice.random() < 0.1:
            assert step(tx, store.find(tx, case_id), asked, world) == store.find(tx, case_id)


def kept(desk):
    """All cases as their rows have them."""
    with desk.house.write() as tx:
        ids = frozenset(tx.execute(select(cases.c.complaint_id)).scalars())
        tx.unit.subjects = ids
        return {one: CASES.find(tx, one).case for one in ids}


def check_log(desk, known):
    """Versions without a gap, each a step that is on contract, told once to all and once to CSC; the last one is where the case stands."""
    log = defaultdict(list)
    with desk.house.database.read() as connection:
        for row in connection.execute(select(steps).order_by(steps.c.complaint_id, steps.c.version)):
            log[row.complaint_id].append((row.version, row.state, FORMS.validate_json(row.form).step == row.step))
    told, recorded = Counter(), Counter()
    for message in desk.house.told():
        match message:
            case ComplaintNews():
                told[message.complaint_id, message.version] += 1
            case RecordComplaintStep():
                recorded[message.complaint_id, message.version] += 1
    for case_id, case in known.items():
        assert [version for version, _, _ in log[case_id]] == list(range(1, case.version + 1))
        assert log[case_id][-1][1] == case.state.value
        assert all(on_contract for _, _, on_contract in log[case_id])
    once = Counter({(case_id, version): 1 for case_id, case in known.items() for version in range(1, case.version + 1)})
    assert told == recorded == once


def check_columns(desk, known):
    """What queues and scopes go by is as the case says; in SQL everybody sees what the twin says."""
    with desk.house.database.read() as connection:
        for row in connection.execute(select(cases.c.complaint_id, cases.c.is_open, cases.c.escalated, cases.c.next_due_at)):
            case = known[row.complaint_id]
            due_at = next_due(case.deadlines)
            assert (row.is_open, row.next_due_at) == (case.is_open, millis(due_at) if due_at else None)
            assert row.escalated is any(one.decided_at is None and one.dropped_at is None for one in case.escalations)
        for by in STAFF:
            seen = set(connection.execute(select(cases.c.complaint_id).where(or_(*conditions(by)))).scalars())
            assert seen == {case_id for case_id, case in known.items() if sees(by, case)}, by
        taking = defaultdict(set)
        for row in connection.execute(select(participants).where(participants.c.part != "mentioned")):
            taking[row.complaint_id].add((row.name, row.part))
    assert taking == {case_id: taking_part(case) for case_id, case in known.items() if taking_part(case)}


def check_cases(known):
    assert len({case.number for case in known.values()}) == len(known)
    for case in known.values():
        assert (case.closed_at is not None) is not case.is_open
        if not case.is_open:
            assert not any(one.is_open for one in case.deadlines)
        assert (case.reopen_until is None) is case.is_open
        assert case.complainant.follower_id or not case.complainant.matched
        for other in case.linked:
            assert case.complaint_id in known[other].linked
        if case.state in (State.ASSIGNED, State.ACCEPTED, State.PLANNING, State.PLAN_SUBMITTED, State.EXECUTING):
            assert case.assigned_at
            assert case.dealer_code


@pytest.mark.parametrize("seed", range(WALKS // AT_ONCE))
def test_what_must_hold_holds_after_many_walks_by_all_roles(desk, seed):
    walks = Walks(desk, seed, AT_ONCE)

    for _ in range(ROUNDS):
        walks.round()

    known = kept(desk)
    check_log(desk, known)
    check_columns(desk, known)
    check_cases(known)
    assert set(State) - set(walks.taken) == set()
    assert set(walks.taken) >= THE_WAY
