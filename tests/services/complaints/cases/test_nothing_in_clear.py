"""Whatever people write into a case is sealed wherever it is kept, and in no log: a word of its own in every field of every form."""

import base64
from datetime import timedelta
from typing import Any, get_args
from uuid import UUID, uuid4

from sqlalchemy import JSON, String, Text

from chassis.privacy import Sealed
from contracts import complaint_steps as forms
from contracts.complaint_words import CaseType, Channel, CloseReason, DeadlineKind, DisputeKind, Grade, Kind, Trigger, VrtKind, VrtResult
from contracts.complaints import AddToComplaint, SubmitComplaint
from services.complaints.cases.intake import complainant_of, receive
from services.complaints.cases.taking import BY_ITSELF, Asked
from services.complaints.cases.world import world_of
from services.complaints.files import store
from services.complaints.files.cleaning import Clean
from services.complaints.tables import metadata
from tests.services.complaints.cases.case_walks import LEGAL
from tests.services.complaints.cases.case_worlds import AGENT, DEALER, HANDLER, LEADER, binding

FORMS = get_args(get_args(forms.AnyForm)[0])
WRITTEN_BY_NOBODY = {
    "cases": {"number", "kind", "channel", "state", "customer_id", "account", "model_name", "source_dealer", "wanted_type", "type", "grade"}
    | {"region_code", "dealer_code", "handler", "plan_basis", "close_reason", "mobile_lookup", "vin_lookup", "plate_lookup"}
    | {"subtypes", "closings", "reopenings", "additions", "linked"},
    "steps": {"step", "by", "role", "via", "state"},
    "deadlines": {"kind", "basis", "calendar_id", "set_by", "pauses", "warned"},
    "vrts": {"kind", "lead", "members", "result", "concluded_by"},
    "plans": {"dealer_code", "submitted_by", "decided_by"},
    "escalations": {"trigger", "rule_id", "raised_by", "decision", "decided_by", "dropped_by"},
    "closures": {"reason", "files", "proposed_by", "came_from", "decided_by"},
    "disputes": {"kind", "people", "opened_by", "came_from"},
    "surveys": {"answered_by"},
    "participants": {"name", "part"},
    "files": {"kind", "state", "reason", "media_type", "digest", "by", "role"},
    "file_parts": set(),
    "owners": {"account", "customer_id", "model", "dealer_code", "mobile_lookup", "vin_lookup"},
    "dealers": {"dealer_code", "name", "region_code", "region_name"},
    "authority_tables": {"rules", "set_by"},
    "calendar_days": {"calendar_id", "periods", "reason", "set_by"},
    "calendar_changes": {"calendar_id", "reason", "made_by", "rule"},
    "looking": {"name"},
    "sums": {"period", "region_code", "dealer_code", "type", "grade"},
    "corrections": {"period", "region_code", "dealer_code", "type", "grade"},
    "freezes": {"period"},
}
"""Columns in clear: codes, enumerations, ids, keyed hashes, names of staff; and of a calendar, why a day is otherwise."""


def test_every_column_that_could_hold_words_is_sealed_or_holds_none_of_anybody():
    clear = {
        table.name: {one.name for one in table.columns if isinstance(one.type, (String, Text, JSON)) and not isinstance(one.type, Sealed)}
        for table in metadata.sorted_tables
    }

    assert {
        name: columns - WRITTEN_BY_NOBODY.get(name, set())
        for name, columns in clear.items()
        if columns - WRITTEN_BY_NOBODY.get(name, set())
    } == {}


def personal(form: type[Any]) -> set[str]:
    """Its fields that are about a person."""
    return {name for name, field in form.model_fields.items() if "Personal(" in f"{field.metadata} {field.annotation}"}


