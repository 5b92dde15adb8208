"""The templates that answers begin with: by theme and kind, each with a preview from a need."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask_babel import get_locale, lazy_gettext
from flask_babel import gettext as _
from wtforms import SelectField, ValidationError

from participation import clock
from participation.accounts.login import the_person
from participation.accounts.rules import Language
from participation.needs import queries, templates, wording
from participation.needs.fields import Field, unknown_fields
from participation.needs.models import AnswerTemplate
from participation.needs.rules import ANSWER_MAX_CHARACTERS, UpdateKind, answer_by
from participation.needs.templates import TemplateText
from participation.permissions import Permission
from participation.web.access import requires, the_actor
from participation.web.addresses import settings
from participation.web.filters import label
from participation.web.forms import Form, Required, TextBlock, TextLine, VersionField, at_most
from participation.web.views import failed, found
from participation.workbench.answer_preview import Preview, preview
from participation.workbench.answers import Answer
from participation.workbench.blueprint import workbench

NAME_MAX_CHARACTERS = 80
ALL_THEMES = ""


def fields_known(_form: Form, field: TextBlock) -> None:
    unknown = unknown_fields(field.data)
    if unknown:
        names = ", ".join(f"{{{name}}}" for name in unknown)
        known = ", ".join(f"{{{field.value}}}" for field in Field)
        raise ValidationError(
            _("There is no field called %(fields)s. You can use %(known)s.", fields=names, known=known)
        )


class TemplateForm(Form):
    version = VersionField()
    name = TextLine(
        lazy_gettext("Name of the template"),
        [Required(lazy_gettext("Give the template a name")), at_most(NAME_MAX_CHARACTERS)],
    )
    kind = SelectField(lazy_gettext("Kind of answer"))
    theme = SelectField(lazy_gettext("Theme"), default=ALL_THEMES)
    body = TextBlock(
        lazy_gettext("Text on the page"),
        [Required(lazy_gettext("Write the text on the page")), at_most(ANSWER_MAX_CHARACTERS), fields_known],
    )
    would_change = TextBlock(lazy_gettext("What would change a no"), [at_most(ANSWER_MAX_CHARACTERS), fields_known])
    mail_body = TextBlock(lazy_gettext("Text in the e-mail"), [at_most(ANSWER_MAX_CHARACTERS), fields_known])

    def text(self) -> TemplateText:
        kind = UpdateKind(self.kind.data)
        return TemplateText(
            theme_id=self.theme_id,
            kind=kind,
            name=self.name.data,
            body=self.body.data,
            mail_body=self.mail_body.data,
            would_change=self.would_change.data if kind is UpdateKind.DECLINED else "",
        )

    @property
    def theme_id(self) -> int | None:
        return int(self.theme.data) if self.theme.data else None


class UseForm(Form):
    """A button; which way it goes stands in its own address."""


@dataclass(frozen=True)
class Group:
    """The templates of one theme, or the general ones."""

    name: str
    templates: Sequence[AnswerTemplate]


def template_form(template: AnswerTemplate | None = None) -> TemplateForm:
    form = TemplateForm(data=_filled(template) if template else None)
    language = Language(str(get_locale()))
    form.kind.choices = [(kind.value, label(kind)) for kind in wording.TEMPLATE_KINDS]
    form.theme.choices = [
        (ALL_THEMES, _("All themes")),
        *((str(theme.id), theme.name(language)) for theme in queries.all_themes()),
    ]
    return form


def _filled(template: AnswerTemplate) -> dict[str, object]:
    names = ("version", "name", "body", "would_change", "mail_body")
    theme = str(template.theme_id) if template.theme_id else ALL_THEMES
    return {name: getattr(template, name) for name in names} | {"kind": template.kind.value, "theme": theme}


@workbench.get("/arbeidsflate/svarmaler")
@requires(Permission.WRITE_TEMPLATES)
def list_templates() -> str:
    return render_template("workbench/templates.html", groups=_groups(wording.all_templates()))


def _groups(every: Iterable[AnswerTemplate]) -> list[Group]:
    language = Language(str(get_locale()))
    groups: dict[str, list[AnswerTemplate]] = {}
    for one in every:
        name = one.theme.name(language) if one.theme else _("For all themes")
        groups.setdefault(name, []).append(one)
    return [Group(name, group) for name, group in groups.items()]


@workbench.route("/arbeidsflate/svarmaler/ny", methods=["GET", "POST"])
@requires(Permission.WRITE_TEMPLATES)
def new_template() -> Answer:
    form = template_form()
    return _saved(form, lambda: templates.add(the_actor(), text=form.text()), said=_("The template is ready for use."))


@workbench.route("/arbeidsflate/svarmaler/<id:template_id>", methods=["GET", "POST"])
@requires(Permission.WRITE_TEMPLATES)
def change_template(template_id: int) -> Answer:
    template = found(wording.template(template_id))
    form = template_form(template)

    def act() -> None:
        templates.change(the_actor(), template=template, text=form.text(), version=form.version.data)

    return _saved(form, act, said=_("The template is changed. Answers already given keep their words."))


def _saved(form: TemplateForm, act: Callable[[], object], *, said: str) -> Answer:
    if request.method == "GET":
        return _page(form)
    if request.form.get("do") == "preview":
        return (_page(form), 200) if form.validate_on_submit() else (_page(form), 400)
    status = failed(form, act)
    if status:
        return _page(form), status
    flash(said, "success")
    return redirect(url_for("workbench.list_templates"))


def _page(form: TemplateForm) -> str:
    number = (request.view_args or {}).get("template_id")
    return render_template(
        "workbench/template_form.html",
        form=form,
        template=wording.template(number) if number else None,
        fields=_field_words(),
        preview=_preview(form),
    )


def _field_words() -> list[tuple[str, str]]:
    words = {
        Field.TITLE: _("the need's title"),
        Field.REFERENCE: _("its reference, such as B-2026-0042"),
        Field.THEME: _("its theme"),
        Field.AREA: _("its area"),
        Field.DEADLINE: _("the new date; only in a provisional answer"),
        Field.SUPPORTERS: _("how many have the need"),
    }
    return [(f"{{{field.value}}}", words[field]) for field in Field]


def _preview(form: TemplateForm) -> Preview | None:
    """How it reads for the newest need of its theme; none before there is a text and a need."""
    theme_id = form.theme_id if form.theme.data in dict(form.theme.choices) else None
    need = wording.example_need(theme_id) or wording.example_need(None)
    if need is None or not form.body.data:
        return None
    kind = UpdateKind(form.kind.data) if form.kind.data in wording.TEMPLATE_KINDS else UpdateKind.ACCEPTED
    within_days = settings().answer_within_days
    day = answer_by(clock.today(), within_days=within_days) if kind is UpdateKind.PROVISIONAL else None
    texts = {name: form[name].data for name in ("body", "mail_body")}
    if kind is UpdateKind.DECLINED:
        texts["would_change"] = form.would_change.data
    values = wording.field_values(need, answer_by=day)
    return preview(kind, need=need, texts=texts, values=values, actor=the_person(), answer_by=day)


@workbench.post("/arbeidsflate/svarmaler/<id:template_id>/ta-i-bruk", defaults={"in_use": True})
@workbench.post("/arbeidsflate/svarmaler/<id:template_id>/ta-ut-av-bruk", defaults={"in_use": False})
@requires(Permission.WRITE_TEMPLATES)
def use_template(template_id: int, in_use: bool) -> Answer:
    template = found(wording.template(template_id))
    failed(UseForm(), lambda: templates.set_in_use(the_actor(), template=template, in_use=in_use))
    flash(_("It can be chosen again.") if in_use else _("It can no longer be chosen."), "success")
    return redirect(url_for("workbench.list_templates"))
