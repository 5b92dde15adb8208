"""Signing out: here and at the provider that signed the person in, whichever side it begins on."""

from dataclasses import dataclass

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_login import current_user
from werkzeug.wrappers import Response

from participation.accounts import login, sessions
from participation.accounts.queries import token_hash
from participation.extensions import csrf, db, limiter
from participation.oidc.faults import ProviderFault
from participation.oidc.registry import clients
from participation.oidc.sealing import unseal
from participation.residents.blueprint import residents
from participation.web.access import public
from participation.web.addresses import absolute_url, settings
from participation.web.headers import framed_by
from participation.web.views import found, writes

# From one provider's servers, for all its people.
NOTICES = "600 per minute"


@residents.post("/logg-ut")
@public
def sign_out() -> Response | str:
    by = signed_in_by()
    login.forget()
    # Before the provider is asked where it signs people out: nobody else waits for what it answers.
    db.session.commit()
    return go_on_signing_out(by, back_to=url_for("residents.front"))


@dataclass(frozen=True)
class SignedInBy:
    """What signing out where one was signed in asks for; none of it where no provider did."""

    provider: str = ""
    sealed_id_token: str | None = None


def signed_in_by() -> SignedInBy:
    """To be asked before the session ends."""
    if not current_user.is_authenticated:
        return SignedInBy()
    return SignedInBy(current_user.session.provider, current_user.session.sealed_id_token)


def go_on_signing_out(by: SignedInBy, *, back_to: str) -> Response | str:
    """At the provider too, where one signed the person in."""
    provider_url = url_at_provider(by)
    if provider_url is None:
        return redirect(back_to)
    # As a page and not as a redirect: the browser lets no form lead to another site, and this was one.
    return render_template("residents/signing_out.html", provider_url=provider_url)


def url_at_provider(by: SignedInBy) -> str | None:
    """Where the person is signed out at the provider that signed them in; None when none did."""
    client = clients().get(by.provider)
    id_token = unseal(by.sealed_id_token or "", secret=settings().secret_key)
    if client is None or id_token is None:
        return None
    back_to = absolute_url("residents.signed_out")
    return client.logout_url(id_token=id_token, back_to=back_to, language=str(get_locale()))


@residents.get("/logg-ut/ferdig")
@public
def signed_out() -> str | Response:
    """Where providers send people back to."""
    if current_user.is_authenticated:
        return redirect(url_for("residents.my_page"))
    return render_template("residents/signed_out.html")


def _framing_origins() -> str:
    return found(clients().get((request.view_args or {})["provider"])).provider.framed_by


@residents.get("/logg-ut/via/<provider>")
@public
@limiter.limit(NOTICES)
@framed_by(_framing_origins)
@writes
def provider_signed_out(provider: str) -> Response:
    """The provider's own page asks for this in a frame when the person has signed out elsewhere (front-channel logout).

    No cookie comes along into another site's frame, so the session is found by what the provider calls its own.
    """
    known = found(clients().get(provider)).provider
    sid = request.args.get("sid", "")
    if request.args.get("iss") == known.issuer and sid:
        sessions.end_provider_sessions(issuer=known.issuer, sid=sid)
        db.session.commit()
    response = make_response(render_template("residents/framed_sign_out.html"))
    response.cache_control.no_store = True
    return response


@residents.post("/logg-ut/via/<provider>/bak")
@public
@csrf.exempt  # type: ignore[untyped-decorator]
@limiter.limit(NOTICES)
def provider_tells_signed_out(provider: str) -> tuple[str, int, dict[str, str]]:
    """The provider's servers tell of a sign-out (back-channel logout). It is signed, so no token of ours is asked."""
    client = found(clients().get(provider))
    try:
        sid, sub = client.read_logout_token(request.form.get("logout_token", ""))
    except ProviderFault:
        return "", 400, {"Cache-Control": "no-store"}
    sessions.end_provider_sessions(
        issuer=client.provider.issuer, sid=sid, subject_hash=token_hash(sub) if sub else None
    )
    db.session.commit()
    return "", 200, {"Cache-Control": "no-store"}
