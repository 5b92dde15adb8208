"""A small town with something of everything, and the address of every page of the app in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select, update
from werkzeug.routing import Rule

from participation import clock
from participation.accounts import service as accounts
from participation.accounts.models import Person, SignInLink
from participation.accounts.rules import Language
from participation.comments import service as comments
from participation.extensions import db
from participation.needs import answers, queries, templates
from participation.needs import service as needs
from participation.needs.models import AnswerTemplate, Need, NeedDraft
from participation.needs.rules import UpdateKind
from participation.needs.templates import TemplateText
from participation.notifications import letters
from participation.notifications.marks import mute_token, unsubscribe_token
from participation.notifications.preferences import mute
from participation.outcomes import feedback
from participation.outcomes.models import Outcome, UseCheck
from participation.outcomes.rules import Helped
from participation.permissions import Permission
from participation.projects import queries as project_queries
from participation.projects.rules import Phase
from participation.residents.feedback import answer_token
from participation.support import on_behalf
from participation.support import service as support
from participation.support.on_behalf import OnBehalf
from participation.support.rules import Channel
from participation.web.access import PUBLIC, declared
from participation.web.addresses import settings
from tests import factories
from tests.people import make_person
from tests.places import IN_TRANBY, at, draw_areas

WHO_MAY: dict[str, str] = {
    PUBLIC: "Astrid",
    Permission.PARTICIPATE: "Astrid",
    Permission.SPEAK_AS_STAFF: "Cecilie",
    Permission.SEE_WORKBENCH: "Cecilie",
    Permission.WORK_ON_NEEDS: "Cecilie",
    Permission.RUN_PROJECTS: "Cecilie",
    Permission.WRITE_OUTCOMES: "Cecilie",
    Permission.APPROVE_OUTCOMES: "Dag",
    Permission.WRITE_TEMPLATES: "Dag",
    Permission.SEND_LETTERS: "Cecilie",
    Permission.OVERSEE: "Hege",
    Permission.ADMINISTER: "Farid",
}
Values = dict[str, list[Any]]

# Files and words for machines, not pages.
NOT_PAGES = {
    "static",
    "workbench.print_letters",
    "newsroom.preview_mail",
    "residents.healthz",
    "residents.readyz",
    "residents.session_time",
    "residents.similar_needs",
    # Parts and answers for the scripts of the maps.
    "residents.tell_place",
    "residents.list_addresses",
    "residents.map_section",
    # It asks the provider first, and then leads there.
    "residents.go_to_provider",
}
# Shown only in the demo; their own tests look at them.
DEMO_PAGES = {"residents.demo_mails", "residents.demo_mail", "residents.demo_time"}


@dataclass(frozen=True)
class Page:
    endpoint: str
    path: str
    name: str
    """The person who may enter."""
    is_public: bool

    def said_in(self, language: str) -> str:
        """Its address in the language."""
        return f"{self.path}{'&' if '?' in self.path else '?'}sprak={language}"

    @property
    def is_html(self) -> bool:
        """Else a picture, or a feed for other programs."""
        return not self.path.endswith((".png", ".svg", ".webp", ".atom", ".geojson"))


def build_town() -> Values:
    """Make the town; returns, for each word that addresses hold, the values worth visiting."""
    astrid, bjorn, cecilie, dag = (make_person(name) for name in ("Astrid", "Bjørn", "Cecilie", "Dag"))
    make_person("Farid")
    make_person("Hege")
    draw_areas()
    fresh = factories.make_need(astrid, title="Det mangler benker ved elva")
    declined = _declined(astrid, cecilie)
    withdrawn = factories.make_need(astrid, title="Dette trekker jeg igjen straks")
    taken_back = (withdrawn.id, factories.picture(withdrawn, by=astrid).id)
    needs.withdraw(astrid.actor, need=withdrawn)
    done = factories.make_accepted(astrid, by=cecilie, place="Ved brua", **at(IN_TRANBY))
    support.support(bjorn.actor, need=done)
    ola = _on_paper(done, by=cecilie)
    comment_id = comments.comment(astrid.actor, need=done, body="Det gjelder hele <b>familien</b>.")
    comments.comment(cecilie.actor, need=done, body="Takk, vi ser på det.", parent_id=comment_id)
    project = factories.make_project(cecilie)
    tie = factories.link(project, done, by=cecilie)
    factories.enter(project, Phase.PILOTING, by=cecilie)
    draft = factories.make_draft(project, done, by=cecilie, title="Et utkast til resultat")
    factories.illustrate(draft, by=cecilie)
    begun = factories.make_draft(project, done, by=cecilie)
    factories.illustrate(begun, by=cecilie)
    outcome = factories.publish(begun, writer=cecilie, approver=dag)
    factories.correct(outcome, writer=cecilie, approver=dag, summary="Nå går det to busser i timen hele kvelden.")
    factories.propose_correction(outcome, by=cecilie, body="Vi har satt opp <b>fire</b> avganger til.")
    _asked_later(outcome, bjorn)
    stopped = factories.make_project(cecilie, title="Et prosjekt som ble stoppet")
    factories.end(stopped, by=cecilie)
    figure = factories.plan_inside(project, by=cecilie)
    mute(astrid.id, subject=done.subject)
    # A resident with one may show it, and is never asked to.
    factories.give_passkey(astrid)
    key = needs.save_draft(None, person_id=astrid.id, fields={"title": "Et halvt behov"})
    in_draft = factories.picture(db.session.get_one(NeedDraft, key), by=astrid)
    pictured = [(need.id, factories.picture(need, by=astrid).id) for need in (fresh, done)]
    factories.picture(fresh, by=astrid, colour="green", alt="Et <b>grønt</b> eple.")
    theme, area = factories.theme_and_area()
    batch = letters.make_batch(cecilie.actor)
    return {
        "need_id": [fresh.id, declined.id, withdrawn.id, done.id],
        "declined_on_paper": [_declined(accounts.add_person("Per", email=None), cecilie).id],
        "project_id": [project.id, stopped.id],
        "outcome_id": [outcome.id, draft.id],
        "number": [1],
        "width": [480],
        "comment_id": [comment_id],
        "line_id": [queries.timeline(declined.id)[-1].id],
        "template_id": [_template(dag).id],
        "link_id": [tie.id],
        "milestone_id": [one.id for one in project_queries.milestones(project.id)],
        "figure_id": [figure.id],
        "person_id": [cecilie.id],
        "batch_id": [batch.id],
        "reader_id": [ola.id],
        "theme_id": [theme.id],
        "area_id": [area.id],
        "theme_key": [theme.key],
        "area_key": [area.key],
        "key": [key],
        "pictured": pictured,
        "pictured_for_staff": [*pictured, taken_back],
        "picture_in_draft": [in_draft.id],
        "sign_in_token": [accounts.make_link(astrid)],
        "own_email_token": [_own_email_token(astrid)],
        "provider": ["idporten"],
        "unsubscribe_token": [unsubscribe_token(astrid.id)],
        "mute_token": [mute_token(astrid.id, subject=fresh.subject), mute_token(astrid.id, subject=done.subject)],
        "answer_token": [answer_token(astrid.id, outcome.id)],
        "months": [6, 12],
    }


def _own_email_token(person: Person) -> str:
    """Of a link that makes an address the person's."""
    address = f"ny{person.id}@example.org"
    accounts.request_link(address, language=Language.BOKMAL, next_path="/", for_person_id=person.id)
    link = db.session.scalars(select(SignInLink).where(SignInLink.email == address)).one()
    return accounts.make_token(link)


