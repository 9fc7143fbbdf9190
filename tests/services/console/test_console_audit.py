"""The audit: what is written, what is seen, and what a change of it shows."""

import json
import re

import pytest
from sqlalchemy import delete, insert, select, update

from services.console import store
from services.console.access import ROLES
from services.console.audit import Question

BEGUN = 2 * len(ROLES)
"""Lines that the fixture's members of staff left."""


def write(console, *actions):
    for action in actions:
        console.context.audit.write("operator", action, "about", {"number": 128})


def change(console, statement):
    with console.context.database.write() as tx:
        tx.execute(statement)


def chain(console):
    return console.context.audit.check(lambda: None)


def cells(page):
    return [cell.strip() for cell in re.findall(r"<td[^>]*>([^<]*)</td>", page)]


def broken_lines(console):
    return [line.number for line in console.context.audit.lines(Question()) if not line.sound]


def test_a_line_says_who_did_what_about_what_when_and_from_where(console):
    visitor = console.login("administrator")
    visitor.post("/staff/operator/role", {"role": "auditor"})

    (line, *_) = console.context.audit.lines(Question())

    assert (line.actor, line.action, line.about, line.address) == ("administrator", "staff.role", "operator", "127.0.0.1")
    assert (line.at, json.loads(line.details)) == (console.now.at, {"from": "operator", "to": "auditor"})


def test_an_untouched_chain_holds(console):
    write(console, *["parked.redriven"] * 3)

    assert (chain(console).rows, chain(console).broken_at) == (BEGUN + 3, None)
    assert broken_lines(console) == []


@pytest.mark.parametrize("values", [{"actor": "auditor"}, {"at": 1}, {"about": ""}, {"details": "{}"}, {"address": "10.0.0.1"}])
def test_a_line_that_was_changed_breaks_the_chain_there(console, values):
    write(console, "a", "b", "c")

    change(console, update(store.audit).where(store.audit.c.number == BEGUN + 2).values(values))

    assert chain(console).broken_at == BEGUN + 2
    assert broken_lines(console) == [BEGUN + 2]


def test_a_line_that_was_taken_out_breaks_the_chain_there(console):
    write(console, "a", "b", "c")

    change(console, delete(store.audit).where(store.audit.c.number == BEGUN + 2))

    assert chain(console).broken_at == BEGUN + 2
    assert broken_lines(console) == [BEGUN + 3]


def test_lines_taken_off_the_end_are_missed(console):
    write(console, "a", "b", "c")

    change(console, delete(store.audit).where(store.audit.c.number > BEGUN + 1))

    assert chain(console).broken_at == BEGUN + 2


def test_a_line_put_in_by_who_has_no_key_is_no_link(console):
    write(console, "a")
    with console.context.database.read() as connection:
        last = connection.execute(select(store.audit).where(store.audit.c.number == BEGUN + 1)).one()

    forged = {**last._mapping, "number": BEGUN + 2, "actor": "auditor", "previous": last.mac, "mac": "0" * 64}
    change(console, insert(store.audit).values(forged))

    assert chain(console).broken_at == BEGUN + 2
    assert broken_lines(console) == [BEGUN + 2]


def test_two_lines_that_changed_places_are_seen(console):
    write(console, "a", "b")
    with console.context.database.read() as connection:
        rows = {row.number: dict(row._mapping) for row in connection.execute(select(store.audit))}

    first, second = rows[BEGUN + 1], rows[BEGUN + 2]
    change(console, delete(store.audit).where(store.audit.c.number > BEGUN))
    change(console, insert(store.audit).values([{**second, "number": BEGUN + 1}, {**first, "number": BEGUN + 2}]))

    assert chain(console).broken_at == BEGUN + 1


def test_a_genuine_line_of_a_past_that_was_rewritten_is_no_link(console):
    write(console, "a", "b", "c")
    with console.context.database.read() as connection:
        rows = {row.number: dict(row._mapping) for row in connection.execute(select(store.audit))}

    change(console, delete(store.audit).where(store.audit.c.number > BEGUN + 1))
    change(console, update(store.audit_head).values(number=BEGUN + 1, mac=rows[BEGUN + 1]["mac"]))
    write(console, "another b")
    change(console, insert(store.audit).values(rows[BEGUN + 3]))

    assert chain(console).broken_at == BEGUN + 3
    assert broken_lines(console) == [BEGUN + 3]


def test_a_line_that_is_rolled_back_leaves_no_gap(console):
    def undone():
        with console.context.database.write() as tx:
            console.context.audit.write_in(tx, "operator", "never")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        undone()
    write(console, "after")

    assert (chain(console).rows, chain(console).broken_at) == (BEGUN + 1, None)


def test_a_broken_chain_is_shown(console):
    write(console, "a", "b")
    change(console, update(store.audit).where(store.audit.c.number == BEGUN + 1).values(actor="somebody"))
    auditor = console.login("auditor")

    assert "链条断裂" in auditor.get("/audit").text
    assert f"链条在第 {BEGUN + 1} 条处断裂" in auditor.get("/audit/chain").text


def test_the_list_pages_back_to_the_first_line(console):
    write(console, *[f"order.{number}" for number in range(60)])
    auditor = console.login("auditor")

    newest = auditor.get("/audit").text
    older = auditor.get(f"/audit?after={BEGUN + 11}").text

    assert f"after={BEGUN + 11}" in newest
    assert [page.count("order.59") + 10 * page.count("order.9") for page in (cells(newest), cells(older))] == [1, 10]
    assert "回到最新" in older


@pytest.mark.parametrize(
    ("query", "found"),
    [("actor=auditor", 0), ("actor=operator", 1), ("action=mend", 1), ("about=42", 1), ("since=2026-03-09", 1), ("until=2026-03-08", 0)],
)
def test_a_filter_finds_what_it_names(console, query, found):
    console.context.audit.write("operator", "mend", "42")

    text = console.login("auditor").get(f"/audit?{query}&action=mend").text

    assert cells(text).count("42") == found


@pytest.mark.parametrize("query", ["after=x", "since=yesterday", "until=2026-02-31", "after=²", "since=9999-12-31&until=9999-12-31"])
def test_a_filter_that_means_nothing_is_told(console, query):
    assert console.login("auditor").get(f"/audit?{query}").status_code == 400


def test_an_export_has_all_that_was_found_and_is_itself_told(console):
    write(console, *["order"] * 60)

    file = console.login("auditor").get("/audit?action=order&format=csv")

    assert len(file.text.strip().splitlines()) == 61
    assert file.headers["Content-Disposition"] == 'attachment; filename="audit.csv"'
    assert console.audited()[-1] == ("auditor", "audit.exported", "")
