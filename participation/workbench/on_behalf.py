"""What staff register for people without e-mail: a need of their own, that they have one too, or want a new answer."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext, lazy_gettext
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from wtforms import BooleanField, RadioField, SelectField
from wtforms.fields import SelectChoice

from participation.accounts.rules import NAME_MAX_CHARACTERS, Language
from participation.extensions import db
from participation.needs import queries
from participation.needs.models import Need
from participation.needs.rules import (
    ADDITION_MAX_CHARACTERS,
    AFFECTED_MAX_CHARACTERS,
    TEXT_MAX_CHARACTERS,
    TITLE_MAX_CHARACTERS,
    TITLE_MIN_CHARACTERS,
    NeedState,
    NeedText,
    may_support,
)
from participation.permissions import Permission
from participation.refusals import ensure
from participation.support import on_behalf
from participation.support.on_behalf import OnBehalf
from participation.support.rules import Channel
from participation.web.access import requires, the_actor
from participation.web.addresses import settings
from participation.web.forms import (
    Form,
    Required,
    SubmissionKeyField,
    TextBlock,
    TextLine,
    VersionField,
    at_least,
    at_most,
    choices_of,
)
from participation.web.views import failed, found
from participation.workbench.blueprint import workbench
from participation.workbench.postal_address import PostalAddress, Printable

LANGUAGES = {Language.BOKMAL: "Bokmål", Language.NYNORSK: "Nynorsk", Language.ENGLISH: "English"}
_LANGUAGE_CHOICES = [SelectChoice(code.value, name) for code, name in LANGUAGES.items()]


def _channel() -> RadioField:
    return RadioField(
        lazy_gettext("How did they tell us?"),
        [Required(lazy_gettext("Choose how they told us"))],
        choices=choices_of(Channel),
    )


class OnBehalfForm(Form):
    """Who spoke, and how."""

    name = TextLine(
        lazy_gettext("Their name"),
        [Required(lazy_gettext("Write their name")), at_most(NAME_MAX_CHARACTERS), Printable()],
    )
    postal_address = PostalAddress()
    language = SelectField(lazy_gettext("Language of their letters"), choices=_LANGUAGE_CHOICES)
    channel = _channel()
    agreed = BooleanField(
        lazy_gettext("They have agreed that we keep their name and address, and write to them about this need"),
        [Required(lazy_gettext("Ask them first. Without their yes, nothing can be registered."))],
    )

    def person(self) -> OnBehalf:
        """Who it is for, once it is valid."""
        return OnBehalf(
            name=self.name.data,
            postal_address=self.postal_address.data,
            language=Language(self.language.data),
            channel=Channel(self.channel.data),
        )


class NeedOnBehalfForm(OnBehalfForm):
    title = TextLine(
        lazy_gettext("What do they need, in one sentence?"),
        [
            Required(lazy_gettext("Write what they need, in one sentence")),
            at_least(TITLE_MIN_CHARACTERS),
            at_most(TITLE_MAX_CHARACTERS),
        ],
    )
    description = TextBlock(
        lazy_gettext("More about the need"),
        [Required(lazy_gettext("Write more about the need")), at_most(TEXT_MAX_CHARACTERS)],
    )
    affected = TextBlock(
        lazy_gettext("Who has this need, and when?"),
        [Required(lazy_gettext("Say who has this need, and when")), at_most(AFFECTED_MAX_CHARACTERS)],
    )
    solution = TextBlock(lazy_gettext("Their idea for a solution"), [at_most(TEXT_MAX_CHARACTERS)])
    theme = SelectField(lazy_gettext("Theme"), [Required(lazy_gettext("Choose a theme"))])
    area = SelectField(lazy_gettext("Area"), [Required(lazy_gettext("Choose an area"))])
    show_name = BooleanField(lazy_gettext("They want their name shown with the need"))
    submission_key = SubmissionKeyField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = Language(str(get_locale()))
        themes, areas = queries.active_themes(), queries.active_areas()
        self.theme.choices = [("", gettext("Choose a theme")), *((row.key, row.name(language)) for row in themes)]
        self.area.choices = [("", gettext("Choose an area")), *((row.key, row.name) for row in areas)]
        self._theme_ids = {row.key: row.id for row in themes}
        self._area_ids = {row.key: row.id for row in areas}

    def words(self) -> NeedText:
        return NeedText(
            title=self.title.data,
            description=self.description.data,
            affected=self.affected.data,
            solution=self.solution.data,
            theme_id=self._theme_ids[self.theme.data],
            area_id=self._area_ids[self.area.data],
        )


class AskAgainForm(Form):
    body = TextBlock(
        lazy_gettext("Why should we look at it again?"),
        [Required(lazy_gettext("Write why we should look at it again")), at_most(ADDITION_MAX_CHARACTERS)],
    )
    channel = _channel()
    version = VersionField()


@workbench.get("/arbeidsflate/behov/<id:need_id>/pa-vegne")
@requires(Permission.WORK_ON_NEEDS)
def support_on_behalf(need_id: int) -> str:
    return _support_page(need_id, OnBehalfForm())


def _support_page(need_id: int, form: OnBehalfForm) -> str:
    need = found(queries.need_page(need_id))
    return render_template(
        "workbench/support_on_behalf.html", need=need, form=form, closed=may_support(need.state) is not None
    )


@workbench.post("/arbeidsflate/behov/<id:need_id>/pa-vegne")
@requires(Permission.WORK_ON_NEEDS)
def register_support(need_id: int) -> ResponseReturnValue:
    need, form = found(queries.need_page(need_id)), OnBehalfForm()
    counted: list[bool] = []
    status = failed(form, lambda: counted.append(on_behalf.support_for(the_actor(), need=need, of=form.person())))
    if status:
        return _support_page(need_id, form), status
    flash(_("They are counted, and are told by letter.") if counted[0] else _("They were counted already."), "success")
    return redirect(url_for("workbench.show_need", need_id=need_id))


@workbench.get("/arbeidsflate/behov/nytt-pa-vegne")
@requires(Permission.WORK_ON_NEEDS)
def new_need_on_behalf() -> str:
    return _need_page(NeedOnBehalfForm())


def _need_page(form: NeedOnBehalfForm) -> str:
    return render_template("workbench/need_on_behalf.html", form=form, answer_within_days=settings().answer_within_days)


@workbench.post("/arbeidsflate/behov/nytt-pa-vegne")
@requires(Permission.WORK_ON_NEEDS)
def register_need() -> ResponseReturnValue:
    form = NeedOnBehalfForm()
    made: list[Need] = []
    status = failed(form, lambda: made.append(_propose(form)))
    if status:
        return _need_page(form), status
    flash(_("The need is registered. They get a letter with the reference and the day of the answer."), "success")
    return redirect(url_for("workbench.show_need", need_id=made[0].id))


def _propose(form: NeedOnBehalfForm) -> Need:
    """The need; when the same form is sent twice in one moment, the second finds the first's."""
    try:
        return _propose_once(form)
    except IntegrityError:
        db.session.rollback()
        return _propose_once(form)


