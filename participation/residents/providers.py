"""To a sign-in provider and back: ID-porten, the municipality's own directory, or another in the settings."""

from dataclasses import replace

import structlog
from flask import flash, redirect, render_template, request, session, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from participation import clock
from participation.accounts import arrival as arrivals
from participation.accounts import attempts, identities
from participation.accounts.arrival import Arrival, Conditions
from participation.accounts.attempts import Way
from participation.accounts.models import Person, SignInAttempt
from participation.accounts.rules import Language
from participation.audit import service as audit
from participation.extensions import db, limiter, visitor_network
from participation.oidc.client import Arrived, Client
from participation.oidc.faults import Fault, ProviderFault
from participation.oidc.registry import clients
from participation.oidc.sealing import seal
from participation.permissions import Assurance
from participation.residence.service import lives_here
from participation.residents.blueprint import residents
from participation.residents.drafts import KEY_IN_SESSION
from participation.residents.entering import (
    came_by,
    known_browser,
    landing,
    new_browser,
    start_session,
    this_browser,
    who_is_signed_in,
)
from participation.residents.signing_out import SignedInBy, url_at_provider
from participation.web.access import public
from participation.web.addresses import absolute_url, safe_next, settings
from participation.web.views import found, writes

SIGN_INS_BEGUN = "60 per 15 minutes"
SIGN_INS_FAILED = "30 per 15 minutes"
# What OAuth calls it when the person chose not to.
_CANCELLED = "access_denied"
_STATUS = {Fault.PROVIDER_SILENT: 503, Fault.NOT_BEGUN_HERE: 409}
Page = str | Response | tuple[str, int]

log = structlog.get_logger()


@residents.get("/logg-inn/via/<provider>")
@public
@limiter.limit(SIGN_INS_BEGUN, key_func=visitor_network)
@writes
def go_to_provider(provider: str) -> Page:
    client, wanted = found(clients().get(provider)), _wanted(request.args.get("niva"))
    try:
        begun = client.begin(
            redirect_uri=_back(provider), language=str(get_locale()), wanted=client.provider.wanted(wanted)
        )
    except ProviderFault as fault:
        return failed(provider, fault.fault)
    attempts.set_out(
        _way(provider, wanted),
        browser=this_browser(),
        state=begun.state,
        nonce=begun.nonce,
        code_verifier=begun.code_verifier,
    )
    db.session.commit()
    return redirect(begun.url)


def _back(provider: str) -> str:
    return absolute_url("residents.come_back", provider=provider)


def _wanted(text: str | None) -> Assurance | None:
    return Assurance(text) if text in set(Assurance) else None


def _way(provider: str, wanted: Assurance | None) -> Way:
    person = who_is_signed_in()
    return Way(
        provider=provider,
        wanted=wanted,
        next_path=safe_next(request.args.get("neste"), default="/"),
        draft_key=session.get(KEY_IN_SESSION),
        person_id=person.id if person else None,
    )


@residents.get("/logg-inn/via/<provider>/svar")
@public
@limiter.limit(SIGN_INS_FAILED, key_func=visitor_network, deduct_when=lambda answer: answer.status_code >= 400)
@writes
def come_back(provider: str) -> Page:
    """The provider sends the person here, with a code for its word; nothing in the address is believed before that."""
    client = found(clients().get(provider))
    attempt = _attempt(provider)
    if attempt is None:
        return failed(provider, Fault.NOT_BEGUN_HERE)
    if request.args.get("error") == _CANCELLED:
        flash(_("You did not sign in. You can try again, or choose another way."), "info")
        return redirect(url_for("residents.sign_in", neste=attempt.next_path))
    try:
        arrival = _vouched_for(client, attempt)
    except ProviderFault as fault:
        return failed(provider, fault.fault, next_path=attempt.next_path, wanted=attempt.wanted)
    return _receive(client, arrival, attempts.way_of(attempt))


def _attempt(provider: str) -> SignInAttempt | None:
    """The way that ends here. It is gone from then on, also when the provider's word does not hold."""
    browser, state = known_browser(), request.args.get("state", "")
    attempt = attempts.come_back(browser=browser, state=state, provider=provider) if browser else None
    db.session.commit()
    return attempt


def _vouched_for(client: Client, attempt: SignInAttempt) -> Arrival:
    """Ask the provider, and where the settings say so the population register; no transaction is open meanwhile."""
    arrived = client.finish(
        code=request.args.get("code", ""),
        redirect_uri=_back(client.provider.key),
        nonce=attempt.nonce,
        code_verifier=attempt.code_verifier,
    )
    return _arrival(client, arrived, attempt.wanted)


