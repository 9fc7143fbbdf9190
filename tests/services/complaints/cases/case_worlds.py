"""Complaints as a service on a real schema, and what followers, staff and partners send it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from chassis.settings import Complaints
from contracts.complaint_steps.handling import Assign, FileCase
from contracts.complaint_steps.intake import Receive
from contracts.complaint_words import CaseType, Channel, Grade, Kind, Role
from contracts.complaints import SubmitComplaint
from contracts.customers import CustomerRegistered
from contracts.dms import DealerListed, dealer_id
from services.complaints.cases import store
from services.complaints.cases.handling import HandlesCases
from services.complaints.cases.intake import complainant_of, receive
from services.complaints.cases.stepping import step
from services.complaints.cases.taking import Acting, Asked
from services.complaints.cases.world import world_of
from tests.services.house import House, Times

MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
"""Ten in the morning in Shanghai."""
MOBILE = "13800138000"
VIN = "LSGPC52U6AF102554"

AGENT = Acting("wang", Role.AGENT)
HANDLER = Acting("li", Role.HANDLER)
DEALER = Acting("zhao", Role.DEALER, dealer_code="D001")
OTHER_DEALER = Acting("qian", Role.DEALER, dealer_code="D002")
REGION = Acting("sun", Role.REGION, region_code="EAST")
DEALERS = ("D001", "D002")
LEADER = Acting("zhou", Role.LEADER, level=3)


class Complaining(HandlesCases):
    """The service without its other parts."""

    name = "complaints"

    def __init__(self, at=MONDAY, **terms):
        self.now = Times(at)
        self.terms = Complaints(**terms)


class Desk:
    """Hands it messages, takes steps at the desk, and shows where a case stands."""

    def __init__(self, schema, **terms):
        self.service = Complaining(**terms)
        self.customers = 0
        self.house = House(self.service, schema)
        for code in DEALERS:
            self.house.only_deliver(listed(code))

    @property
    def now(self):
        return self.service.now.at

    def wait(self, **span):
        self.service.now.at += timedelta(**span)

    def case(self, complaint_id):
        with self.house.write() as tx:
            return store.find(tx, complaint_id)

    def take(self, complaint_id, by, form, step_id=None, via="desk"):
        """Raises Refused."""
        with self.house.write() as tx:
            before = store.find(tx, complaint_id)
            asked = Asked(form, by, via, step_id or uuid4())
            return step(tx, before, asked, world_of(tx, self.now, self.service.terms))

    def submit(self, **changes):
        """A follower complains; the id of the case."""
        message = submission(submitted_at=self.now, **changes)
        self.house.only_deliver(message)
        return message.complaint_id

    def receive(self, by=AGENT, **changes):
        """Staff take it in; the id of the case."""
        (complaint_id,) = self.receive_many(1, by, **changes)
        return complaint_id

    def receive_many(self, how_many, by=AGENT, **changes):
        """In one transaction. Each is another customer's, unless their number is said: what is of one customer is linked."""
        ids = [uuid4() for _ in range(how_many)]
        with self.house.write() as tx:
            for complaint_id in ids:
                form = received(**{"mobile": self._a_mobile(), **changes})
                asked = Asked(form, by, "desk", uuid4())
                receive(tx, complaint_id, asked, complainant_of(form), world_of(tx, self.now, self.service.terms))
        return ids

    def _a_mobile(self):
        self.customers += 1
        return MOBILE if self.customers == 1 else f"139{self.customers:08d}"

    def filed(self, **changes):
        complaint_id = self.receive(**changes)
        self.take(complaint_id, HANDLER, filing())
        return complaint_id

    def assigned(self, dealer="D001", region="EAST", **changes):
        complaint_id = self.filed(**changes)
        self.take(complaint_id, HANDLER, Assign(region_code=region, dealer_code=dealer))
        return complaint_id


def submission(**changes):
    values = {
        "complaint_id": uuid4(),
        "follower_id": UUID(int=7),
        "account": "main",
        "text": "新车漏雨",
        "demand": "请换天窗",
        "submitted_at": MONDAY,
    }
    return SubmitComplaint(**{**values, **changes})


def received(**changes):
    values = {
        "kind": Kind.COMPLAINT,
        "channel": Channel.CALL_CENTRE_PHONE,
        "text": "新车漏雨",
        "name": "张三",
        "mobile": MOBILE,
        "vin": VIN,
    }
    return Receive(**{**values, **changes})


def filing(**changes):
    return FileCase(**{"type": CaseType.QUALITY, "grade": Grade.GENERAL, **changes})


def binding(**changes):
    values = {
        "binding_id": uuid4(),
        "version": 1,
        "account": "main",
        "follower_id": UUID(int=7),
        "openid": "oABC",
        "customer_id": "C1",
        "vehicle_id": UUID(int=70),
        "vin": VIN,
        "plate": "渝A12345",
        "name": "张三",
        "mobile": MOBILE,
        "model": "雨燕",
        "dealer_code": "D001",
    }
    return CustomerRegistered(**{**values, **changes})


def listed(code, region="EAST", **changes):
    values = {"dealer_id": dealer_id(code), "dealer_version": 1, "dealer_code": code, "name": f"{code} 店", "region_code": region}
    return DealerListed(**{**values, **changes})
