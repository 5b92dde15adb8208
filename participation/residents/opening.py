"""Counts that someone came to a result from its mail: told by a script on the page, since a scanner only opens it."""

from flask import request

from participation.extensions import csrf, db, limiter
from participation.notifications.openings import note_opening
from participation.residents.blueprint import residents
from participation.web.access import public

OPENINGS_FROM_ONE = "30 per minute"


@residents.post("/apnet")
@csrf.exempt  # type: ignore[untyped-decorator]
@limiter.limit(OPENINGS_FROM_ONE)
@public
def note_opened() -> tuple[str, int]:
    note_opening(request.form.get("fra", "")[:400])
    db.session.commit()
    return "", 204
