"""A console before an insight that tests feed, over HTTP and without a whole house: what the board's pages look like in any state."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from contracts.ops import Hop, OpsStatus
from services.console.access import ROLES
from services.console.frame import LANGUAGE_COOKIE, SESSION_COOKIE, THEME_COOKIE
from services.console.service import ConsoleService
from services.console.words import BUSINESS_ZONE
from services.insight.service import InsightService
from tests.browser.looking import Complaints
from tests.services.console.board_seeds import report_all
from tests.services.console.complaining_fake import ComplainingFake
from tests.services.console.conftest import PASSWORD, PLACES, Console, InsightStore
from tests.services.console.reminding_fake import RemindingFake
from tests.services.house import House
from tests.serving import Server

MOUNT = "/console"


class BoardStage:
    """`url` is where the console is; its clock is the real one."""

    def __init__(self, folder: Path) -> None:
        made = folder / "made"
        made.mkdir()
        House(InsightService(), made / "insight.sqlite").database.dispose()
        self.insight = InsightStore(made / "insight.sqlite", folder)
        self.reminding = RemindingFake(datetime.now(BUSINESS_ZONE).date())
        self.complaining = ComplainingFake(datetime.now(UTC))
        house = House(ConsoleService(), folder / "console.sqlite")
        self.console = Console(house, self.insight.url, self.reminding.url, self.complaining.url)
        for role in ROLES:
            self.console.context.staff.add("test", role, role, PLACES.get(role, ""))
            self.console.context.staff.change_password(role, PASSWORD)
        self.console.now.at = datetime.now(UTC)
        self._server = Server(self._mounted)
        self.url = f"{self._server.url}{MOUNT}"

    def _mounted(self, environ: Any, start_response: Any) -> Any:
        self.console.now.at = datetime.now(UTC)
        environ["SCRIPT_NAME"], environ["PATH_INFO"] = MOUNT, environ["PATH_INFO"].removeprefix(MOUNT)
        return self.console.app(environ, start_response)

    def tell(self, *statuses: OpsStatus) -> None:
        for status in statuses:
            self.insight.deliver(status)

    def report(self, hops: Iterable[Hop]) -> None:
        report_all(self.insight, hops)

    def stop(self) -> None:
        self._server.stop()
        self.insight.stop()
        self.reminding.stop()
        self.complaining.stop()

    @contextmanager
    def seat(
        self,
        browser: Browser,
        complaints: Complaints,
        role: str = "operator",
        *,
        width: int = 1280,
        language: str = "zh",
        theme: str = "light",
    ) -> Iterator[Page]:
        """Somebody of this role before a screen, logged in."""
        context = browser.new_context(
            viewport={"width": width, "height": 844 if width < 600 else 800}, locale="zh-CN", timezone_id="Asia/Shanghai"
        )
        cookies = {SESSION_COOKIE: self.console.login(role).cookie(), LANGUAGE_COOKIE: language, THEME_COOKIE: theme}
        context.add_cookies([{"name": name, "value": value, "url": f"{self.url}/"} for name, value in cookies.items()])
        try:
            page = context.new_page()
            complaints.listen(page)
            yield page
        finally:
            context.close()
