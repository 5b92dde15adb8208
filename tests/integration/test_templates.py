from collections.abc import Callable

import pytest
from sqlalchemy import select

from participation.accounts.models import Person
from participation.audit.models import AuditEntry
from participation.extensions import db
from participation.needs import templates
from participation.needs.models import AnswerTemplate, Theme
from participation.needs.rules import UpdateKind
from participation.needs.templates import TemplateText
from participation.needs.wording import all_templates, templates_for
from participation.refusals import Refusal, Refused
from tests.factories import theme_and_area

Named = Callable[[str], Person]


def text(theme: Theme | None = None, *, name: str = "Vi trenger mer tid", body: str = "Om {tittel}.") -> TemplateText:
    theme_id = theme.id if theme else None
    return TemplateText(theme_id=theme_id, kind=UpdateKind.PROVISIONAL, name=name, body=body)


def make(dag: Person, words: TemplateText) -> AnswerTemplate:
    template = templates.add(dag.actor, text=words)
    db.session.commit()
    return template


def names(theme: Theme) -> list[str]:
    return [template.name for template in templates_for(theme.id)]


def test_a_themes_own_templates_come_before_the_general_ones(dag: Person) -> None:
    theme, _area = theme_and_area()
    other = Theme(key="skole", nb="Skole", nn="Skule", en="School")
    db.session.add(other)
    db.session.commit()
    make(dag, text(name="Allmenn"))
    make(dag, text(theme, name="Ågot om buss"))
    make(dag, text(other, name="Om skole"))
    assert names(theme) == ["Ågot om buss", "Allmenn"]
    assert all_templates()[0].name == "Allmenn"


def test_a_field_that_does_not_exist_is_refused(dag: Person) -> None:
    with pytest.raises(Refused) as refused:
        templates.add(dag.actor, text=text(body="Kjære {navn}"))
    db.session.rollback()
    assert refused.value.reason is Refusal.FIELD_UNFILLED
    assert all_templates() == []


def test_a_template_is_changed_by_who_has_seen_how_it_stands(dag: Person) -> None:
    template = make(dag, text())
    version = template.version
    templates.change(dag.actor, template=template, text=text(body="Annet."), version=version)
    db.session.commit()
    with pytest.raises(Refused) as refused:
        templates.change(dag.actor, template=template, text=text(body="Tredje."), version=version)
    db.session.rollback()
    assert refused.value.reason is Refusal.CHANGED_MEANWHILE
    assert all_templates()[0].body == "Annet."


def test_a_retired_template_is_offered_no_more_until_it_is_brought_back(dag: Person) -> None:
    theme, _area = theme_and_area()
    template = make(dag, text())
    for in_use in (False, False, True):
        templates.set_in_use(dag.actor, template=template, in_use=in_use)
        db.session.commit()
        assert bool(names(theme)) is in_use
    actions = select(AuditEntry.action).where(AuditEntry.object_kind == "answer_template").order_by(AuditEntry.id)
    assert list(db.session.scalars(actions)) == ["added", "put_out_of_use", "put_in_use"]
