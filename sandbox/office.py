"""What every stand-in stands on: its file, its ledger, its faults, its outgoing pushes, its clock and its jobs."""

from dataclasses import dataclass, field
from pathlib import Path

from sandbox import faults, ledger, outgoing
from sandbox.clock import Now
from sandbox.faults import Faults
from sandbox.jobs import Jobs
from sandbox.ledger import Ledger
from sandbox.outgoing import Carrier, Outgoing
from sandbox.store import Store


@dataclass(frozen=True)
class Office:
    store: Store
    ledger: Ledger
    faults: Faults
    outgoing: Outgoing
    now: Now
    jobs: Jobs = field(default_factory=Jobs)

    @classmethod
    def at(cls, file: Path, schemas: tuple[str, ...], carrier: Carrier, now: Now) -> "Office":
        store = Store(file, ledger.SCHEMA, faults.SCHEMA, outgoing.SCHEMA, *schemas)
        plan = Faults(store)
        return cls(store, Ledger(store, now), plan, Outgoing(store, plan, carrier), now)

    def close(self) -> None:
        """What was not sent yet goes out after the next start."""
        self.jobs.close()
        self.outgoing.close()
        self.store.close()
