"""The gateway as a process of its own, on a patched loop: prints its port when it is open, ends on SIGTERM."""

import signal
from pathlib import Path

import eventlet
import nameko
from nameko.runners import ServiceRunner

from adapters.wechat.gateway.service import GatewayService
from chassis import embedded, logs, process
from chassis.listener import Listener
from chassis.privacy import Vault
from chassis.settings import Settings
from tests.adapters.wechat.gateway.stage import PUBLIC_URL, TOKEN, a_safe_account

KEY = "MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA="
PARTNER = {"base_url": "http://127.0.0.1:9", "api_key": "k", "webhook_secret": f"whsec_{KEY}"}


def settings_of(spool: Path, broker_url: str) -> Settings:
    address = "127.0.0.1:0"
    return Settings.model_validate(
        {
            "runtime": "production",
            "var": spool.parent,
            "http": {"public": address, "partner": address, "internal": address, "public_url": PUBLIC_URL},
            "broker": {"url": broker_url},
            "database": {"url": "mysql+pymysql://nobody@127.0.0.1:9/{schema}"},
            "privacy": {"keys": f"k1:{KEY}", "lookup_key": KEY},
            "accounts": {"main": a_safe_account().model_dump()},
            "partners": {"dms": PARTNER, "csc": PARTNER},
            "sms": {"reference": {"base_url": "http://127.0.0.1:9", "api_key": "key"}},
            "pages": {"session_key": "s" * 32},
            "console": {"session_key": "c" * 32},
            "operator": {"token": f"{TOKEN}{'o' * 32}"},
            "gateway": {"spool": spool},
        }
    )


def main(spool: str, broker_url: str) -> None:
    logs.set_up()
    settings = settings_of(Path(spool), broker_url)
    embedded.register()
    nameko.config.setup({"max_workers": 50})
    listener = Listener(settings.http)
    process.install(process.Process(settings, Vault.of(settings.privacy), listener, _no_database))
    runner = ServiceRunner()
    runner.add_service(GatewayService)
    runner.start()
    listener.start()
    signal.signal(signal.SIGTERM, lambda *_: eventlet.spawn_n(runner.stop))
    print(listener.bound("public")[1], flush=True)
    runner.wait()
    listener.stop(1)


def _no_database(service: str, _settings: Settings) -> None:
    raise RuntimeError(f"{service} has no schema")
