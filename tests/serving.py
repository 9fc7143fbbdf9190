"""WSGI applications of tests, served for real on a port of this machine."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from werkzeug.serving import make_server

NOTICES_END_WITHIN = 0.02
"""Seconds. Usual is half a second, for which each of thousands of tests would wait."""


class Server:
    """Serves from now on, until it is stopped."""

    def __init__(self, app: Any) -> None:
        self._server = make_server("127.0.0.1", 0, app, threaded=True)
        self.port = self._server.port
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(NOTICES_END_WITHIN,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """A second time: nothing."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()


@contextmanager
def served(app: Any) -> Iterator[str]:
    """Its address."""
    server = Server(app)
    try:
        yield server.url
    finally:
        server.stop()
