"""What a stand-in has been told to do wrong, and how often."""

import json
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from sandbox.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS faults (id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, path TEXT NOT NULL, rule TEXT NOT NULL);
"""

Mode = Literal["slow", "failing", "refusing", "off_contract", "duplicating", "down", "busy", "reset", "silent", "cut", "trickle"]

HAPPENS_FIRST: frozenset[Mode] = frozenset({"off_contract", "cut", "trickle"})
"""Where nothing is said of `when`: these spoil the answer to something that was done; the others keep it from being done."""

SECONDS: dict[Mode, float] = {"slow": 10, "silent": 60, "trickle": 1}


class Fault(BaseModel):
    """`times` None lasts until cleared. `seconds`: slow, the delay; silent, how long the line is held; trickle, between two bytes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mode: Mode
    times: int | None = Field(default=None, ge=1)
    path: str = Field(default="", description="Only requests (duplicating: pushes) whose path begins so.")
    seconds: float | None = Field(default=None, ge=0, le=600)
    retry_after: int = Field(default=1, ge=0, description="busy: seconds")
    when: Literal["before", "after"] | None = Field(default=None, description="The fault strikes before or after the effect has happened.")
    code: str = Field(default="closed_day", min_length=1, max_length=64, description="refusing: the reason")
    copies: int = Field(default=2, ge=2, le=50, description="duplicating: how often a push is sent in all")

    @property
    def happens(self) -> bool:
        """Whether what was asked is done all the same. A stand-in that is down does nothing."""
        if self.mode == "down":
            return False
        return self.mode in HAPPENS_FIRST if self.when is None else self.when == "after"

    @property
    def patience(self) -> float:
        return SECONDS.get(self.mode, 0) if self.seconds is None else self.seconds

    @property
    def kind(self) -> str:
        return "push" if self.mode == "duplicating" else "answer"


class Faults:
    """The plan, on disk. Of several faults that fit a request the oldest is taken, until its times are used up."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def replace(self, plan: tuple[Fault, ...]) -> None:
        with self._store.write() as tx:
            tx.execute("DELETE FROM faults")
        self.add(*plan)

    def put(self, fault: Fault) -> None:
        """The one fault for this path; those for other paths stay."""
        with self._store.write() as tx:
            tx.execute("DELETE FROM faults WHERE kind=? AND path=?", (fault.kind, fault.path))
        self.add(fault)

    def add(self, *faults: Fault) -> None:
        with self._store.write() as tx:
            tx.executemany(
                "INSERT INTO faults (kind, path, rule) VALUES (?, ?, ?)",
                [(fault.kind, fault.path, fault.model_dump_json()) for fault in faults],
            )

    def take(self, kind: Literal["answer", "push"], path: str) -> Fault | None:
        """The fault that strikes now; it has one time less afterwards."""
        with self._store.write() as tx:
            row = tx.execute(
                "SELECT id, rule FROM faults WHERE kind=? AND substr(?, 1, length(path)) = path ORDER BY id LIMIT 1", (kind, path)
            ).fetchone()
            if row is None:
                return None
            fault = Fault.model_validate_json(row["rule"])
            if fault.times == 1:
                tx.execute("DELETE FROM faults WHERE id=?", (row["id"],))
            elif fault.times is not None:
                left = fault.model_copy(update={"times": fault.times - 1})
                tx.execute("UPDATE faults SET rule=? WHERE id=?", (left.model_dump_json(), row["id"]))
            return fault

    def plan(self) -> list[dict[str, object]]:
        return [json.loads(row["rule"]) for row in self._store.rows("SELECT rule FROM faults ORDER BY id")]
