"""Work that goes on by itself in a stand-in, step by step, until it is done or the stand-in is closed."""

import threading
from collections.abc import Callable

PATIENCE = 12.0


class Jobs:
    def __init__(self) -> None:
        self._closing = threading.Event()
        self._running: dict[str, threading.Thread] = {}

    def run(self, name: str, step: Callable[[], float | None]) -> None:
        """`step` again and again, with as many seconds between as it says, until it says None; one at a time of each name."""
        held = self._running.get(name)
        if held is None or not held.is_alive():
            self._running[name] = threading.Thread(target=self._go_on, args=(step,), name=f"sandbox-{name}", daemon=True)
            self._running[name].start()

    def close(self) -> None:
        """Each ends after the step in hand."""
        self._closing.set()
        for thread in self._running.values():
            thread.join(timeout=PATIENCE)

    def _go_on(self, step: Callable[[], float | None]) -> None:
        while not self._closing.is_set():
            pause = step()
            if pause is None:
                return
            self._closing.wait(pause)
