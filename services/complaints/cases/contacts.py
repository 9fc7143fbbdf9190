"""What is said and noted at any time: contacts with the customer, additions, notes, files, links, whose case it is. Pure."""

from collections.abc import Mapping
from dataclasses import replace

from contracts.complaint_steps.beside import Attach, Note
from contracts.complaint_steps.intake import Add, Contact, Link, TakeOver, Unlink, Unmatch
from contracts.complaint_words import DeadlineKind
from services.complaints.cases.case import Case
from services.complaints.cases.taking import Acting, Doing, Refused, World
from services.complaints.clocks.deadlines import meet


def first_replied(case: Case, world: World) -> Case:
    """The customer has heard from us: that meets the limit of the first reply, where one is open."""
    heard = meet(case, DeadlineKind.FIRST_REPLY, world)
    return heard if heard.first_replied_at else heard.learnt(first_replied_at=world.now)


MOST_ADDITIONS = 50
"""Of a customer, to one case: more is no help to anybody."""


def add(case: Case, form: Add, _by: Acting, _world: World) -> Case:
    """An addition that is known already is no second one: who asks looks first (`additions`). Raises Refused."""
    if form.addition_id is None:
        if not form.text.strip():
            raise Refused("empty", "请填写补充内容", "Write what is to be added.")
        return case
    if len(case.additions) >= MOST_ADDITIONS:
        raise Refused("too_many", "补充次数已达上限，请联系客服", "That is as often as one can add to a case: please call us.")
    return case.learnt(additions=(*case.additions, form.addition_id))


def contact(case: Case, form: Contact, _by: Acting, world: World) -> Case:
    return first_replied(case, world) if form.reached or form.said else case


def note(case: Case, _form: Note, _by: Acting, _world: World) -> Case:
    return case


def attach(case: Case, _form: Attach, _by: Acting, _world: World) -> Case:
    """The file is in the store already: the step says by whom and when it came."""
    return case


def take_over(case: Case, form: TakeOver, _by: Acting, _world: World) -> Case:
    """Raises Refused where it is theirs already."""
    if case.handler == form.to:
        raise Refused("theirs_already", "已经是该人员负责", "It is theirs already.")
    return case.learnt(handler=form.to)


def link(case: Case, form: Link, _by: Acting, _world: World) -> Case:
    """Raises Refused: with itself, or where they are linked already."""
    if form.other_id == case.complaint_id:
        raise Refused("itself", "不能与自身关联", "A case is not linked with itself.")
    if form.other_id in case.linked:
        raise Refused("linked_already", "两个单据已经关联", "They are linked already.")
    return case.learnt(linked=(*case.linked, form.other_id))


def unlink(case: Case, form: Unlink, _by: Acting, _world: World) -> Case:
    """Raises Refused where they are not linked."""
    if form.other_id not in case.linked:
        raise Refused("not_linked", "两个单据没有关联", "They are not linked.")
    return case.learnt(linked=tuple(one for one in case.linked if one != form.other_id))


def unmatch(case: Case, _form: Unmatch, _by: Acting, _world: World) -> Case:
    """They hear of it no more, and it is not theirs to see. Raises Refused where it was the follower's own."""
    if not case.complainant.matched:
        raise Refused("not_matched", "该单据没有按手机号匹配微信用户", "No follower was matched by the number.")
    return case.learnt(complainant=replace(case.complainant, follower_id=None, account="", vehicle_id=None, matched=False))


DOINGS: Mapping[str, Doing] = {
    "add": add,
    "contact": contact,
    "note": note,
    "attach": attach,
    "take_over": take_over,
    "link": link,
    "unlink": unlink,
    "unmatch": unmatch,
}