def _arrival(client: Client, arrived: Arrived, wanted: Assurance | None) -> Arrival:
    conditions = _conditions()
    number = arrivals.number_of(client.provider, arrived.claims, conditions)
    arrival = arrivals.arrival(
        client.provider, arrived.claims, number=number, wanted=client.provider.wanted(wanted), conditions=conditions
    )
    return replace(
        arrival,
        lives_here=lives_here(number),
        sealed_id_token=seal(arrived.id_token, secret=settings().secret_key),
    )


def _conditions() -> Conditions:
    return Conditions(
        today=clock.today(),
        pid_keys=settings().pid_keys,
        minimum_age=settings().demands.minimum_age,
        synthetic_allowed=settings().synthetic_numbers,
    )


def _receive(client: Client, arrival: Arrival, way: Way) -> Page:
    """Sign in whose account it is; where there is something to agree to first, lead to the page that tells what."""
    person = identities.person_of(arrival)
    if person is None and arrival.old_enough is False:
        return too_young(arrival)
    if person is None and arrival.roles is not None and arrival.name and way.person_id is None:
        # A directory's people are made known by it: it says what they are called.
        person = identities.newcomer(arrival, name=arrival.name, language=Language(str(get_locale())))
    if person is None or person.closed_at is not None or _may_be_one(person, arrival, way):
        attempts.wait(way, arrival, browser=new_browser())
        db.session.commit()
        return redirect(url_for("residents.arrive"))
    return enter(person, arrival, way)


def _may_be_one(person: Person, arrival: Arrival, way: Way) -> bool:
    """Whether who was signed in when they set out may be the one who arrived, by another account."""
    here = who_is_signed_in()
    if here is None or here.id != way.person_id or here.id == person.id:
        return False
    return identities.may_be_theirs(arrival, here)


def enter(person: Person, arrival: Arrival, way: Way) -> Response:
    """Sign the person in by what they arrived with; commits."""
    provider = clients()[arrival.provider].provider
    before = who_is_signed_in()
    identities.note_identity(person, arrival)
    identities.take_roles(person, arrival)
    start_session(person, draft_key=way.draft_key, came_by=came_by(arrival, provider))
    if before is not None and before.id != person.id and before.closed_at is None:
        flash(_("%(name)s was signed in here, and is now signed out.", name=before.name), "info")
    return redirect(landing(person.actor_by(provider.key), way.next_path))


def too_young(arrival: Arrival) -> Page:
    """Of somebody too young to take part nothing is kept, not even until they have read this.

    They may sign out at the provider, so that a grown-up can sign in on the same device.
    """
    _note_refusal(arrival.provider, "too_young")
    provider_url = url_at_provider(SignedInBy(arrival.provider, arrival.sealed_id_token))
    page = render_template(
        "residents/too_young.html",
        minimum_age=settings().demands.minimum_age,
        provider_url=provider_url,
        label=clients()[arrival.provider].provider.label,
    )
    return page, 403


def failed(provider: str, fault: Fault, *, next_path: str = "/", wanted: Assurance | None = None) -> Page:
    """Note why nobody was signed in, and tell the person what to do."""
    again_url = _again(provider, next_path, wanted)
    db.session.rollback()
    _note_refusal(provider, fault.value)
    label = clients()[provider].provider.label
    page = _failed_page(fault, label=label, again_url=again_url)
    return page, _STATUS.get(fault, 400)


def not_begun_here() -> Page:
    """For who comes to the end of a way that they have not set out on, or that they have been to the end of."""
    page = _failed_page(Fault.NOT_BEGUN_HERE, again_url=url_for("residents.sign_in"))
    return page, _STATUS[Fault.NOT_BEGUN_HERE]


def _failed_page(fault: Fault, *, again_url: str, label: str = "") -> str:
    return render_template("residents/sign_in_failed.html", fault=fault.value, label=label, again_url=again_url)


def _again(provider: str, next_path: str, wanted: Assurance | None) -> str:
    """To the page with all ways; for who is signed in already, and shows more of who they are, the same way anew."""
    where = next_path if next_path != "/" else None
    if wanted is not None and who_is_signed_in() is not None:
        return url_for("residents.go_to_provider", provider=provider, niva=wanted.value, neste=where)
    return url_for("residents.sign_in", neste=where)


def _note_refusal(provider: str, fault: str) -> None:
    log.warning("sign_in_refused", provider=provider, fault=fault)
    audit.record("sign_in_refused", actor_id=None, kind="sign_in", object_id=0, provider=provider, fault=fault)
    db.session.commit()
