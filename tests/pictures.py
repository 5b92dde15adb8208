"""Pictures sent in the forms of the pages, as a browser without scripts sends them."""

from io import BytesIO
from typing import Any

from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from tests.forms import form_to
from tests.hostile import Sent

NEW, CHANGE, KEEP = "/behov/nytt", "/behov/nytt/bilder", "/behov/nytt/utkast"
WORDS: dict[str, Any] = {
    "title": "Bussen går for sjelden om kvelden",
    "description": "Etter klokka åtte går det bare én buss i timen fra Lierbyen.",
    "affected": "Ungdom og de som jobber sent.",
    "theme": "buss",
    "area": "tranby",
}


def press(
    client: FlaskClient,
    *files: Sent,
    page: str = NEW,
    to: str = CHANGE,
    shown: str | None = None,
    headers: Any = None,
    **changes: Any,
) -> TestResponse:
    """Open the page, or take it as it was shown; fill in its form, choose the files, and press the button to `to`."""
    form = form_to(shown or client.get(page).text, page.partition("?")[0], page=page)
    fields: dict[str, Any] = form.filled({**changes})
    fields["pictures"] = [FileStorage(BytesIO(one.data), one.name, content_type=one.kind) for one in files]
    # Made in memory: the client would leave the file open that it makes of a large body.
    boundary, body = encode_multipart(fields)
    return client.post(to, data=body, content_type=f"multipart/form-data; boundary={boundary}", headers=headers)


def bring(client: FlaskClient, *files: Sent, **changes: Any) -> TestResponse:
    """A need that is being written, with the files, and the button that adds them."""
    return press(client, *files, **(WORDS | {"bilder": "legg-til"} | changes))
