"""The pictures that show where a link to a need or an outcome is passed on."""

from flask import Response
from flask_babel import get_locale
from flask_babel import gettext as _

from participation.files.rules import DRAWN_FOLDER
from participation.files.service import kept_file
from participation.needs.models import Need
from participation.needs.queries import need_page
from participation.needs.rules import NOT_LISTED, may_support
from participation.opendata.blueprint import in_asked_language, kept_for, opendata
from participation.opendata.pictures import NeedPicture, OutcomePicture, Words, digest, draw
from participation.outcomes import queries as outcomes
from participation.outcomes.follow_up_queries import ended_among
from participation.outcomes.models import Outcome
from participation.outcomes.rules import PUBLIC_STATES
from participation.outcomes.wording import in_language
from participation.web.access import public
from participation.web.addresses import settings
from participation.web.filters import counted as ngettext  # so that its texts are found for translation
from participation.web.filters import label
from participation.web.views import found

# Not longer, so that what is taken back is soon gone where it was passed on too.
_KEPT_SECONDS = 3600


@opendata.get("/resultater/<id:outcome_id>/deling.png")
@public
@in_asked_language
def outcome_picture(outcome_id: int) -> Response:
    return _answer(_words_of_outcome(found(_published(outcome_id))))


@opendata.get("/behov/<id:need_id>/deling.png")
@public
@in_asked_language
def need_picture(need_id: int) -> Response:
    return _answer(_words_of_need(found(_listed(need_id))))


def _published(outcome_id: int) -> Outcome | None:
    outcome = outcomes.outcome(outcome_id)
    return outcome if outcome and outcome.state in PUBLIC_STATES else None


def _listed(need_id: int) -> Need | None:
    need = need_page(need_id)
    return need if need and need.state not in NOT_LISTED else None


def _words_of_outcome(outcome: Outcome) -> OutcomePicture:
    quoted, in_use = outcome.quoted, not ended_among([outcome.id])
    said = in_language(outcome.words, outcome.translations, str(get_locale()))
    return OutcomePicture(
        site_name=settings().site_name,
        said_label=_("You said"),
        need=quoted.title if quoted else "",
        # A quote is told by those who said it; the whole count would put it in the mouths of others.
        people=_asked(quoted.support_count if quoted else outcome.people_behind),
        did_label=_("We did") if in_use else _("No longer in use"),
        outcome=said.title.text,
        in_use=in_use,
    )


def _asked(count: int) -> str:
    return ngettext("%(num)s person asked for this", "%(num)s people asked for this", count) if count else ""


def _words_of_need(need: Need) -> NeedPicture:
    return NeedPicture(
        site_name=settings().site_name,
        title=need.title,
        people=ngettext("%(num)s has this need", "%(num)s have this need", need.support_count),
        state=need.state,
        state_word=label(need.state),
        question="" if may_support(need.state) else _("Do you have this need too?"),
    )


def _answer(words: Words) -> Response:
    name = digest(words)
    path = settings().var_folder / DRAWN_FOLDER / f"{name}.png"
    response = Response(kept_file(path, lambda: draw(words)), mimetype="image/png")
    response.set_etag(name)
    return kept_for(response, seconds=_KEPT_SECONDS)
