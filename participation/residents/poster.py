"""A poster of a need, to print and hang up where those are who have it too: its code leads to the need's page."""

from io import BytesIO

import segno
from flask import Response, render_template

from participation.needs import queries
from participation.needs.models import Need
from participation.needs.rules import NOT_LISTED, may_support
from participation.residents.blueprint import residents
from participation.web.access import public
from participation.web.addresses import absolute_url
from participation.web.views import found

# Still read when a quarter of it is torn off or wet.
_ERROR_CORRECTION = "q"
_QUIET_MODULES = 2
_KEPT_SECONDS = 86_400


@residents.get("/behov/<id:need_id>/plakat")
@public
def poster(need_id: int) -> str:
    need = _listed(need_id)
    return render_template(
        "residents/poster.html",
        need=need,
        address=_address(need_id),
        may_support=may_support(need.state) is None,
    )


@residents.get("/behov/<id:need_id>/kode.svg")
@public
def poster_code(need_id: int) -> Response:
    _listed(need_id)
    drawn = BytesIO()
    code = segno.make(_address(need_id), error=_ERROR_CORRECTION, micro=False)
    # Black on white in light and dark: cameras read nothing else surely.
    code.save(drawn, kind="svg", border=_QUIET_MODULES, dark="#000", light="#fff", xmldecl=False, omitsize=True)
    response = Response(drawn.getvalue(), mimetype="image/svg+xml")
    response.cache_control.public, response.cache_control.max_age = True, _KEPT_SECONDS
    response.add_etag()
    return response


def _listed(need_id: int) -> Need:
    need = queries.need_page(need_id)
    return found(need if need and need.state not in NOT_LISTED else None)


def _address(need_id: int) -> str:
    return absolute_url("residents.show_need", need_id=need_id)
