"""An answer as its readers will meet it, with what was filled in marked."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup, escape

from participation import clock
from participation.needs.fields import Values, fill
from participation.needs.models import Need
from participation.needs.queries import promises
from participation.needs.rules import DateMove, UpdateKind, date_moves
from participation.needs.service import need_facts
from participation.notifications.mails import render_mail
from participation.notifications.rules import EventKind
from participation.unwritten import gaps, mark_gaps
from participation.web.addresses import absolute_url

# What staff write is stripped of these, and what stands unpaired is taken out. They become <mark> once all else is
# made safe.
_BEGIN, _END = "\ue000", "\ue001"
_GAP_BEGINS, _GAP_ENDS = "\ue002", "\ue003"
_ALL_MARKS = str.maketrans("", "", _BEGIN + _END + _GAP_BEGINS + _GAP_ENDS)
_FILLED = re.compile(f"{_BEGIN}([^<{_BEGIN}{_END}]*){_END}")
_GAP = re.compile(f"{_GAP_BEGINS}([^<{_GAP_BEGINS}{_GAP_ENDS}]*){_GAP_ENDS}")


@dataclass(frozen=True)
class Line:
    """What `answer_letter` shows, of an answer that has not been given."""

    kind: UpdateKind
    body: str
    would_change: str
    actor: Any
    answer_by: date | None = None
    id: str = "preview"
    at: datetime = field(default_factory=clock.now)
    corrected_at: datetime | None = None
    revisions: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Preview:
    line: Line
    subject: str
    mail: str
    moved: DateMove | None = None
    gaps: Sequence[str] = ()


def preview(
    kind: UpdateKind, *, need: Need, texts: dict[str, str], values: Values, actor: Any, answer_by: date | None = None
) -> Preview:
    """The letter on the page and the mail, as they will read."""
    filled = {name: _filled(text, values) for name, text in texts.items()}
    line = Line(kind, filled["body"], filled.get("would_change", ""), actor, answer_by)
    moved = _move(need, kind, answer_by)
    subject, mail = _mail(line, need, filled.get("mail_body", ""), moved)
    return Preview(line, subject, mail, moved, gaps(*texts.values()))


def _filled(text: str, values: Values) -> str:
    bare = mark_gaps(text.translate(_ALL_MARKS), around=(_GAP_BEGINS, _GAP_ENDS))
    return fill(bare, values, around=(_BEGIN, _END))


def _move(need: Need, kind: UpdateKind, answer_by: date | None) -> DateMove | None:
    """The move of the date that the answer would make."""
    return date_moves([*promises(need.id), (0, kind, answer_by)]).get(0) if answer_by else None


def _mail(line: Line, need: Need, mail_body: str, moved: DateMove | None) -> tuple[str, str]:
    kind = EventKind.NEWS if line.kind is UpdateKind.NEWS else EventKind.ANSWERED
    facts = {
        "answer": line.kind.value,
        "body": line.body,
        "mail_body": mail_body,
        "would_change": line.would_change,
        "answer_by": line.answer_by.isoformat() if line.answer_by else None,
        "former_answer_by": moved.former.isoformat() if moved else None,
        "times_moved": moved.number if moved else 0,
    }
    context = {
        "person": SimpleNamespace(name=_("[the reader's name]")),
        "needs": list(need_facts(need).values()),
        "facts": facts,
        "url": absolute_url("residents.show_need", need_id=need.id),
        "because": _("[why the reader is told]"),
        "unsubscribe_url": absolute_url("residents.my_page"),
    }
    parts = render_mail(kind.value, context)
    return parts["subject"], parts["text"].partition("\n-- \n")[0].strip()


def marked(text: str | Markup) -> Markup:
    """What was filled in and what is still to be written, marked: only text is, since addresses hold these characters
    spelt out.
    """
    safe = _GAP.sub(r'<mark class="gap">\1</mark>', str(escape(text)))
    safe = _FILLED.sub(r"<mark>\1</mark>", safe)
    return Markup(safe.translate(_ALL_MARKS))  # noqa: S704  just escaped
