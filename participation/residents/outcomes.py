"""What has come of it: the published outcomes."""

from flask import Response, render_template, request
from flask_babel import get_locale

from participation.files.service import picture_sizes, the_store
from participation.files.serving import picture_answer
from participation.needs import queries as needs
from participation.outcomes import queries
from participation.outcomes.follow_up_queries import ended_among
from participation.outcomes.models import Outcome
from participation.outcomes.reach import may_be_shown
from participation.outcomes.rules import PUBLIC_STATES, OutcomeState
from participation.outcomes.shown import as_it_stands, as_it_was, figures_of
from participation.outcomes.wording import SaidFigure
from participation.residents import outcome_list
from participation.residents.blueprint import residents
from participation.residents.feedback import after_publishing
from participation.web.access import public
from participation.web.pagination import Cursor
from participation.web.views import found

Answer = str | tuple[str, int]


@residents.app_template_global()
def first_figure(outcome: Outcome) -> SaidFigure | None:
    """The figure that a card shows, named in the reader's language."""
    return next(iter(figures_of(outcome, language=str(get_locale()))), None)


@residents.get("/resultater")
@public
def list_outcomes() -> str:
    themes, areas = needs.all_themes(), needs.all_areas()
    first_year = queries.first_year()
    years = outcome_list.years_since(first_year)
    wanted = outcome_list.asked(themes, areas, years=years)
    after = Cursor.parse(request.args.get("etter"))
    page = queries.list_published(wanted.filter, after=after)
    return render_template(
        "residents/outcomes.html",
        asked=wanted,
        outcomes=page.rows,
        ended=ended_among(outcome.id for outcome in page.rows),
        pictures=outcome_list.pictures(page.rows),
        choices=outcome_list.choices(themes, areas, years, wanted),
        is_empty=first_year is None,
        value_slugs=outcome_list.VALUE_SLUGS,
        verdict_slugs=outcome_list.VERDICT_SLUGS,
        next_url=wanted.url(after=str(page.next)) if page.next else None,
        is_first=after is None,
    )


@residents.get("/resultater/<id:outcome_id>")
@public
def show_outcome(outcome_id: int) -> Answer:
    outcome = found(_told_of(outcome_id))
    if outcome.state is OutcomeState.WITHDRAWN:
        return _withdrawn(outcome)
    return render_template(
        "residents/outcome.html",
        outcome=outcome,
        shown=as_it_stands(outcome, language=str(get_locale())),
        versions=queries.versions_of(outcome.id),
        picture_sizes=picture_sizes(outcome.picture_key, the_store()),
        picture_endpoint="residents.outcome_photo",
        says_reach=may_be_shown(outcome),
        after=after_publishing(outcome),
    )


@residents.get("/resultater/<id:outcome_id>/versjon/<id:number>")
@public
def show_outcome_version(outcome_id: int, number: int) -> Answer:
    """The words as they were before they were corrected."""
    outcome = found(_told_of(outcome_id))
    if outcome.state is OutcomeState.WITHDRAWN:
        return _withdrawn(outcome)
    version = found(queries.version_of(outcome_id, number))
    return render_template(
        "residents/outcome_version.html",
        outcome=outcome,
        version=version,
        shown=as_it_was(outcome, version, language=str(get_locale())),
    )


@residents.get("/resultater/<id:outcome_id>/bilde-<int:width>.webp")
@public
def outcome_photo(outcome_id: int, width: int) -> Response:
    outcome = found(_published(outcome_id))
    return picture_answer(outcome.picture_key, width, name=f"resultat-{outcome_id}")


def _withdrawn(outcome: Outcome) -> tuple[str, int]:
    """Only that there was one, and why it is gone: what it said stands nowhere."""
    return render_template("residents/outcome_withdrawn.html", outcome=outcome), 410


def _told_of(outcome_id: int) -> Outcome | None:
    outcome = queries.outcome(outcome_id)
    return outcome if outcome and outcome.state in PUBLIC_STATES | {OutcomeState.WITHDRAWN} else None


def _published(outcome_id: int) -> Outcome | None:
    outcome = queries.outcome(outcome_id)
    return outcome if outcome and outcome.state in PUBLIC_STATES else None
