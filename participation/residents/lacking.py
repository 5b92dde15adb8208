"""What somebody lacks for what they want to do: said plainly, with the way to get it, and nothing written is lost."""

from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from participation.demands import Known, Lack, assurance_for, what_is_lacking
from participation.oidc.registry import clients
from participation.permissions import Act, Assurance
from participation.residents.blueprint import residents
from participation.settings_providers import For, Provider
from participation.web.access import public, sign_in_url
from participation.web.addresses import safe_next, settings

ACT_SLUGS = {"melde": Act.REPORT, "kommentere": Act.COMMENT, "stotte": Act.SUPPORT}


@dataclass(frozen=True)
class Way:
    """A provider that can give what is lacking."""

    provider: Provider
    wanted: Assurance


def lack_for(act: Act) -> Lack | None:
    """What the one who is signed in lacks for it."""
    session = current_user.session
    known = Known(
        assurance=session.assurance,
        old_enough=session.old_enough,
        lives_here=session.lives_here,
        is_staff=current_user.actor.is_staff,
    )
    return what_is_lacking(act, demands=settings().demands, known=known)


def url_to_get_it(act: Act, *, next_path: str) -> str:
    slug = next(slug for slug, named in ACT_SLUGS.items() if named is act)
    return url_for("residents.lacking", hva=slug, neste=next_path)


@residents.get("/logg-inn/mer")
@public
def lacking() -> str | Response:
    """What more is asked for, and the ways to it; who lacks nothing goes straight on."""
    act = ACT_SLUGS.get(request.args.get("hva", ""), Act.SUPPORT)
    next_path = safe_next(request.args.get("neste"))
    if not current_user.is_authenticated:
        return redirect(sign_in_url(next_path))
    lack = lack_for(act)
    if lack is None:
        return redirect(next_path)
    return render_template(
        "residents/lacking.html",
        act=act,
        lack=lack,
        next_path=next_path,
        ways=ways_to(act),
        asks_high=assurance_for(act, settings().demands) is Assurance.HIGH,
        minimum_age=settings().demands.minimum_age,
    )


def ways_to(act: Act) -> list[Way]:
    """The providers that are sure enough, of those that residents use."""
    wanted = assurance_for(act, settings().demands)
    known = (client.provider for client in clients().values())
    return [Way(one, wanted) for one in known if one.is_for is For.RESIDENTS and one.wanted(wanted) is not None]
