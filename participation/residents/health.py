"""What a load balancer asks: is the process alive, and can it serve."""

import structlog
from flask import Response
from sqlalchemy.exc import SQLAlchemyError

from participation.database import is_migrated
from participation.extensions import db
from participation.residents.blueprint import residents
from participation.web.access import public

log = structlog.get_logger()


@residents.get("/healthz")
@public
def healthz() -> Response:
    return Response("ok\n", mimetype="text/plain")


@residents.get("/readyz")
@public
def readyz() -> Response:
    fault = _fault()
    return Response(f"{fault or 'ok'}\n", 503 if fault else 200, mimetype="text/plain")


def _fault() -> str | None:
    try:
        migrated = is_migrated(db.session.connection())
    except SQLAlchemyError as error:
        log.warning("not_ready", error=str(error))
        db.session.rollback()
        return "the database does not answer"
    return None if migrated else "the database is not migrated: run `flask --app wsgi db upgrade`"
