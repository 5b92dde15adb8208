"""Asks a server as fast as it answers, with as little work on this side as can be."""

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

CONNECTIONS = 8
WAIT_SECONDS = 30


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Language: nb\r\n\r\n".encode()


def post(path: str, *, cookie: str, body: str) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return (head + body).encode()


def answers_a_second(port: int, requests: Iterator[bytes], *, expect: int, seconds: float) -> float:
    """Over some connections kept open. Raises AssertionError on an answer of another status than expected."""
    stop_at = time.monotonic() + seconds
    # A generator can't be asked by two threads at once: each connection gets its share beforehand.
    shares = [_share(requests) for _ in range(CONNECTIONS)]
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        counts = list(pool.map(lambda share: _ask(port, share, expect=expect, stop_at=stop_at), shares))
    return sum(counts) / seconds


def _share(requests: Iterator[bytes]) -> list[bytes]:
    return [next(requests) for _ in range(400)]


def _ask(port: int, requests: list[bytes], *, expect: int, stop_at: float) -> int:
    count = 0
    with socket.create_connection(("127.0.0.1", port), timeout=WAIT_SECONDS) as connection:
        while time.monotonic() < stop_at:
            connection.sendall(requests[count % len(requests)])
            try:
                status = _read_answer(connection)
            except AssertionError as fault:
                raise AssertionError(f"{_path(requests[0])}, after {count} answers: {fault}") from fault
            assert status == expect, f"{_path(requests[0])} answered {status}"
            count += 1
    return count


def _path(request: bytes) -> str:
    return request.split(maxsplit=2)[1].decode()


def _read_answer(connection: socket.socket) -> int:
    data = connection.recv(65536)
    while b"\r\n\r\n" not in data:
        data += _more(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
    missing = length - len(body)
    while missing > 0:
        missing -= len(_more(connection))
    return int(head.split(maxsplit=2)[1])


def _more(connection: socket.socket) -> bytes:
    data = connection.recv(65536)
    assert data, "the server hung up in the middle of an answer"
    return data
