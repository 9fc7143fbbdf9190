"""Builds the stand-ins as WSGI applications, to be mounted under their prefixes."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask

from contracts.partners.vehicles import CampaignRecord, DatesRow
from sandbox import partner
from sandbox.clock import Now, utc_now
from sandbox.complaints.records import Cases
from sandbox.csc import app as csc
from sandbox.csc import records as csc_records
from sandbox.csc.campaigns import Campaigns
from sandbox.csc.service_dates import CarDates
from sandbox.desks.index import index_app
from sandbox.dms import app as dms
from sandbox.dms import records as dms_records
from sandbox.office import Office
from sandbox.phone import assembly as phone
from sandbox.reception import Manners, Reception
from sandbox.secrets import SandboxSecrets
from sandbox.sms import app as sms
from sandbox.sms.records import SCHEMA as SMS_SCHEMA
from sandbox.sms.records import Inbox
from sandbox.store import Store
from sandbox.webhooks import WebhookCarrier
from sandbox.wechat import api_errors, followers, media, menu, messages, oauth, switches, tickets, tokens
from sandbox.wechat import app as wechat
from sandbox.wechat.carrier import PushCarrier

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

ADDRESSES = {
    "wechat": ("/cgi-bin/…", "/control/push", "/control/followers", "/control/messages", "/control/errcodes", "/control/tokens/void"),
    "dms": (
        "/api/v1/appointments",
        "/api/v1/slips/{slip_id}",
        "/api/v1/cars",
        "/desk/appointments/{appointment_id}/reject",
        "/desk/complaints",
    ),
    "csc": (
        "/api/v1/call-tasks",
        "/desk/tasks/{appointment_id}/calls",
        "/desk/tasks/{appointment_id}/slip",
        "/desk/tasks/{appointment_id}/decline",
        "/desk/slips/{slip_id}/cancel",
        "/api/v1/service-dates",
        "/api/v1/campaigns",
        "/api/v1/reminder-tasks",
        "/desk/reminders",
        "/api/v1/complaints/{complaint_id}/steps/{version}",
        "/desk/complaints",
    ),
    "sms": ("/api/v1/messages", "/control/messages"),
}
SHARED_ADDRESSES = ("/control/state", "/control/ledger", "/control/faults")


class Extracts:
    """What the DMS takes over from the CSC, from its records (A-REM-17)."""

    def __init__(self, at_csc: Office) -> None:
        self._dates = CarDates(at_csc.store, at_csc.now)
        self._campaigns = Campaigns(at_csc.store, at_csc.now)

    def dates_of(self, vins: Sequence[str]) -> Mapping[str, DatesRow]:
        return self._dates.of_all(vins)

    def campaigns(self) -> Sequence[CampaignRecord]:
        return self._campaigns.all()


class Sandbox(dict[str, "WSGIApplication"]):
    """Prefix to application. `close` ends its threads; what was not sent yet goes out after the next start."""

    def __init__(self, offices: tuple[Office | Store, ...]) -> None:
        super().__init__()
        self._offices = offices

    def receive(self, prefix: str, office: Office, app: Flask, manners: Manners) -> None:
        """Open the doors: requests come in, what waited is sent."""
        self[prefix] = Reception(app, office.ledger, office.faults, manners)
        office.outgoing.start()

    def close(self) -> None:
        for office in self._offices:
            office.close()


def create_sandbox(state_dir: Path, *, target: str, secrets: SandboxSecrets, now: Now = utc_now) -> Sandbox:
    """`target` is the base URL of Cheqiao, to which pushes go. One process at a time may use a `state_dir`."""
    pusher = PushCarrier(target, secrets, now)
    stores = (switches, tokens, followers, messages, tickets, menu, oauth, media)
    wechat_schemas = tuple(each.SCHEMA for each in stores)
    at_wechat = Office.at(state_dir / "wechat.db", wechat_schemas, pusher, now)
    to_dms, to_csc = WebhookCarrier(target, secrets.dms_webhook_secret), WebhookCarrier(target, secrets.csc_webhook_secret)
    at_dms = Office.at(state_dir / "dms.db", (partner.SCHEMA, dms_records.SCHEMA), to_dms, now)
    at_csc = Office.at(state_dir / "csc.db", (partner.SCHEMA, csc_records.SCHEMA), to_csc, now)
    at_sms = Office.at(state_dir / "sms.db", (partner.SCHEMA, SMS_SCHEMA), WebhookCarrier(target, secrets.dms_webhook_secret), now)
    inbox = Inbox(at_sms.store, now)
    in_hands = Store(state_dir / "phone.db", *phone.SCHEMAS)
    sandbox = Sandbox((at_wechat, at_dms, at_csc, at_sms, in_hands))
    sandbox["/sandbox"] = index_app(target, {name: (*paths, *SHARED_ADDRESSES) for name, paths in ADDRESSES.items()}, now)
    sandbox.receive("/sandbox/wechat", at_wechat, wechat.create_app(at_wechat, secrets, pusher), api_errors.MANNERS)
    sandbox.receive(
        "/sandbox/dms", at_dms, dms.create_app(at_dms, secrets.dms_api_key, Extracts(at_csc), Cases(at_csc.store, now)), partner.MANNERS
    )
    sandbox.receive("/sandbox/csc", at_csc, csc.create_app(at_csc, secrets.csc_api_key), partner.MANNERS)
    sandbox.receive("/sandbox/sms", at_sms, sms.create_app(at_sms, inbox, secrets.sms_api_key), partner.MANNERS)
    near = phone.Neighbours(at_wechat, at_dms, at_csc, at_sms, pusher, inbox)
    sandbox["/sandbox/phone"] = phone.phones_app(in_hands, near, target=target, mounts=sandbox, menu=menu.Menu(at_wechat.store).buttons)
    return sandbox
