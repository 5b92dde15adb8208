"""Answers with a picture. Whether who asks may see it is for the view to know."""

from flask import Response, abort

from participation.files.service import picture_file, the_store


def picture_answer(key: str | None, width: int, *, name: str, kept_days: int = 0) -> Response:
    """The picture at that width, under a name of ours; not found where there is none.

    With days, the browser keeps it for so long without asking again: for an address whose picture never changes.
    Only browsers do, so that what is taken away is gone at once for all who have not seen it.
    """
    data = picture_file(key, width, the_store())
    if data is None:
        abort(404)
    response = Response(data, mimetype="image/webp")
    response.headers.set("Content-Disposition", "inline", filename=f"{name}-{width}.webp")
    if kept_days:
        response.cache_control.private = True
        response.cache_control.immutable = True
        response.cache_control.max_age = kept_days * 24 * 3600
    return response
