"""Who takes part in a case beside handler, region and dealer: they see it, and find it in their queue."""

from sqlalchemy import bindparam, delete, insert

from chassis.database import Transaction
from chassis.outbox import ignoring_repeats
from contracts.complaint_steps.beside import Note
from contracts.complaint_words import DisputeKind
from services.complaints.cases.case import Case
from services.complaints.cases.taking import BY_ITSELF, Asked
from services.complaints.tables import participants

Taking = tuple[str, str]
"""A name and a part: vrt, legal, marketing, mentioned."""

_ADD = ignoring_repeats(insert(participants))
_REMOVE = delete(participants).where(
    participants.c.complaint_id == bindparam("of_case"),
    participants.c.name == bindparam("whose"),
    participants.c.part == bindparam("as_part"),
)


def taking_part(case: Case) -> set[Taking]:
    """As the case says: members of its VRT groups, and the people of its disputes and crises."""
    in_vrts = {(name, "vrt") for vrt in case.vrts for name in (vrt.lead, *vrt.members)}
    called_in = {
        (name, "marketing" if dispute.kind is DisputeKind.CRISIS else "legal") for dispute in case.disputes for name in dispute.people
    }
    return in_vrts | called_in


def keep_participants(tx: Transaction, before: Case | None, after: Case, asked: Asked) -> None:
    """Who is mentioned stays so until they take a step themselves."""
    were, are = taking_part(before) if before else set[Taking](), taking_part(after)
    mentioned = (
        {(name, "mentioned") for name in asked.form.mentions if name != asked.by.name} if isinstance(asked.form, Note) else set[Taking]()
    )
    added, gone = (are - were) | mentioned, were - are
    if before is not None and asked.by != BY_ITSELF:
        gone = gone | {(asked.by.name, "mentioned")}
    if gone:
        tx.execute(_REMOVE, [{"of_case": after.complaint_id, "whose": name, "as_part": part} for name, part in sorted(gone)])
    if added:
        tx.execute(_ADD, [{"complaint_id": after.complaint_id, "name": name, "part": part} for name, part in sorted(added)])
