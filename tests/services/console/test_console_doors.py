"""Every address of the console as every role and as nobody."""

from services.console.access import ROLES


def test_everyone_gets_in(console):
    for role in ROLES:
        answer = console.login(role).get("/own/password")
        assert answer.status_code == 200
    assert console.login("administrator").get("/staff").status_code == 200
    assert console.login("auditor").get("/audit").status_code == 200