def _template(by: Person) -> AnswerTemplate:
    words = TemplateText(theme_id=None, kind=UpdateKind.ACCEPTED, name="Vi tar det med", body="Takk for {tittel}.")
    template = templates.add(by.actor, text=words)
    db.session.commit()
    return template


def _asked_later(outcome: Outcome, supporter: Person) -> None:
    """As if it had been published long ago: those behind it are asked if it helped, staff if it is in use."""
    outcome.published_at = clock.now() - timedelta(days=30)
    db.session.execute(update(UseCheck).where(UseCheck.months == 6).values(due_on=clock.today()))
    feedback.ask_whether_it_helped(settings())
    feedback.say(supporter.id, outcome=outcome, helped=Helped.NO, words="Den går <b>for</b> tidlig.", may_publish=True)
    db.session.commit()


def _declined(author: Person, by: Person) -> Need:
    need = factories.make_need(author, title="Vi trenger en egen flyplass")
    answers.decline(
        by.actor, need=need, body="Det blir for dyrt.", would_change="At noen andre betaler.", version=need.version
    )
    db.session.commit()
    return need


def _on_paper(need: Need, *, by: Person) -> Person:
    """Kari supports the need on paper; Ola too, and nobody knows where he lives."""
    kari = OnBehalf(name="Kari", postal_address="3400 Lier", language=Language.BOKMAL, channel=Channel.PHONE)
    on_behalf.support_for(by.actor, need=need, of=kari)
    ola = accounts.add_person("Ola", email=None)
    support.support(ola.actor, need=need)
    db.session.commit()
    return ola


