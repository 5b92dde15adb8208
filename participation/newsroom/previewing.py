"""What residents will see: the page and the mail beside each other, in each language."""

from flask import make_response, render_template, request
from flask.wrappers import Response
from flask_babel import force_locale
from markupsafe import Markup

from participation.accounts.login import the_person
from participation.files.service import picture_sizes, the_store
from participation.newsroom.blueprint import newsroom
from participation.notifications.labels import because
from participation.notifications.mails import render_mail
from participation.notifications.rules import EventKind, Reason
from participation.outcomes import queries
from participation.outcomes.models import Outcome
from participation.outcomes.service import outcome_facts
from participation.outcomes.shown import as_it_stands
from participation.permissions import Permission
from participation.web.access import requires
from participation.web.addresses import absolute_url, settings
from participation.web.headers import FRAMED_MAIL, FRAMED_PAGE, policy
from participation.web.language import DEFAULT, LANGUAGES
from participation.web.views import found


@newsroom.get("/redaksjonen/resultater/<id:outcome_id>/forhandsvisning")
@requires(Permission.WRITE_OUTCOMES)
def preview(outcome_id: int) -> str:
    outcome, language = found(queries.outcome(outcome_id)), _language()
    return render_template(
        "newsroom/preview.html",
        outcome=outcome,
        language=language,
        languages=LANGUAGES,
        card=_card(outcome, language),
        mail=_mail(outcome, language),
        sender=settings().mail_from,
        is_translated=language == DEFAULT or language in outcome.translations,
    )


def _card(outcome: Outcome, language: str) -> Markup:
    """The card as it stands on the front page and under Results."""
    sizes = picture_sizes(outcome.picture_key, the_store())
    with force_locale(language):
        card = render_template("newsroom/preview_card.html", outcome=outcome, picture_sizes=sizes)
    return Markup(card)  # noqa: S704  a template, which has escaped what it says


@newsroom.get("/redaksjonen/resultater/<id:outcome_id>/forhandsvisning/side")
@requires(Permission.WRITE_OUTCOMES)
@policy(FRAMED_PAGE)
def preview_page(outcome_id: int) -> str:
    outcome, language = found(queries.outcome(outcome_id)), _language()
    with force_locale(language):
        return render_template(
            "residents/outcome.html",
            outcome=outcome,
            shown=as_it_stands(outcome, language=language),
            versions=queries.versions_of(outcome.id),
            picture_sizes=picture_sizes(outcome.picture_key, the_store()),
            picture_endpoint="newsroom.outcome_photo",
            # What people say of it comes after it is published.
            after=None,
            says_reach=False,
            # The frame lets no script run.
            is_framed=True,
        )


@newsroom.get("/redaksjonen/resultater/<id:outcome_id>/forhandsvisning/e-post")
@requires(Permission.WRITE_OUTCOMES)
@policy(FRAMED_MAIL)
def preview_mail(outcome_id: int) -> Response:
    outcome = found(queries.outcome(outcome_id))
    return make_response(_mail(outcome, _language())["html"])


def _language() -> str:
    """Not the page's own language: whoever looks goes on reading theirs."""
    asked = request.args.get("pa", DEFAULT)
    return asked if asked in LANGUAGES else DEFAULT


def _mail(outcome: Outcome, language: str) -> dict[str, str]:
    """The mail as it goes to one who supports all of its needs."""
    facts = outcome_facts(outcome)
    needs = list(facts["needs"].values())
    my_page = absolute_url("residents.my_page")
    with force_locale(language):
        return render_mail(
            EventKind.OUTCOME.value,
            {
                "person": the_person(),
                "facts": facts,
                "needs": needs,
                "url": absolute_url("residents.show_outcome", outcome_id=outcome.id),
                "because": because(Reason.SUPPORTER, needs=len(needs)),
                "mute_url": my_page if len(needs) == 1 else None,
                "unsubscribe_url": my_page,
            },
        )
