"""The table of the house: every service, where its class stands, and whether it has a schema of its own."""

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from chassis.listener import Zone

ROOT = Path(__file__).parents[1]
WEB_ASSETS = ROOT / "web_assets"
"""What our pages take from others: made by `make setup`, see launcher/assets.py."""


@dataclass(frozen=True)
class Service:
    """`zones` are those it listens in, beside `internal` for its health. Without `keeps` it has no schema."""

    name: str
    module: str
    class_name: str
    zones: tuple[Zone, ...] = ()
    keeps: bool = True

    def load(self) -> type:
        """The service class. Imported when it is to be run, not before."""
        found: type = getattr(import_module(self.module), self.class_name)
        return found

    @property
    def migrations(self) -> Path:
        return ROOT.joinpath(*self.module.split(".")[:-1], "migrations")


SERVICES: dict[str, Service] = {
    service.name: service
    for service in (
        Service("appointments", "services.appointments.service", "AppointmentsService", zones=("internal",)),
        Service("complaints", "services.complaints.service", "ComplaintsService", zones=("internal",)),
        Service("customers", "services.customers.service", "CustomersService"),
        Service("messaging", "services.messaging.service", "MessagingService"),
        Service("reminders", "services.reminders.service", "RemindersService", zones=("internal",)),
        Service("insight", "services.insight.service", "InsightService", zones=("internal",)),
        Service("console", "services.console.service", "ConsoleService", zones=("internal",)),
        Service("gateway", "adapters.wechat.gateway.service", "GatewayService", zones=("public",), keeps=False),
        Service("sender", "adapters.wechat.sender.service", "SenderService"),
        Service("pages", "adapters.wechat.pages.service", "PagesService", zones=("public",)),
        Service("dms", "adapters.dms.service", "DmsAdapter", zones=("partner",)),
        Service("csc", "adapters.csc.service", "CscAdapter", zones=("partner",)),
        Service("sms", "adapters.sms.service", "SmsAdapter"),
    )
}

SCHEMAS = frozenset(service.name for service in SERVICES.values() if service.keeps)

PREFIXES: dict[Zone, dict[str, str]] = {
    "public": {"/wechat": "gateway", "/m": "pages"},
    "partner": {"/partners/dms/v1": "dms", "/partners/csc/v1": "csc"},
    "internal": {
        "/ops/v1": "insight",
        "/console": "console",
        "/reminders/v1": "reminders",
        "/appointments/v1": "appointments",
        "/complaints/v1": "complaints",
    },
}
"""Which service answers below which path, zone by zone."""
