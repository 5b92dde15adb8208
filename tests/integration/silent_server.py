"""A mail server that takes every connection and never says a word."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread


class SilentServer:
    def __init__(self, listening: socket.socket) -> None:
        self._listening = listening
        self._held: list[socket.socket] = []
        self.url = f"smtp://127.0.0.1:{listening.getsockname()[1]}"

    @property
    def held(self) -> int:
        """How many it keeps waiting, and has kept."""
        return len(self._held)

    def take_all(self) -> None:
        while True:
            try:
                self._held.append(self._listening.accept()[0])
            except OSError:
                return

    def hang_up(self) -> None:
        if self._listening.fileno() >= 0:
            # A close alone does not wake who waits in accept.
            self._listening.shutdown(socket.SHUT_RDWR)
            self._listening.close()
        for connection in self._held:
            connection.close()


@contextmanager
def silent_server() -> Iterator[SilentServer]:
    """Hangs up on all whom it has kept waiting, at the end."""
    server = SilentServer(socket.create_server(("127.0.0.1", 0)))
    taking = Thread(target=server.take_all)
    taking.start()
    try:
        yield server
    finally:
        server.hang_up()
        taking.join()
