"""One line of JSON an event, from our own code and from the libraries: for machines, and without what is private."""

import logging
import re
from typing import TextIO

import structlog

# Gunicorn tells of a request that failed with its address, where a sign-in token may stand, and with who sent it.
_PRIVATE_AFTER = re.compile(r"^(Error handling request|Invalid request)\b.*", re.DOTALL)
# A national identity number: whatever goes wrong with one, it doesn't stand in the log.
_NUMBER = re.compile(r"(?<!\d)\d{11}(?!\d)")


class WithoutVisitors(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        found = _PRIVATE_AFTER.match(str(record.msg))
        if found:
            record.msg, record.args = found[1], ()
        return True


def configure() -> None:
    logging.basicConfig(level=logging.INFO, handlers=[make_handler()])
    # It tells of every job it finds nothing to do in.
    logging.getLogger("huey").setLevel(logging.WARNING)
    # It tells of each table of the font of each letter that is printed.
    logging.getLogger("fontTools").setLevel(logging.WARNING)
    # It tells who has reached a limit.
    logging.getLogger("flask-limiter").setLevel(logging.WARNING)
    structlog.configure(
        processors=[*_first(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    _take_over(logging.getLogger("gunicorn.error"))


def make_handler(stream: TextIO | None = None) -> logging.Handler:
    """Writes to standard error unless told otherwise."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_formatter())
    return handler


def _take_over(web_server: logging.Logger) -> None:
    """The web server has its own handlers by the time it loads us."""
    web_server.addFilter(WithoutVisitors())
    for handler in web_server.handlers:
        handler.setFormatter(_formatter())


def _formatter() -> logging.Formatter:
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.add_logger_name, *_first()],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            _without_numbers,
            structlog.processors.JSONRenderer(),
        ],
    )


def _without_numbers(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    return {name: _NUMBER.sub("***", told) if isinstance(told, str) else told for name, told in event.items()}


def _first() -> list[structlog.typing.Processor]:
    return [structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso", utc=True)]
