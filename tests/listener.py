"""A service of nothing but ears: it keeps what browsers ask it for, and what it is told of by the back channel."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs


class Listener:
    def __init__(self) -> None:
        self.asked: list[str] = []
        """The addresses that it has answered, without the host."""
        self.logout_tokens: list[str] = []
        self.slow_seconds = 0.0
        """So long it takes to answer one who asks it to end a session."""
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._answer)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def _answer(self, *arguments: object) -> BaseHTTPRequestHandler:
        return _Answer(self, *arguments)


class _Answer(BaseHTTPRequestHandler):
    def __init__(self, listener: Listener, *arguments: object) -> None:
        self._listener = listener
        super().__init__(*arguments)  # type: ignore[arg-type]  # what the server gives, passed on

    def do_GET(self) -> None:
        if "sid=" in self.path:
            time.sleep(self._listener.slow_seconds)
        self._listener.asked.append(self.path)
        self._answer_nothing()

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self._listener.logout_tokens += form["logout_token"]
        self._answer_nothing()

    def _answer_nothing(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        """The test says what it finds."""


@contextmanager
def listening() -> Iterator[Listener]:
    listener = Listener()
    serving = Thread(target=listener.server.serve_forever)
    serving.start()
    try:
        yield listener
    finally:
        listener.server.shutdown()
        serving.join()
        listener.server.server_close()
