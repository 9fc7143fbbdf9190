"""Files that a step names: they are in the store, of this very case, before it is taken, and part of it from then on."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import update

from chassis.database import Transaction
from contracts.complaint_steps.beside import Attach
from contracts.complaint_steps.closing import ProposeClosure
from contracts.complaint_steps.form import Form
from services.complaints.cases.case import Case
from services.complaints.cases.taking import Refused
from services.complaints.tables import files


def put_in(tx: Transaction, case: Case, form: Form) -> None:
    """What is attached gets its name, and whether the customer sees it. Raises Refused where a file is not there."""
    match form:
        case Attach(file_id=file_id, name=name, shown=shown):
            _attach(tx, case, {file_id}, name=name, shown=shown)
        case ProposeClosure(files=named) if named:
            _attach(tx, case, set(named))


def _attach(tx: Transaction, case: Case, named: Collection[UUID], **more: Any) -> None:
    there = update(files).where(files.c.complaint_id == case.complaint_id, files.c.state == "kept", files.c.file_id.in_(named))
    if tx.execute(there.values(attached=True, **more)).rowcount != len(named):
        raise Refused("no_file", "文件不存在或尚未收到", "A file is not there, or has not come yet.")
