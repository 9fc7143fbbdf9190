"""`python -m tests.fakes.dies_in_a_batch DIRECTORY`: a service takes what DIRECTORY/bodies holds as one batch, and may die of it."""

# ruff: noqa: E402 - patched before anything else is imported, as the house is
import eventlet

eventlet.monkey_patch()

import json
import sys
from pathlib import Path

from chassis import embedded
from chassis.handling import Delivery
from chassis.runtime import ServiceRuntime
from chassis.together import Together
from tests.fakes.mini_house import Wishing, mini_house


def main(directory: Path) -> None:
    """What was settled is printed."""
    with mini_house(directory, broker_url=embedded.URL, database_url=f"sqlite:///{directory}/{{schema}}.db") as house:
        house.start(Wishing)
        (container,) = house._runners[0].containers
        handling = next(one for one in container.extensions if isinstance(one, ServiceRuntime)).handling
        settled: list[int] = []
        bodies = json.loads((directory / "bodies").read_text())
        deliveries = [Delivery(body.encode(), lambda number=number: settled.append(number)) for number, body in enumerate(bodies)]
        Together(handling, handling.take).take(deliveries)
        print(sorted(settled))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
