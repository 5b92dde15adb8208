"""What a load balancer asks: is the process alive, and can it serve."""

import structlog
from flask import Response
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

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
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        log.warning("not_ready", error=str(error))
        db.session.rollback()
        return Response("the database does not answer\n", 503, mimetype="text/plain")
    return Response("ok\n", mimetype="text/plain")