class Story:
    """A case into which people write a word of its own wherever they can."""

    def __init__(self, desk):
        self.desk, self.words, self.written = desk, set(), set()

    def word(self):
        word = f"qz{len(self.words):03d}{uuid4().hex[:8]}"
        self.words.add(word)
        return word

    def form(self, kind, /, **known):
        fields = {name: self.word() for name in personal(kind) if name not in known}
        self.written |= {(kind, name) for name in fields}
        return kind(**fields, **known)

    def take(self, case, by, kind, /, **known):
        return self.desk.take(case, by, self.form(kind, **known))

    def receive(self, **known):
        form, case = self.form(forms.Receive, **{"kind": Kind.COMPLAINT, "channel": Channel.LETTER, **known}), uuid4()
        with self.desk.house.write() as tx:
            asked, world = Asked(form, AGENT, "desk", uuid4()), world_of(tx, self.desk.now, self.desk.service.terms)
            receive(tx, case, asked, complainant_of(form), world)
        return case

    def file(self, case):
        """One that is kept in it."""
        file_id = uuid4()
        brought = store.Expected(file_id, case, "paper", AGENT.role, shown=False, at=self.desk.now, name=self.word(), by=AGENT.name)
        with self.desk.house.write() as tx:
            store.expect(tx, brought)
            store.keep(tx, file_id, Clean("paper", "application/pdf", self.word().encode()))
        return file_id

    def limit(self, case, kind):
        return next(one.deadline_id for one in self.desk.case(case).deadlines if one.is_open and one.kind is kind)

    def waiting(self, case):
        return next(one.escalation_id for one in self.desk.case(case).escalations if one.waits or one.is_draft)


CLASSES = {"type": CaseType.QUALITY, "grade": Grade.MAJOR}


def told_of(desk):
    """Through every step that there is."""
    story = Story(desk)
    case = story.receive()
    linked_with(story, case, answered(story))
    in_time(story, case)
    supported(story, case)
    settled(story, case)
    late(story)
    matched(story)
    by_a_follower(story)
    return story


def answered(story):
    take = story.take
    one = story.receive(kind=Kind.GRIEVANCE)
    take(one, AGENT, forms.SolveDirectly)
    take(one, AGENT, forms.Reopen, reason="customer")
    take(one, AGENT, forms.RaiseToComplaint)
    take(one, HANDLER, forms.JudgeInvalid, reason="other")
    take(one, AGENT, forms.ReplyInvalid)
    return one


def linked_with(story, case, one):
    take = story.take
    take(case, AGENT, forms.Add)
    take(case, AGENT, forms.Contact, how="phone")
    take(case, AGENT, forms.Note)
    take(case, AGENT, forms.Attach, file_id=story.file(case))
    take(case, AGENT, forms.Link, other_id=one)
    take(case, AGENT, forms.Unlink, other_id=one)
    take(case, AGENT, forms.TakeOver, to="li")
    take(case, HANDLER, forms.FileCase, **CLASSES)


def in_time(story, case):
    take = story.take
    take(case, HANDLER, forms.Reclassify, **CLASSES)
    take(case, HANDLER, forms.SetDeadline, kind=DeadlineKind.CLOSE, label="", minutes=6000)
    take(case, HANDLER, forms.SetDeadline, kind=DeadlineKind.CUSTOM, minutes=600)
    limits = (story.limit(case, DeadlineKind.CUSTOM),)
    take(case, HANDLER, forms.Pause, deadlines=limits, reason="customer")
    take(case, HANDLER, forms.Resume, deadlines=limits)
    take(case, HANDLER, forms.DropDeadline, deadline_id=limits[0])
    take(case, HANDLER, forms.SetDeadline, kind=DeadlineKind.CUSTOM, minutes=600)
    take(case, HANDLER, forms.MeetDeadline, deadline_id=story.limit(case, DeadlineKind.CUSTOM))
    take(case, HANDLER, forms.Assign, region_code="EAST", dealer_code="D001")
    take(case, DEALER, forms.Return)
    take(case, HANDLER, forms.Assign, region_code="EAST", dealer_code="D001")


