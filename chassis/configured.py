"""A section of config.yaml as a dependency: what a service goes by."""

from typing import Any

from nameko.extensions import DependencyProvider

from chassis.runtime import ServiceRuntime


class Configured(DependencyProvider):
    """`terms = Configured("reminders")` gives `settings.reminders` to the methods of the service."""

    runtime = ServiceRuntime()

    def __init__(self, section: str) -> None:
        self._section = section

    def get_dependency(self, _worker_ctx: Any) -> Any:
        return getattr(self.runtime.process.settings, self._section)
