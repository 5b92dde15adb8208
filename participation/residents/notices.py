"""How soon one is told of what, when it is to be quiet, and what one wants no mail about."""

from collections.abc import Callable
from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext, pgettext
from werkzeug.wrappers import Response
from wtforms import BooleanField, RadioField

from participation import clock
from participation.accounts.login import the_person
from participation.extensions import db
from participation.needs import queries as needs
from participation.needs.models import SUBJECT_KIND
from participation.notifications.labels import TOPICS
from participation.notifications.preferences import mute, set_notices, unmute
from participation.notifications.queries import muted_ids, paces
from participation.notifications.rules import Pace, Subject, Topic, due_at
from participation.permissions import Permission
from participation.residents.blueprint import residents
from participation.residents.need_page import visitor
from participation.web.access import requires, the_actor
from participation.web.addresses import settings
from participation.web.filters import label
from participation.web.forms import Form, choices_of
from participation.web.views import found


def _pace_of(topic: Topic, choices: Callable[[], list[tuple[str, str]]] | None = None) -> RadioField:
    return RadioField(TOPICS[topic], choices=choices or choices_of(Pace), default=Pace.AT_ONCE.value)


def _once_a_year() -> list[tuple[str, str]]:
    return [(Pace.AT_ONCE.value, pgettext("pace", "In January")), (Pace.NEVER.value, label(Pace.NEVER))]


class NoticesForm(Form):
    mail_notices = BooleanField(lazy_gettext("Tell me by e-mail what happens"))
    answers = _pace_of(Topic.ANSWERS)
    progress = _pace_of(Topic.PROGRESS)
    results = _pace_of(Topic.RESULTS)
    questions = _pace_of(Topic.QUESTIONS)
    summary = _pace_of(Topic.SUMMARY, _once_a_year)
    work = _pace_of(Topic.WORK)
    quiet_nights = BooleanField(lazy_gettext("Send me nothing at night"))

    @property
    def topics(self) -> list[RadioField]:
        """What the person chooses a pace for; what waits at work is for those who work here."""
        return [self[topic.value] for topic in Topic if topic.value in self]

    @property
    def chosen(self) -> dict[Topic, Pace]:
        return {Topic(field.short_name): Pace(field.data) for field in self.topics}


@residents.route("/min-side/varsler", methods=["GET", "POST"])
@requires(Permission.PARTICIPATE)
def notices() -> str | Response | tuple[str, int]:
    form = _form()
    if request.method == "GET":
        return _page(form)
    if not form.validate():
        return _page(form), 400
    set_notices(
        the_person(),
        wanted=form.mail_notices.data,
        quiet_nights=form.quiet_nights.data,
        chosen=_unless_same(form.chosen),
    )
    db.session.commit()
    flash(_("Your choices are saved."), "success")
    return redirect(url_for("residents.notices"))


def _form() -> NoticesForm:
    me = the_person()
    chosen = {topic.value: _offered(topic, pace).value for topic, pace in paces(me.id).items()}
    form = NoticesForm(data={"mail_notices": me.mail_notices, "quiet_nights": me.quiet_nights, **chosen})
    if not the_actor().is_staff:
        del form.work
    return form


def _offered(topic: Topic, pace: Pace) -> Pace:
    """The year's summary comes once; every pace but never is that."""
    return pace if topic is not Topic.SUMMARY or pace is Pace.NEVER else Pace.AT_ONCE


def _unless_same(chosen: dict[Topic, Pace]) -> dict[Topic, Pace]:
    """Only what was changed: a pace that the form can't show stays as it is."""
    before = paces(the_actor().id)
    return {topic: pace for topic, pace in chosen.items() if _offered(topic, before[topic]) is not pace}


def _page(form: NoticesForm) -> str:
    muted = needs.needs_by_id(muted_ids(the_actor().id, kind=SUBJECT_KIND))
    return render_template("residents/notices.html", form=form, muted=muted, next_bundle=next_bundles(clock.now()))


def next_bundles(now: datetime) -> dict[Pace, datetime]:
    """When the mails that gather what happens leave next."""
    return {pace: due_at(pace, now=now, digest_hour=settings().quiet_to_hour) for pace in (Pace.DAILY, Pace.WEEKLY)}


@residents.post("/behov/<id:need_id>/demp")
@requires(Permission.PARTICIPATE)
def mute_need(need_id: int) -> str | Response:
    need = found(needs.need_page(need_id))
    mute(the_actor().id, subject=need.subject)
    db.session.commit()
    if request.headers.get("HX-Request"):
        return render_template("residents/support_panel.html", need=need, visitor=visitor(need))
    return redirect(url_for("residents.show_need", need_id=need.id, _anchor="stotte"))


@residents.post("/behov/<id:need_id>/slutt-a-dempe")
@requires(Permission.PARTICIPATE)
def unmute_need(need_id: int) -> str | Response:
    need = found(needs.need_page(need_id))
    unmute(the_actor().id, subject=Subject(SUBJECT_KIND, need.id))
    db.session.commit()
    if request.headers.get("HX-Request"):
        return render_template("residents/support_panel.html", need=need, visitor=visitor(need))
    if request.form.get("til") == "varsler":
        flash(_("You get e-mails about “%(title)s” again.", title=need.title), "success")
        return redirect(url_for("residents.notices", _anchor="muted"))
    return redirect(url_for("residents.show_need", need_id=need.id, _anchor="stotte"))
