"""A mail server that takes everything and keeps nothing: `python -m bench.sink PORT`, until it is stopped."""

import sys
import threading

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class _Takes:
    async def handle_DATA(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802 aiosmtpd names it so
        return "250 OK"


if __name__ == "__main__":
    Controller(_Takes(), hostname="127.0.0.1", port=int(sys.argv[1])).start()
    threading.Event().wait()
