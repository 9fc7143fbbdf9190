"""VRT groups, of quality and other, with members, due time and conclusion (A-CMP-08..13). Pure."""

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID, uuid5

from contracts.complaint_steps.beside import ConcludeVrt, SetVrtMembers, StartVrt
from contracts.complaint_words import DeadlineKind, Role, VrtKind, VrtResult
from services.complaints.cases.case import Case
from services.complaints.cases.parts import Vrt, put
from services.complaints.cases.taking import Acting, Doing, Refused, World
from services.complaints.clocks.deadlines import begin, meet

LEADS = {VrtKind.QUALITY: Role.TECHNICAL, VrtKind.OTHER: Role.HANDLER}
"""A-CMP-09, 13. Who holds which role the service does not know: it judges by what it is told."""


def start_vrt(case: Case, form: StartVrt, by: Acting, world: World) -> Case:
    """With a limit of its own for the conclusion (A-CMP-10). One group of a kind is at work at a time. Raises Refused."""
    lead_role = by.role if form.lead == by.name else form.lead_role
    if lead_role not in (None, LEADS[form.kind]):
        raise Refused(
            "lead",
            "品质类小组由技术支持专员牵头，其他类由投诉处理专员牵头",
            "A group of quality is led by technical support, another one by a complaint handler.",
        )
    if any(vrt.kind is form.kind and vrt.ended_at is None for vrt in case.vrts):
        raise Refused("vrt_open", "该类 VRT 小组正在工作，请先结束", "A VRT group of this kind is at work already.")
    vrt = Vrt(
        vrt_id=uuid5(case.complaint_id, f"vrt {len(case.vrts) + 1}"),
        kind=form.kind,
        lead=form.lead,
        members=_without(form.lead, form.members),
        question=form.question,
        started_at=world.now,
    )
    begun = begin(case, DeadlineKind.VRT_CONCLUSION, form.minutes, by.name, world, basis=form.basis, about_id=vrt.vrt_id)
    return _with(begun, vrt)


def set_vrt_members(case: Case, form: SetVrtMembers, by: Acting, _world: World) -> Case:
    """By the handler; a technical support specialist forms groups of quality, and those they lead (A-CMP-09, 13). Raises Refused."""
    vrt = _at_work(case, form.vrt_id)
    if not may_form(vrt, by):
        raise _not_theirs()
    return _with(case, replace(vrt, members=_without(vrt.lead, form.members)))


def conclude_vrt(case: Case, form: ConcludeVrt, by: Acting, world: World) -> Case:
    """Quality: whether there is a problem, and whose it is (A-CMP-11). A proposal is wanted unless there is none (A-CMP-12..14).

    Raises Refused.
    """
    vrt = _at_work(case, form.vrt_id)
    if not may_conclude(vrt, by):
        raise _not_theirs()
    if vrt.kind is VrtKind.QUALITY and form.problem_exists is None:
        raise Refused("problem_wanted", "请说明质量问题是否存在", "Say whether there is a quality problem.")
    if vrt.kind is VrtKind.QUALITY and form.problem_exists and not form.responsibility:
        raise Refused("responsibility_wanted", "质量问题存在时请写明责任划分", "Where there is a quality problem, say who is responsible.")
    if (form.result is VrtResult.NONE) == bool(form.proposal):
        raise Refused(
            "proposal", "请填写技术解决方案或提案；没有方案时请留空", "Give the solution or proposal; nothing where there is none."
        )
    concluded = replace(
        vrt,
        ended_at=world.now,
        result=form.result,
        problem_exists=form.problem_exists,
        responsibility=form.responsibility,
        conclusion=form.conclusion,
        proposal=form.proposal,
        concluded_by=by.name,
    )
    return _with(meet(case, DeadlineKind.VRT_CONCLUSION, world, about_id=vrt.vrt_id), concluded)


def may_form(vrt: Vrt, by: Acting) -> bool:
    return by.role is not Role.TECHNICAL or vrt.kind is VrtKind.QUALITY or vrt.lead == by.name


def may_conclude(vrt: Vrt, by: Acting) -> bool:
    takes_part = by.name in (vrt.lead, *vrt.members)
    return takes_part or by.role is Role.HANDLER or (by.role is Role.TECHNICAL and vrt.kind is VrtKind.QUALITY)


def _at_work(case: Case, vrt_id: UUID) -> Vrt:
    vrt = next((one for one in case.vrts if one.vrt_id == vrt_id), None)
    if vrt is None:
        raise Refused("no_such_vrt", "没有这个 VRT 小组", "There is no such VRT group.")
    if vrt.ended_at is not None:
        raise Refused("vrt_ended", "该 VRT 小组已结束", "This VRT group has ended.")
    return vrt


def _not_theirs() -> Refused:
    return Refused("not_yours", "您不是该 VRT 小组的成员", "This VRT group is not yours.")


def _without(lead: str, members: Iterable[str]) -> tuple[str, ...]:
    """Each once, in their order."""
    return tuple(name for name in dict.fromkeys(members) if name != lead)


def _with(case: Case, vrt: Vrt) -> Case:
    return case.learnt(vrts=put(case.vrts, vrt, "vrt_id"))


DOINGS: dict[str, Doing] = {"start_vrt": start_vrt, "set_vrt_members": set_vrt_members, "conclude_vrt": conclude_vrt}
