"""The sender's count of its partner commands: gapless per partner and subject, in the transaction that writes the outbox."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from uuid import UUID

from sqlalchemy import bindparam, insert, select, update

from chassis.database import Transaction
from chassis.tables import outbox, sent_line
from contracts.envelope import PartnerCommand

Line = tuple[str, UUID]
"""Partner and subject."""

_TOLD = select(outbox.c.message_id).where(outbox.c.message_id.in_(bindparam("ids", expanding=True)))
_THESE = (sent_line.c.partner == bindparam("to"), sent_line.c.subject.in_(bindparam("subjects", expanding=True)))
_LOCK = select(sent_line).where(*_THESE).order_by(sent_line.c.subject).with_for_update()
_BEGIN = insert(sent_line)
_GO_ON = update(sent_line).where(*_THESE).values(last=sent_line.c.last + bindparam("steps"))


def number(tx: Transaction, commands: Sequence[PartnerCommand]) -> dict[UUID, int]:
    """The place of each in its line, by the command's id; one that was told before has none.

    A repeat must not take a number: the line has no gaps. So the lines are locked before anybody looks which ones are repeats.
    """
    before = _locked(tx, {_line_of(command) for command in commands})
    repeatable = [command.id for command in commands if command.may_repeat]
    repeats = set(tx.execute(_TOLD, {"ids": repeatable}).scalars()) if repeatable else set()
    after, numbers = dict(before), {}
    for command in commands:
        if command.id not in repeats:
            line = _line_of(command)
            numbers[command.id] = after[line] = after.get(line, 0) + 1
            command.was_told()
    _save(tx, before, after)
    return numbers


def _locked(tx: Transaction, lines: Iterable[Line]) -> dict[Line, int]:
    """In the order of the key, so that two transactions do not lock them crosswise."""
    found = (tx.execute(_LOCK, {"to": partner, "subjects": subjects}).all() for partner, subjects in _by_partner(lines))
    return {(row.partner, row.subject): int(row.last) for rows in found for row in rows}


def _save(tx: Transaction, before: dict[Line, int], after: dict[Line, int]) -> None:
    # Two that both find no line: the second hits the unique key and tries again.
    begun = [{"partner": line[0], "subject": line[1], "last": last} for line, last in sorted(after.items()) if line not in before]
    if begun:
        tx.execute(_BEGIN, begun)
    gone_on: dict[int, list[Line]] = defaultdict(list)
    for line, last in before.items():
        gone_on[after[line] - last].append(line)
    for steps, lines in gone_on.items():
        for partner, subjects in _by_partner(lines) if steps else ():
            tx.execute(_GO_ON, {"to": partner, "subjects": subjects, "steps": steps})


def _line_of(command: PartnerCommand) -> Line:
    return command.owner, command.subject


def _by_partner(lines: Iterable[Line]) -> list[tuple[str, list[UUID]]]:
    return [(partner, [subject for _, subject in some]) for partner, some in groupby(sorted(lines), key=itemgetter(0))]
