"""A link that can go dead: a TCP proxy on loopback that stops forwarding without closing, as a cut cable does."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import eventlet


class Link:
    """Forwards to a port until it is cut; mended, it serves new connections (the old ones stay dead)."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._listener = eventlet.listen(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._cut_generation = 0
        self._threads = [eventlet.spawn(self._accept)]
        self._sockets: list[socket.socket] = []
        self._dead = False

    def cut(self) -> None:
        """Half open: both ends believe in it, nothing gets through, and new connections get no answer."""
        self._dead = True
        self._cut_generation += 1

    def mend(self) -> None:
        self._dead = False

    def close(self) -> None:
        for thread in self._threads:
            thread.kill()
        for opened in [self._listener, *self._sockets]:
            opened.close()

    def _accept(self) -> None:
        while True:
            near, _ = self._listener.accept()
            self._sockets.append(near)
            if self._dead:
                continue
            far = eventlet.connect(("127.0.0.1", self._target))
            self._sockets.append(far)
            generation = self._cut_generation
            for source, sink in ((near, far), (far, near)):
                self._threads.append(eventlet.spawn(self._forward, source, sink, generation))

    def _forward(self, source: socket.socket, sink: socket.socket, generation: int) -> None:
        with suppress(OSError):
            while (piece := source.recv(65536)) and generation == self._cut_generation:
                sink.sendall(piece)
        if generation == self._cut_generation:
            for end in (source, sink):
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)


@contextmanager
def link_to(port: int) -> Iterator[Link]:
    link = Link(port)
    try:
        yield link
    finally:
        link.close()
