"""What an Atom feed holds (RFC 4287), and how it leaves."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Response, render_template, request

from participation.opendata.blueprint import kept_for, opendata
from participation.web.addresses import absolute_url
from participation.web.language import LANGUAGES

MIMETYPE = "application/atom+xml"
ENTRIES_MAX = 50
# Readers ask a few times a day, and what is taken back is to be gone soon.
_KEPT_SECONDS = 600
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing that happened. The content is HTML as a template has made it; no author means the municipality."""

    id: str
    url: str
    title: str
    published: datetime
    updated: datetime
    content: str
    author: str = ""


@dataclass(frozen=True, kw_only=True)
class Feed:
    title: str
    url: str
    """The address of the page that says the same."""
    since: datetime
    """When it was last changed while nothing has happened."""
    entries: Sequence[Entry]

    @property
    def updated(self) -> datetime:
        return max((entry.updated for entry in self.entries), default=self.since)


def newest(entries: Iterable[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: entry.published, reverse=True)[:ENTRIES_MAX]


def answer(feed: Feed) -> Response:
    """The feed as XML, at the address that was asked for without all else that stood in it."""
    words = dict(request.view_args or {})
    if request.args.get("sprak") in LANGUAGES:
        words["sprak"] = request.args["sprak"]
    xml = render_template("opendata/feed.xml", feed=feed, self_url=absolute_url(str(request.endpoint), **words))
    response = Response(_NOT_IN_XML.sub("", xml), mimetype=MIMETYPE)
    response.last_modified = feed.updated
    response.add_etag()
    return kept_for(response, seconds=_KEPT_SECONDS)


@opendata.app_template_filter()
def stamp(moment: datetime) -> str:
    """2026-11-23T09:30:00Z"""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