def _propose_once(form: NeedOnBehalfForm) -> Need:
    need = on_behalf.propose_for(
        the_actor(),
        words=form.words(),
        of=form.person(),
        name_hidden=not form.show_name.data,
        within_days=settings().answer_within_days,
        key=form.submission_key.data,
    )
    db.session.flush()
    return need


@workbench.app_template_global()
def may_ask_again_for(need: Need) -> bool:
    """Whether the need's page leads to asking again for its author."""
    return need.state is NeedState.DECLINED and on_behalf.may_ask_again_for(need) is None


@workbench.get("/arbeidsflate/behov/<id:need_id>/ny-vurdering-pa-vegne")
@requires(Permission.WORK_ON_NEEDS)
def ask_again_on_behalf(need_id: int) -> str:
    need = found(queries.need_page(need_id))
    ensure(on_behalf.may_ask_again_for(need))
    return _ask_again_page(need, AskAgainForm(data={"version": need.version}))


def _ask_again_page(need: Need, form: AskAgainForm) -> str:
    return render_template(
        "workbench/ask_again_on_behalf.html",
        need=need,
        form=form,
        answer=queries.latest_answers([need.id]).get(need.id),
        within_days=settings().answer_within_days,
    )


@workbench.post("/arbeidsflate/behov/<id:need_id>/ny-vurdering-pa-vegne")
@requires(Permission.WORK_ON_NEEDS)
def register_new_assessment(need_id: int) -> ResponseReturnValue:
    need, form = found(queries.need_page(need_id)), AskAgainForm()
    status = failed(form, lambda: _ask_again(need, form))
    if status:
        need = found(queries.need_page(need_id))
        form.version.data = need.version
        return _ask_again_page(need, form), status
    flash(_("The new assessment is asked for. They are told of the new date by letter."), "success")
    return redirect(url_for("workbench.show_need", need_id=need_id))


def _ask_again(need: Need, form: AskAgainForm) -> None:
    on_behalf.ask_again_for(
        the_actor(),
        need=need,
        body=form.body.data,
        version=form.version.data or 0,
        within_days=settings().answer_within_days,
        channel=Channel(form.channel.data),
    )
