"""Keeps the templates that answers begin with: retired, never deleted, since the audit trail points to them."""

from dataclasses import asdict, dataclass

from participation.audit import service as audit
from participation.extensions import db
from participation.needs.fields import unknown_fields
from participation.needs.models import AnswerTemplate
from participation.needs.rules import UpdateKind
from participation.permissions import Actor
from participation.refusals import Refusal, Refused

TEMPLATE_KIND = "answer_template"


@dataclass(frozen=True, kw_only=True)
class TemplateText:
    """What staff write; without a theme it is for all of them."""

    theme_id: int | None
    kind: UpdateKind
    name: str
    body: str
    mail_body: str = ""
    would_change: str = ""


def add(actor: Actor, *, text: TemplateText) -> AnswerTemplate:
    """A new template. Raises Refused(FIELD_UNFILLED) for a field that doesn't exist."""
    _check(text)
    template = AnswerTemplate(active=True, **asdict(text))
    db.session.add(template)
    db.session.flush()
    audit.record("added", actor_id=actor.id, kind=TEMPLATE_KIND, object_id=template.id, name=text.name)
    return template


def change(actor: Actor, *, template: AnswerTemplate, text: TemplateText, version: int) -> None:
    """Other words from now on; answers already given keep theirs."""
    if template.version != version:
        raise Refused(Refusal.CHANGED_MEANWHILE)
    _check(text)
    before = {name: getattr(template, name) for name in ("body", "mail_body", "would_change")}
    for name, value in asdict(text).items():
        setattr(template, name, value)
    audit.record("changed", actor_id=actor.id, kind=TEMPLATE_KIND, object_id=template.id, name=text.name, before=before)


def set_in_use(actor: Actor, *, template: AnswerTemplate, in_use: bool) -> None:
    """Retire it, or bring it back; the same twice is the same as once."""
    if template.active == in_use:
        return
    template.active = in_use
    action = "put_in_use" if in_use else "put_out_of_use"
    audit.record(action, actor_id=actor.id, kind=TEMPLATE_KIND, object_id=template.id)


def _check(text: TemplateText) -> None:
    if unknown_fields(text.body, text.mail_body, text.would_change):
        raise Refused(Refusal.FIELD_UNFILLED)
