"""What went back and forth with Cheqiao: the requests that came in, the pushes that went out and whether they were answered."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, render_template

from sandbox.faults import Mode
from sandbox.office import Office
from sandbox.store import Store

SHOWN = 100
LONGEST = 8_000
"""Characters of a body that are shown: a page of 500 rows is nothing to read."""
PUSHES = (
    "SELECT parcels.*, tries.status, tries.outcome AS ended, tries.body AS answer,"
    " (SELECT count(*) FROM tries WHERE tries.parcel = parcels.id) AS tried FROM parcels"
    " LEFT JOIN tries ON tries.id = (SELECT max(id) FROM tries WHERE tries.parcel = parcels.id)"
)
SUBJECTS = (
    "slip_id",
    "task_id",
    "visit_no",
    "vin",
    "campaign_no",
    "dealer_code",
    "appointment_id",
    "complaint_id",
    "period",
    "FromUserName",
)


@dataclass(frozen=True)
class Asked:
    """A request from Cheqiao. No status: it got no answer."""

    number: int
    at: datetime
    method: str
    path: str
    status: int | None
    fault: Mode | None
    replayed: bool
    body: str
    answer: str


@dataclass(frozen=True)
class Push:
    """Something told to Cheqiao. `outcome`: waiting, settled or given_up."""

    number: int
    push_id: str
    at: datetime
    path: str
    kind: str
    subject: str
    body: dict[str, object]
    text: str
    outcome: str
    tries: int
    status: int | None
    trouble: str
    answer: str


class Traffic:
    """The last of both directions, newest first."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def asked(self) -> list[Asked]:
        rows = self._store.rows("SELECT * FROM ledger ORDER BY id DESC LIMIT ?", SHOWN)
        return [
            Asked(
                number=row["id"],
                at=datetime.fromisoformat(row["at"]),
                method=row["method"],
                path=row["path"],
                status=row["status"],
                fault=row["fault"],
                replayed=bool(row["replayed"]),
                body=_readable(row["body"]),
                answer=_readable(row["answer"] or ""),
            )
            for row in rows
        ]

    def pushes(self, subject: str = "") -> list[Push]:
        """Those whose body tells of this appointment, or all."""
        if not subject:
            return self._pushes("1")
        return self._pushes("json_extract(parcels.body, '$.data.appointment_id') = ?", subject)

    def pushes_of_item(self, item_id: str) -> list[Push]:
        """Those that tell of this reminder."""
        return self._pushes("json_extract(parcels.body, '$.data.item_id') = ?", item_id)

    def pushes_of_complaint(self, complaint_id: str) -> list[Push]:
        """Those that ask for its steps."""
        return self._pushes("json_extract(parcels.body, '$.data.complaint_id') = ?", complaint_id)

    def _pushes(self, which: str, *values: str) -> list[Push]:
        rows = self._store.rows(f"{PUSHES} WHERE {which} ORDER BY parcels.id DESC LIMIT ?", *values, SHOWN)
        return [
            Push(
                number=row["id"],
                push_id=row["push_id"],
                at=datetime.fromtimestamp(row["created_at"], UTC),
                path=row["path"],
                kind=_kind(json.loads(row["body"])),
                subject=_subject(json.loads(row["body"])),
                body=json.loads(row["body"]),
                text=_readable(row["body"]),
                outcome=row["outcome"] or "waiting",
                tries=row["tried"],
                status=row["status"],
                trouble="" if row["status"] is not None else row["ended"] or "",
                answer=_readable(row["answer"] or ""),
            )
            for row in rows
        ]

    def waiting(self) -> int:
        row = self._store.row("SELECT count(*) AS waiting FROM parcels WHERE due_at IS NOT NULL")
        return 0 if row is None else int(row["waiting"])


def add_traffic(pages: Blueprint, office: Office, *, pushing: bool = True) -> Traffic:
    """`/pages/traffic`. `pushing` false: this system tells Cheqiao nothing by itself."""
    traffic = Traffic(office.store)

    @pages.get("/pages/traffic")
    def traffic_page() -> str:
        return render_template("desks/traffic.html", pushing=pushing, asked=traffic.asked(), pushes=traffic.pushes())

    return traffic


def _kind(body: dict[str, object]) -> str:
    """A partner's `type`; WeChat's event or kind of message."""
    return str(body.get("type") or body.get("Event") or body.get("MsgType") or "")


def _subject(body: dict[str, object]) -> str:
    """What a person calls it by."""
    told = body.get("data")
    record = told if isinstance(told, dict) else body
    return next((str(record[name]) for name in SUBJECTS if record.get(name)), "")


def _readable(text: str) -> str:
    """Indented; of a long one the beginning."""
    if len(text) > LONGEST:
        return text[:LONGEST] + "…"
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=1)
    except ValueError:
        return text
