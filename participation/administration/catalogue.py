"""Themes and areas: add, rename, put out of use and in use again."""

from collections.abc import Callable, Iterable

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response
from wtforms import ValidationError

from participation.administration.blueprint import administration
from participation.needs import catalogue, queries
from participation.needs.catalogue import ThemeNames
from participation.needs.models import Area, Theme
from participation.permissions import Permission
from participation.web.access import requires, the_actor
from participation.web.forms import Form, Required, TextLine, at_most
from participation.web.views import failed, found

NAME_MAX_CHARACTERS = 60
Answer = str | Response | tuple[str, int]


class InUseForm(Form):
    """A button; which way it goes stands in its own address."""


class ThemeForm(Form):
    nb = TextLine(
        lazy_gettext("Name in bokmål"),
        [Required(lazy_gettext("Write the name in bokmål")), at_most(NAME_MAX_CHARACTERS)],
    )
    nn = TextLine(
        lazy_gettext("Name in nynorsk"),
        [Required(lazy_gettext("Write the name in nynorsk")), at_most(NAME_MAX_CHARACTERS)],
    )
    en = TextLine(
        lazy_gettext("Name in English"),
        [Required(lazy_gettext("Write the name in English")), at_most(NAME_MAX_CHARACTERS)],
    )

    taken: Iterable[str] = ()

    def validate_nb(self, field: TextLine) -> None:
        if field.data.casefold() in (name.casefold() for name in self.taken):
            raise ValidationError(_("There is a theme with that name already"))

    def names(self) -> ThemeNames:
        return ThemeNames(nb=self.nb.data, nn=self.nn.data, en=self.en.data)


class AreaForm(Form):
    name = TextLine(lazy_gettext("Name"), [Required(lazy_gettext("Write the name")), at_most(NAME_MAX_CHARACTERS)])
    taken: Iterable[str] = ()

    def validate_name(self, field: TextLine) -> None:
        if field.data.casefold() in (name.casefold() for name in self.taken):
            raise ValidationError(_("There is an area with that name already"))


def _themes_page(form: ThemeForm) -> str:
    return render_template("administration/themes.html", form=form, themes=queries.all_themes())


def _areas_page(form: AreaForm) -> str:
    return render_template("administration/areas.html", form=form, areas=queries.all_areas())


def _saved(form: Form, act: Callable[[], object], page: Callable[[], str], *, said: str, endpoint: str) -> Answer:
    """Show the form; or what it was sent for done, and back to the list."""
    if request.method == "GET":
        return page()
    status = failed(form, act)
    if status:
        return page(), status
    flash(said, "success")
    return redirect(url_for(f"administration.{endpoint}"))


@administration.route("/administrasjon/temaer", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def themes() -> Answer:
    form = ThemeForm()
    form.taken = [theme.nb for theme in queries.all_themes()]
    return _saved(
        form,
        lambda: catalogue.add_theme(the_actor(), names=form.names()),
        lambda: _themes_page(form),
        said=_("The theme is added, and can be chosen for new needs."),
        endpoint="themes",
    )


@administration.route("/administrasjon/temaer/<id:theme_id>", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def rename_theme(theme_id: int) -> Answer:
    theme = found(queries.theme(theme_id))
    form = ThemeForm(obj=theme)
    form.taken = [other.nb for other in queries.all_themes() if other.id != theme.id]
    return _saved(
        form,
        lambda: catalogue.rename_theme(the_actor(), theme=theme, names=form.names()),
        lambda: render_template("administration/rename_theme.html", form=form, theme=theme),
        said=_("The name is changed."),
        endpoint="themes",
    )


@administration.route("/administrasjon/omrader", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def areas() -> Answer:
    form = AreaForm()
    form.taken = [area.name for area in queries.all_areas()]
    return _saved(
        form,
        lambda: catalogue.add_area(the_actor(), name=form.name.data),
        lambda: _areas_page(form),
        said=_("The area is added, and can be chosen for new needs."),
        endpoint="areas",
    )


@administration.route("/administrasjon/omrader/<id:area_id>", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def rename_area(area_id: int) -> Answer:
    area = found(queries.area(area_id))
    form = AreaForm(obj=area)
    form.taken = [other.name for other in queries.all_areas() if other.id != area.id]
    return _saved(
        form,
        lambda: catalogue.rename_area(the_actor(), area=area, name=form.name.data),
        lambda: render_template("administration/rename_area.html", form=form, area=area),
        said=_("The name is changed."),
        endpoint="areas",
    )


@administration.post("/administrasjon/temaer/<id:theme_id>/ta-i-bruk", defaults={"in_use": True})
@administration.post("/administrasjon/temaer/<id:theme_id>/ta-ut-av-bruk", defaults={"in_use": False})
@requires(Permission.ADMINISTER)
def use_theme(theme_id: int, in_use: bool) -> Response:
    return _use(found(queries.theme(theme_id)), in_use=in_use, endpoint="themes")


@administration.post("/administrasjon/omrader/<id:area_id>/ta-i-bruk", defaults={"in_use": True})
@administration.post("/administrasjon/omrader/<id:area_id>/ta-ut-av-bruk", defaults={"in_use": False})
@requires(Permission.ADMINISTER)
def use_area(area_id: int, in_use: bool) -> Response:
    return _use(found(queries.area(area_id)), in_use=in_use, endpoint="areas")


def _use(entry: Theme | Area, *, in_use: bool, endpoint: str) -> Response:
    failed(InUseForm(), lambda: catalogue.set_in_use(the_actor(), entry=entry, in_use=in_use))
    flash(_("It can be chosen again.") if in_use else _("It can no longer be chosen."), "success")
    return redirect(url_for(f"administration.{endpoint}"))
