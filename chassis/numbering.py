"""The sender's count of its partner commands: gapless per partner and subject, in the transaction that writes the outbox."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, insert, or_, select, update

from chassis.database import Transaction
from chassis.tables import outbox, sent_line
from contracts.envelope import PartnerCommand

Line = tuple[str, UUID]
"""Partner and subject."""


def number(tx: Transaction, commands: Sequence[PartnerCommand]) -> dict[UUID, int]:
    """The place of each in its line, by the command's id; one that was told before has none.

    A repeat must not take a number: the line has no gaps. So the lines are locked before anybody looks which ones are repeats.
    """
    lines = {_line_of(command) for command in commands}
    locked = tx.execute(select(sent_line).where(_any_of(lines)).with_for_update()).all()
    before = {(row.partner, row.subject): int(row.last) for row in locked}
    told = outbox.c.message_id.in_([command.id for command in commands])
    repeats = set(tx.execute(select(outbox.c.message_id).where(told)).scalars())
    after, numbers = dict(before), {}
    for command in commands:
        if command.id not in repeats:
            line = _line_of(command)
            numbers[command.id] = after[line] = after.get(line, 0) + 1
    _save(tx, before, after)
    return numbers


def _save(tx: Transaction, before: dict[Line, int], after: dict[Line, int]) -> None:
    # Two that both find no line: the second hits the unique key and tries again.
    begun = [{"partner": line[0], "subject": line[1], "last": last} for line, last in sorted(after.items()) if line not in before]
    if begun:
        tx.execute(insert(sent_line), begun)
    gone_on: dict[int, list[Line]] = defaultdict(list)
    for line, last in before.items():
        gone_on[after[line] - last].append(line)
    for steps, lines in gone_on.items():
        if steps:
            tx.execute(update(sent_line).where(_any_of(lines)).values(last=sent_line.c.last + steps))


def _line_of(command: PartnerCommand) -> Line:
    return command.owner, command.subject


def _any_of(lines: Iterable[Line]) -> ColumnElement[bool]:
    """In the order of the key, so that two transactions do not lock them crosswise."""
    subjects: dict[str, list[UUID]] = defaultdict(list)
    for partner, subject in sorted(lines):
        subjects[partner].append(subject)
    return or_(*(and_(sent_line.c.partner == partner, sent_line.c.subject.in_(some)) for partner, some in subjects.items()))
