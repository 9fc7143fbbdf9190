"""What the command line and the console ask of the running system: `/ops/v1/`, in the internal zone, behind a bearer token.

What is taken and answered stands in `contracts/operating.py`. Questions are in `reading_api`, orders in `orders_api` and `jobs_api`.
Problems are {code, message, message_en} with 400, 401, 404, 409, 503.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from flask import Flask

from chassis.internal_api import guarded
from services.insight.depths import Depth
from services.insight.jobs_api import add_jobs
from services.insight.orders_api import add_orders
from services.insight.reading_api import add_reading

if TYPE_CHECKING:
    from chassis.runtime import ServiceRuntime


def create_ops_api(runtime: "ServiceRuntime", depths: Callable[[], Mapping[str, Depth]] = dict) -> Flask:
    """The WSGI application. Orders go through the outbox of insight to the service they are for. `depths`: what the broker said last."""
    app = guarded(runtime.process.settings.operator.token.get_secret_value())
    add_reading(app, runtime, depths)
    add_orders(app, runtime)
    add_jobs(app, runtime)
    return app
