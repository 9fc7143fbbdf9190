"""Who bought which car, and whose it is now (A-REM-02..05): a car's sales are counted, and the last one says who owns it."""

import sqlite3
from dataclasses import dataclass
from datetime import date

from contracts.partners.dms import OwnerQuery, OwnerRecord, OwnersAnswer, OwnershipRecord
from sandbox.answers import Answer
from sandbox.clock import CHINA, Now, iso
from sandbox.dms.forms import CarForm, ContactForm, CustomerForm, ResaleForm, SaleForm
from sandbox.dms.samples import CARS, PEOPLE, Car
from sandbox.store import Store
from sandbox.web import Problem

SCHEMA = """
CREATE TABLE IF NOT EXISTS customers (
  number INTEGER PRIMARY KEY AUTOINCREMENT, id_number TEXT NOT NULL UNIQUE, name TEXT NOT NULL, mobile TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS sales (
  number INTEGER PRIMARY KEY AUTOINCREMENT, vin TEXT NOT NULL, version INTEGER NOT NULL,
  customer INTEGER NOT NULL REFERENCES customers (number),
  plate TEXT, model TEXT NOT NULL, invoice_date TEXT NOT NULL, dealer_code TEXT NOT NULL, kind TEXT NOT NULL, at TEXT NOT NULL,
  current INTEGER NOT NULL DEFAULT 1, UNIQUE (vin, version)
);
CREATE INDEX IF NOT EXISTS sales_current ON sales (current, vin);
"""

SALES = (
    "SELECT sales.*, customers.name, customers.id_number, customers.mobile FROM sales JOIN customers ON customers.number = sales.customer"
)
MOST_OWNERS = 20
LISTED = 200


@dataclass(frozen=True)
class Sale:
    """One sale and its buyer; `current`: the car is theirs still. `version` counts the owners of the car."""

    sale_no: str
    vin: str
    version: int
    current: bool
    kind: str
    customer_id: str
    name: str
    id_number: str
    mobile: str
    plate: str | None
    model: str
    invoice_date: str
    dealer_code: str
    at: str


class Sales:
    """Each method that changes something works in the caller's transaction; Problem says what is in the way."""

    def __init__(self, store: Store, now: Now) -> None:
        self._store = store
        self._now = now
        with store.write() as tx:
            if tx.execute("SELECT 1 FROM customers LIMIT 1").fetchone() is None:
                self._keep_samples(tx)

    def enter(self, tx: sqlite3.Connection, form: SaleForm) -> Sale:
        """A new car is sold. Raises Problem: it was sold before, the ID number is another person's."""
        if _current(tx, form.vin) is not None:
            raise Problem(409, "already_sold", "这辆车已有销售记录，请办理过户 / This car was sold before: change its owner instead")
        self._not_in_the_future(form.invoice_date)
        customer = _customer(tx, form)
        return self._keep(tx, 1, Car(form.vin, customer, form.plate, form.model, form.invoice_date, form.dealer_code))

    def sell_on(self, tx: sqlite3.Connection, vin: str, form: ResaleForm) -> tuple[Sale, OwnershipRecord]:
        """The car changes hands (flows 1.2). Raises Problem: unknown, or it is theirs already."""
        before = self._owned(tx, vin)
        self._not_in_the_future(form.invoice_date)
        customer = _customer(tx, form)
        if customer == before.customer_id:
            raise Problem(409, "same_owner", "车辆已在此人名下 / The car is theirs already")
        plate, dealer = form.plate or before.plate, form.dealer_code or before.dealer_code
        sale = self._keep(tx, before.version + 1, Car(vin, customer, plate, before.model, form.invoice_date, dealer, "used"))
        return sale, OwnershipRecord(version=sale.version, vin=vin, customer_id=sale.customer_id, changed_at=self._now())

    def correct_customer(self, tx: sqlite3.Connection, customer_id: str, form: ContactForm) -> list[Sale]:
        """Name and mobile are set right, on all sales of theirs."""
        number = _number(customer_id)
        if tx.execute("UPDATE customers SET name=?, mobile=? WHERE number=?", (form.name, form.mobile, number)).rowcount == 0:
            raise Problem(404, "unknown_customer", "没有这位客户 / There is no such customer")
        return [_sale(row) for row in tx.execute(f"{SALES} WHERE customer=? ORDER BY sales.number", (number,))]

    def correct_car(self, tx: sqlite3.Connection, vin: str, form: CarForm) -> Sale:
        """Plate and model are set right."""
        tx.execute("UPDATE sales SET plate=?, model=? WHERE vin=? AND current=1", (form.plate, form.model, vin))
        return self._owned(tx, vin)

    def owners(self, query: OwnerQuery) -> Answer:
        """Whose all three are. One look over all current owners, whichever of the three is wrong (A-REM-05)."""
        rows = self._store.rows(
            f"{SALES} WHERE current=1 AND substr(vin, -8) || '|' || id_number || '|' || mobile = ? ORDER BY vin LIMIT ?",
            f"{query.vin[-8:]}|{query.id_number}|{query.mobile}",
            MOST_OWNERS,
        )
        found = tuple(_owner(_sale(row)) for row in rows if row["vin"].endswith(query.vin))
        return Answer.of(200, OwnersAnswer(owners=found))

    def all(self, like: str = "") -> list[Sale]:
        """The newest first; `like` is part of a VIN, plate, name, mobile or customer number."""
        wanted, rows = like.strip().upper(), self._store.rows(f"{SALES} ORDER BY sales.number DESC")
        return [sale for sale in map(_sale, rows) if wanted in _searched(sale)][:LISTED]

    def _owned(self, tx: sqlite3.Connection, vin: str) -> Sale:
        sale = _current(tx, vin)
        if sale is None:
            raise Problem(404, "unknown_car", "没有这辆车的销售记录 / This car was never sold here")
        return sale

    def _not_in_the_future(self, day: date) -> None:
        if day > self._now().astimezone(CHINA).date():
            raise Problem(400, "invoice_date", "开票日期不能晚于今天 / The invoice date is in the future")

    def _keep(self, tx: sqlite3.Connection, version: int, car: Car) -> Sale:
        tx.execute("UPDATE sales SET current=0 WHERE vin=?", (car.vin,))
        tx.execute(
            "INSERT INTO sales (vin, version, customer, plate, model, invoice_date, dealer_code, kind, at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                car.vin,
                version,
                _number(car.customer_id),
                car.plate,
                car.model,
                car.invoice_date.isoformat(),
                car.dealer_code,
                car.kind,
                iso(self._now()),
            ),
        )
        return self._owned(tx, car.vin)

    def _keep_samples(self, tx: sqlite3.Connection) -> None:
        for person in PEOPLE:
            who = (_number(person.customer_id), person.id_number, person.name, person.mobile)
            tx.execute("INSERT INTO customers (number, id_number, name, mobile) VALUES (?, ?, ?, ?)", who)
        for car in CARS:
            before = _current(tx, car.vin)
            self._keep(tx, before.version + 1 if before else 1, car)


