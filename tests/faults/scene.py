"""A house that is killed at a step which is ordered while it runs, and the people who play on it all the same."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from launcher.stage import Stage
from tests.fakes.player import Player

QUICK = {
    "CHEQIAO_PARTNER_DEADLINE_SECONDS": "2",
    "CHEQIAO_SMS_DEADLINE_SECONDS": "2",
    "CHEQIAO_PATIENCE_FIRST_SECONDS": "0.2",
    "CHEQIAO_PATIENCE_LONGEST_SECONDS": "1",
    "CHEQIAO_BROKER_HEARTBEAT_SECONDS": "2",
    "CHEQIAO_BROKER_LEASE_SECONDS": "3",
    # Nothing is confirmed so fast: every push goes through the spool.
    "CHEQIAO_GATEWAY_CONFIRM_SECONDS": "0.000001",
    "CHEQIAO_COMPLAINTS_SURVEY_AFTER_HOURS": "0",
    "CHEQIAO_TRUSTED_PROXIES": "127.0.0.1",  # each phone has a network of its own
}


@dataclass
class Scene:
    stage: Stage
    player: Player
    order: Path
    messages: int = 0

    @property
    def mark(self) -> Path:
        return self.order.with_name(self.order.name + ".fired")

    def order_a_crash(self, step: str) -> None:
        self.mark.unlink(missing_ok=True)
        self.order.write_text(step, encoding="ascii")


@contextmanager
def played(directory: Path, stage: Stage, database_url: str) -> Iterator[Scene]:
    """In embedded the whole house dies and is started again here; in production its supervisor starts the service that died."""
    order = directory / "crash"
    stage.more = {**QUICK, "CHEQIAO_CRASH": f"@{order}"}
    try:
        stage.start()

        def keep_up() -> None:
            if stage.house_pid is None:
                stage.start_house()

        yield Scene(stage, Player(stage, database_url, keep_up), order)
    finally:
        assert stage.stop(), "not every process ended as it should"
