"""The gateway: hears WeChat's pushes at `/wechat/<account>` and passes them on."""

import os
from typing import TYPE_CHECKING

from eventlet import tpool

from adapters.wechat.gateway.app import Callback
from adapters.wechat.gateway.delivery import Delivery
from adapters.wechat.gateway.metrics import Metrics
from adapters.wechat.gateway.spool import Spool
from adapters.wechat.gateway.verify import Line
from chassis.clock import Clock
from chassis.listener import Mount

if TYPE_CHECKING:
    from chassis.runtime import ServiceRuntime


def fsync_aside(file: int) -> None:
    """In a real thread: the disk may take its time while other pushes are answered. Raises OSError."""
    tpool.execute(os.fsync, file)


class CallbackMount(Mount):
    """The callback path and the spool behind it, which is drained as long as the service runs."""

    def __init__(self) -> None:
        super().__init__("public", "/wechat", self._create)

    def _create(self, runtime: "ServiceRuntime") -> Callback:
        """Raises SettingsError: a key that is none, a spool that somebody else has."""
        settings, clock = runtime.process.settings, Clock()
        lines = {name: Line.of(name, account) for name, account in settings.accounts.items()}
        self._spool = Spool(settings.gateway.spool, fsync_aside)
        runtime.status.spooled = lambda: self._spool.waiting
        self._delivery = Delivery(runtime.publisher, self._spool, runtime.vault, settings.gateway.confirm_seconds, clock)
        self._metrics = Metrics(runtime.process.health.registry, lambda: self._spool.waiting)
        runtime.process.health.register("gateway: spool", lambda: self._delivery.trouble)
        return Callback(lines, settings.http.public_url, delivery=self._delivery, vault=runtime.vault, metrics=self._metrics, now=clock)

    def start(self) -> None:
        super().start()
        self.container.spawn_managed_thread(self._delivery.run, identifier="gateway spool")

    def stop(self) -> None:
        super().stop()
        self._delivery.stop()
        self._metrics.remove()
        self._spool.close()


class GatewayService:
    name = "gateway"

    web = CallbackMount()