def every_page(app: Flask, values: Values) -> list[Page]:
    """Each page that can be opened, with each of the values its address may hold."""
    with app.test_request_context():
        return [
            page
            for rule in app.url_map.iter_rules()
            if "GET" in (rule.methods or ()) and rule.endpoint not in NOT_PAGES | DEMO_PAGES
            for page in _pages(app, rule, values)
        ]


def _pages(app: Flask, rule: Rule, values: Values) -> Iterator[Page]:
    access = declared(app.view_functions[rule.endpoint])
    name = WHO_MAY[str(access)]
    for arguments in _of_pictures(rule, values) or _arguments(rule, values):
        yield Page(rule.endpoint, app.url_for(rule.endpoint, **arguments), name, access == PUBLIC)


# Opened by a link from a mail, which may be no good.
BY_LINK = {
    "residents.use_link": "sign_in_token",
    "residents.confirm_email": "own_email_token",
    "residents.answer_by_link": "answer_token",
}


def _arguments(rule: Rule, values: Values) -> list[dict[str, Any]]:
    if rule.endpoint in BY_LINK:
        return [{"token": token} for token in [*values[BY_LINK[rule.endpoint]], "en-lenke-som-ikke-finnes"]]
    if rule.endpoint == "residents.unsubscribe":
        return [{"token": token} for token in values["unsubscribe_token"]]
    if rule.endpoint == "residents.mute_by_mail":
        return [{"token": token} for token in values["mute_token"]]
    if rule.endpoint == "workbench.ask_again_on_behalf":
        return [{"need_id": number} for number in values["declined_on_paper"]]
    if rule.endpoint == "newsroom.find_asked":
        return [{"outcome_id": one, "navn": name} for one in values["outcome_id"][:1] for name in ("", "ola", "ingen")]
    if rule.endpoint == "residents.list_needs":
        # As it meets a stranger, and as it is once something is asked for.
        return [{}, {"tema": values["theme_key"][0], "sorter": "nyeste"}]
    if rule.endpoint == "newsroom.new_outcome":
        return [{"prosjekt": values["project_id"][0]}]
    chosen: list[dict[str, Any]] = [{}]
    for word in sorted(rule.arguments):
        chosen = [arguments | {word: value} for arguments in chosen for value in values[word]]
    return chosen


def _of_pictures(rule: Rule, values: Values) -> list[dict[str, Any]] | None:
    """Where a picture's number goes with that of its need, or with the key of its draft; none of other pages."""
    size = {"width": 480} if "width" in rule.arguments else {}
    if rule.endpoint == "residents.draft_photo":
        return [{"key": values["key"][0], "picture_id": number, **size} for number in values["picture_in_draft"]]
    if "picture_id" not in rule.arguments:
        return None
    is_for_all = rule.endpoint in {"residents.need_photo", "residents.show_need_picture"}
    seen = values["pictured" if is_for_all else "pictured_for_staff"]
    return [{"need_id": need, "picture_id": number, **size} for need, number in seen]