def supported(story, case):
    take = story.take
    take(case, HANDLER, forms.StartVrt, kind=VrtKind.QUALITY, lead="feng", minutes=60)
    vrt_id = story.desk.case(case).vrts[0].vrt_id
    take(case, HANDLER, forms.ConcludeVrt, vrt_id=vrt_id, result=VrtResult.SOLUTION, problem_exists=True)
    take(case, DEALER, forms.Accept)
    take(case, DEALER, forms.StartPlanning)
    take(case, DEALER, forms.SubmitPlan)
    take(case, HANDLER, forms.SendBackPlan)
    take(case, DEALER, forms.SubmitPlan)
    take(case, HANDLER, forms.Escalate, trigger=Trigger.OVERDUE, level=3)
    take(case, LEADER, forms.DecideEscalation, escalation_id=story.waiting(case), decision="support")
    take(case, HANDLER, forms.AuthorisePlan)
    take(case, DEALER, forms.CarryOut, accepted=True)


def settled(story, case):
    take, desk = story.take, story.desk
    take(case, DEALER, forms.ProposeClosure, reason=CloseReason.SATISFIED)
    take(case, HANDLER, forms.RefuseClosure)
    take(case, HANDLER, forms.DeclareCrisis)
    take(case, HANDLER, forms.EndCrisis)
    take(case, HANDLER, forms.Dispute, kind=DisputeKind.LITIGATION, filed_on=desk.now.date())
    take(case, LEGAL, forms.SettleDispute, closes=False)
    day = (desk.now + timedelta(days=3)).date()
    take(case, DEALER, forms.ProposeClosure, reason=CloseReason.ACCEPTED_PENDING, follow_up_on=day)
    take(case, HANDLER, forms.ApproveClosure)
    take(case, HANDLER, forms.FollowedUp)
    survey_id = uuid4()
    desk.take(case, BY_ITSELF, forms.RequestSurvey(survey_id=survey_id))
    take(case, AGENT, forms.AnswerSurveyStep, survey_id=survey_id, by="call", score=2)


def late(story):
    take, desk, late = story.take, story.desk, story.receive()
    take(late, HANDLER, forms.FileCase, **CLASSES, close_minutes=1)
    desk.wait(days=9)
    desk.take(late, BY_ITSELF, forms.Breach(deadline_id=story.limit(late, DeadlineKind.CLOSE)))
    take(late, HANDLER, forms.DropEscalation, escalation_id=story.waiting(late))
    take(late, AGENT, forms.Withdraw)


def matched(story):
    bound = {name: story.word() for name in ("name", "mobile", "vin", "plate")}
    story.desk.house.only_deliver(binding(**bound))
    story.take(story.receive(mobile=bound["mobile"]), AGENT, forms.Unmatch)


def by_a_follower(story):
    desk = story.desk
    words = {"text": story.word(), "demand": story.word(), "name": story.word(), "mobile": story.word()}
    theirs = SubmitComplaint(complaint_id=uuid4(), follower_id=UUID(int=9), account="main", submitted_at=desk.now, **words)
    desk.house.only_deliver(theirs)
    more = {"addition_id": uuid4(), "account": "main", "text": story.word(), "submitted_at": desk.now}
    desk.house.only_deliver(AddToComplaint(complaint_id=theirs.complaint_id, follower_id=UUID(int=9), **more))


def forms_in_files(word):
    """As it would stand there: itself, or within Base64, wherever it begins."""
    yield word.encode()
    for shift in range(3):
        yield base64.b64encode(b"\0" * shift + word.encode())[4:-4]


def test_in_every_field_of_every_form_something_was_written(desk):
    story = told_of(desk)

    assert {(form.__name__, name) for form in FORMS for name in personal(form)} == {(form.__name__, name) for form, name in story.written}


def test_nothing_of_it_is_in_clear_in_the_database_or_in_a_log(desk, tmp_path, capfd):
    story = told_of(desk)

    kept = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    said = "".join(capfd.readouterr())

    assert len(story.words) > 70
    assert b"TS261123" in kept, "else there is nothing to be found"
    assert [word for word in story.words if any(one in kept for one in forms_in_files(word))] == []
    assert "authority_table_has_no_rule" in said, "else nothing was logged"
    assert [word for word in story.words if word in said] == []
