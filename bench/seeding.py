"""Many rows, set-wise: insight's own functions write a pattern of some, which the database then copies under other ids.

Stamping replaces the last six characters of an id (ffffff in the pattern) by the number of the copy: copies are distinct, and come in the
order of the index.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from bench.ground import CannotMeasure, Corner
from chassis.database import Transaction
from chassis.messages import wrap
from chassis.privacy import Vault
from contracts.appointments import AppointmentConfirmed, AppointmentRequested, ServiceItem, State
from contracts.customers import CustomerRegistered
from contracts.envelope import Event
from contracts.ops import Cause, Hop
from services.insight.store import InsightStore

CHUNK = 50_000
SERVICES = ("appointments", "customers", "messaging", "sender")
TYPES = ("appointment.slip.saved", "appointment.stored", "visit.arrived")
RULES = ("missing", "string_type")
GROUPS = len(SERVICES) * len(TYPES) * len(RULES)
READERS = ("messaging", "pages", "insight")
VIN, MOBILE, PLATE, DMS_NO = "LSBENCH0000000001", "13800138000", "渝A00001", "DMS-BENCH-000001"
APPOINTMENT, BINDING = UUID("a0000000-0000-4000-8000-000000ffffff"), UUID("b0000000-0000-4000-8000-000000ffffff")
FOLLOWER, CHAIN = UUID("c0000000-0000-4000-8000-000000ffffff"), UUID("d0000000-0000-4000-8000-000000ffffff")
HOPS_OF_PATTERN = 3 * (1 + len(READERS))


def write_pattern(tx: Transaction, vault: Vault) -> None:
    """One booking with its binding, and one parked message of each group."""
    store, at = InsightStore(), datetime.now(UTC) - timedelta(days=1)
    for number, event in enumerate(_events(vault)):
        message = event.identified(UUID(f"e{number:07d}-0000-4000-8000-000000ffffff"))
        envelope = wrap(message, source=event.owner, vault=vault, cause=None).model_copy(update={"correlationid": CHAIN})
        store.add_message(tx, envelope)
        steps = [(event.owner, "published"), *((reader, "handled") for reader in READERS)]
        told = {"message_id": envelope.id, "type": envelope.type, "subject": envelope.subject, "correlation_id": CHAIN, "attempt": 0}
        store.add_hops(tx, [Hop(service=service, step=step, at=at, milliseconds=3, size_bytes=900, **told) for service, step in steps])
    store.add_hops(tx, _parked(at))


def _events(vault: Vault) -> list[Event]:
    vehicle = vault.vehicle_id(VIN)
    booked = {
        "appointment_id": APPOINTMENT,
        "follower_id": FOLLOWER,
        "vehicle_id": vehicle,
        "dealer_code": "D001",
        "requested_date": datetime.now(UTC).date(),
        "items": (ServiceItem(code="MAINTENANCE", name="定期保养"),),
        "dms_no": DMS_NO,
    }
    bound = CustomerRegistered(
        binding_id=BINDING,
        version=1,
        account="main",
        follower_id=FOLLOWER,
        openid="oBench",
        customer_id="B000001",
        vehicle_id=vehicle,
        vin=VIN,
        plate=PLATE,
        name="张伟",
        mobile=MOBILE,
    )
    requested = AppointmentRequested.model_validate(booked | {"version": 1, "state": State.REQUESTED})
    confirmed = AppointmentConfirmed.model_validate(booked | {"version": 2, "state": State.CONFIRMED})
    return [bound, requested, confirmed]


def _parked(at: datetime) -> list[Hop]:
    kinds = [(service, type, rule) for service in SERVICES for type in TYPES for rule in RULES]
    return [
        Hop(
            service=service,
            message_id=UUID(f"f{number:07d}-0000-4000-8000-000000ffffff"),
            step="parked",
            attempt=1,
            type=type,
            subject=APPOINTMENT,
            correlation_id=CHAIN,
            at=at,
            size_bytes=900,
            outcome="parked",
            causes=(Cause(kind="contract", field="slip_id", rule=rule),),
        )
        for number, (service, type, rule) in enumerate(kinds)
    ]


class Copies:
    """Copies the rows of tables in one schema."""

    def __init__(self, corner: Corner, service: str) -> None:
        self._corner = corner
        self._schema = corner.schema(service)

    def multiply(self, table: str, which: str, stamped: Sequence[str], copies: int, step: Callable[[], None]) -> None:
        """Each row of `table` that fits `which`, so many times more; `stamped` columns get the copy's number.

        `at` moves on by a millisecond per copy; a column `number` that is the key is given out anew, another one moves on too.
        """
        run = self._corner.servers.mariadb.execute
        whole, pattern = f"{self._schema}.{table}", f"{self._schema}.pattern_{table}"
        run(f"CREATE OR REPLACE TABLE {pattern} AS SELECT * FROM {whole} WHERE {which}")
        columns = [(str(row[0]), str(row[5])) for row in run(f"SHOW COLUMNS FROM {whole}")]
        taken = [name for name, extra in columns if "auto_increment" not in extra]
        values = ", ".join(_value(name, stamped) for name in taken)
        rows = int(str(run(f"SELECT COUNT(*) FROM {pattern}")[0][0]))
        if not rows:
            raise CannotMeasure(f"the pattern of {table} has no rows")
        at_once = max(1, CHUNK // rows)
        for first in range(1, copies + 1, at_once):
            numbers = f"(SELECT seq FROM {self._schema}.seq_{first}_to_{min(first + at_once - 1, copies)}) AS copies"
            run(f"INSERT INTO {whole} ({', '.join(f'`{name}`' for name in taken)}) SELECT {values} FROM {pattern} AS p JOIN {numbers}")
            step()
        run(f"DROP TABLE {pattern}")
        run(f"ANALYZE TABLE {whole}")


def _value(name: str, stamped: Sequence[str]) -> str:
    if name in stamped:
        return f"CONCAT(LEFT(p.`{name}`, CHAR_LENGTH(p.`{name}`) - 6), LPAD(HEX(seq), 6, '0'))"
    return f"p.`{name}` + seq" if name in ("at", "number", "last_at") else f"p.`{name}`"


def steps_of(copies: int, rows: int) -> int:
    """How often `multiply` calls `step`."""
    at_once = max(1, CHUNK // rows)
    return -(-copies // at_once)
