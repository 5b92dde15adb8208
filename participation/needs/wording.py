"""Finds the templates that answers begin with, and what their fields stand for."""

from collections.abc import Sequence
from datetime import date

from flask_babel import force_locale
from sqlalchemy import case, select
from sqlalchemy.orm import joinedload

from participation.accounts.rules import Language
from participation.extensions import db
from participation.needs.fields import Field
from participation.needs.models import AnswerTemplate, Area, Need, Theme
from participation.needs.rules import UpdateKind
from participation.web.filters import long_date, number

# Answers are written once, in Norwegian, whatever language each of their readers has chosen.
ANSWERS_LANGUAGE = Language.BOKMAL


def field_values(need: Need, *, answer_by: date | None = None) -> dict[Field, str]:
    """What the fields stand for in an answer to the need; the deadline only where the answer gives one."""
    theme, area = db.session.get_one(Theme, need.theme_id), db.session.get_one(Area, need.area_id)
    with force_locale(ANSWERS_LANGUAGE.value):
        return {
            Field.TITLE: need.title,
            Field.REFERENCE: need.reference,
            Field.THEME: theme.name(ANSWERS_LANGUAGE),
            Field.AREA: area.name,
            Field.DEADLINE: long_date(answer_by) if answer_by else "",
            Field.SUPPORTERS: number(need.support_count),
        }


def template(template_id: int) -> AnswerTemplate | None:
    return db.session.scalar(
        select(AnswerTemplate).where(AnswerTemplate.id == template_id).options(joinedload(AnswerTemplate.theme))
    )


def all_templates() -> Sequence[AnswerTemplate]:
    """Every template: the general ones first, then by theme, each by kind and name."""
    general_first = case((AnswerTemplate.theme_id.is_(None), 0), else_=1)
    return db.session.scalars(
        select(AnswerTemplate)
        .outerjoin(AnswerTemplate.theme)
        .options(joinedload(AnswerTemplate.theme))
        .order_by(general_first, Theme.position, Theme.id, AnswerTemplate.kind, AnswerTemplate.name, AnswerTemplate.id)
    ).all()


def templates_for(theme_id: int) -> Sequence[AnswerTemplate]:
    """Those in use that an answer to a need of the theme may begin with: the theme's own first."""
    own_first = case((AnswerTemplate.theme_id.is_(None), 1), else_=0)
    return db.session.scalars(
        select(AnswerTemplate)
        .where(AnswerTemplate.active, (AnswerTemplate.theme_id == theme_id) | AnswerTemplate.theme_id.is_(None))
        .order_by(own_first, AnswerTemplate.name, AnswerTemplate.id)
    ).all()


def example_need(theme_id: int | None) -> Need | None:
    """A need to show a template with: the newest of its theme."""
    query = select(Need).options(joinedload(Need.theme), joinedload(Need.area))
    if theme_id is not None:
        query = query.where(Need.theme_id == theme_id)
    return db.session.scalar(query.order_by(Need.id.desc()).limit(1))


TEMPLATE_KINDS = (UpdateKind.PROVISIONAL, UpdateKind.ACCEPTED, UpdateKind.DECLINED, UpdateKind.NEWS)
