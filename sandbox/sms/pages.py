"""The page of the provider of text messages: what it sent, and its fault switches."""

from flask import Blueprint, render_template, request

from sandbox.desks.fault_switches import Paths, add_fault_switches
from sandbox.desks.frame import Sign, Tab, desk_pages
from sandbox.desks.traffic import add_traffic
from sandbox.office import Office

LISTED = 100
PATHS = Paths(asked=(("", ("全部接口", "All addresses")), ("/api/v1/messages", ("发送短信", "Sending"))))


def pages(office: Office) -> Blueprint:
    tabs = (
        Tab("pages.home", ("短信", "Messages")),
        Tab("pages.traffic_page", ("往来", "Traffic")),
        Tab("pages.faults_page", ("故障开关", "Faults")),
    )
    made = desk_pages(Sign("sms", ("短信", "SMS"), ("短信平台替身", "Provider, a stand-in"), tabs), office.now)
    add_fault_switches(made, office.faults, PATHS)
    add_traffic(made, office, pushing=False)

    @made.get("/")
    def home() -> str:
        like = request.args.get("q", "").strip()
        rows = office.store.rows(
            "SELECT * FROM messages WHERE ?1 = '' OR instr(\"to\" || text, ?1) ORDER BY number DESC LIMIT ?2", like, LISTED
        )
        return render_template("sms/messages.html", messages=[dict(row) for row in rows], q=like)

    return made