def current_sales(tx: sqlite3.Connection) -> list[Sale]:
    """One of each car, in the order of sale."""
    return [_sale(row) for row in tx.execute(f"{SALES} WHERE current=1 ORDER BY sales.number")]


def _current(tx: sqlite3.Connection, vin: str) -> Sale | None:
    row = tx.execute(f"{SALES} WHERE vin=? AND current=1", (vin,)).fetchone()
    return _sale(row) if row else None


def _customer(tx: sqlite3.Connection, form: CustomerForm) -> str:
    """The number of who has this ID number, new or known; their mobile is the one they gave last."""
    held = tx.execute("SELECT * FROM customers WHERE id_number=?", (form.id_number,)).fetchone()
    if held is not None and held["name"] != form.name:
        raise Problem(409, "another_name", "该身份证号已登记在其他姓名下 / This ID number is on record under another name")
    row = tx.execute(
        "INSERT INTO customers (id_number, name, mobile) VALUES (?, ?, ?)"
        " ON CONFLICT (id_number) DO UPDATE SET mobile=excluded.mobile RETURNING number",
        (form.id_number, form.name, form.mobile),
    ).fetchone()
    return _customer_id(row["number"])


def _sale(row: sqlite3.Row) -> Sale:
    return Sale(
        sale_no=f"SALE-{row['number']:06d}",
        vin=row["vin"],
        version=row["version"],
        current=bool(row["current"]),
        kind=row["kind"],
        customer_id=_customer_id(row["customer"]),
        name=row["name"],
        id_number=row["id_number"],
        mobile=row["mobile"],
        plate=row["plate"],
        model=row["model"],
        invoice_date=row["invoice_date"],
        dealer_code=row["dealer_code"],
        at=row["at"],
    )


def _owner(sale: Sale) -> OwnerRecord:
    return OwnerRecord(
        customer_id=sale.customer_id,
        vin=sale.vin,
        name=sale.name,
        mobile=sale.mobile,
        plate=sale.plate,
        model=sale.model,
        dealer_code=sale.dealer_code,
    )


def _searched(sale: Sale) -> str:
    return " ".join((sale.vin, sale.plate or "", sale.name, sale.mobile, sale.customer_id)).upper()


def _customer_id(number: int) -> str:
    return f"C{number:04d}"


def _number(customer_id: str) -> int:
    """0, which nobody has, for what is no customer's number."""
    digits = customer_id.removeprefix("C")
    return int(digits) if digits.isascii() and digits.isdecimal() else 0
