"""Passkeys (WebAuthn): what staff who sign in by a link in a mail show besides.

Each making and showing begins with a challenge, which stands on the sign-in session and can be answered once. What
comes back is the browser's word as JSON, verified by the library; whatever it chokes on is refused alike.
"""

import secrets
from enum import StrEnum

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, parse_authentication_credential_json
from webauthn.helpers.structs import (
    AttestationConveyancePreference,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from participation import clock
from participation.accounts.models import Passkey, Person, SignInSession
from participation.accounts.queries import has_passkey, passkeys_of
from participation.accounts.rules import (
    CREDENTIAL_ID_MAX_BYTES,
    Step,
    challenge_expires,
    counter_went_back,
    is_asked_for_passkey,
    may_delete_passkey,
    may_make_passkey,
    step_left,
)
from participation.accounts.sessions import end_all_sessions
from participation.audit import service as audit
from participation.extensions import db
from participation.refusals import Refusal, Refused, ensure
from participation.settings_passkeys import PasskeySettings

CHALLENGE_BYTES = 32


class Deed(StrEnum):
    """What a challenge was given for."""

    MAKE = "make"
    SHOW = "show"


def step_of(session: SignInSession, site: PasskeySettings | None) -> Step | None:
    """What is left to do before the session's person may act as staff."""
    actor = session.full_actor
    if site is None or not is_asked_for_passkey(actor, provider=session.provider, shown_at=session.passkey_at):
        return None
    return step_left(actor, has_passkey=has_passkey(session.person_id), required=site.required)


def begin_making(session: SignInSession, *, site: PasskeySettings, site_name: str) -> str:
    """What the browser is to make a passkey by, as JSON. Raises Refused for who may not."""
    ensure(may_make_passkey(session.full_actor, step=step_of(session, site)))
    options = generate_registration_options(
        rp_id=site.rp_id,
        rp_name=site_name,
        # For the person's own list of passkeys. What the device knows the account by is random, made by the library.
        user_name=session.person.name,
        challenge=_challenge(session, Deed.MAKE),
        attestation=AttestationConveyancePreference.NONE,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=_descriptors(session),
    )
    return options_to_json(options)


def finish_making(session: SignInSession, *, site: PasskeySettings, credential: str, name: str) -> Refusal | None:
    """Keep the passkey that was made, as shown too. A refusal is also to be committed: the challenge is spent."""
    challenge = _spend(session, Deed.MAKE)
    _hold(session.person_id)
    refusal = may_make_passkey(session.full_actor, step=step_of(session, site))
    if refusal or challenge is None:
        return _refuse(session, Deed.MAKE, refusal or Refusal.PASSKEY_TOO_LATE)
    made = _verified(credential, challenge, site)
    if made is None:
        return _refuse(session, Deed.MAKE, Refusal.PASSKEY_UNKNOWN)
    key = _kept(session, made, name)
    if key is None:
        return _refuse(session, Deed.MAKE, Refusal.PASSKEY_KNOWN)
    session.passkey_at = key.created_at
    _record("passkey_made", session, key)
    return None


def begin_showing(session: SignInSession, *, site: PasskeySettings) -> str:
    """What the browser is to ask the passkey by, as JSON. Raises Refused for who has none."""
    descriptors = _descriptors(session)
    if not descriptors:
        raise Refused(Refusal.PASSKEY_UNKNOWN)
    options = generate_authentication_options(
        rp_id=site.rp_id,
        challenge=_challenge(session, Deed.SHOW),
        allow_credentials=descriptors,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json(options)


def finish_showing(session: SignInSession, *, site: PasskeySettings, credential: str) -> Refusal | None:
    """Take the second step as done. A refusal is also to be committed: the challenge is spent."""
    challenge = _spend(session, Deed.SHOW)
    if challenge is None:
        return _refuse(session, Deed.SHOW, Refusal.PASSKEY_TOO_LATE)
    key = _named_in(credential, session.person_id)
    count = _counted(credential, challenge, site, key) if key else None
    if key is None or count is None:
        return _refuse(session, Deed.SHOW, Refusal.PASSKEY_UNKNOWN)
    if counter_went_back(count, before=key.sign_count):
        # Two devices hold the one key: it has been copied.
        _record("passkey_counter_went_back", session, key)
        return Refusal.PASSKEY_UNKNOWN
    key.sign_count, key.used_at = count, clock.now()
    session.passkey_at = key.used_at
    _record("passkey_shown", session, key)
    return None


def refusal_to_delete(session: SignInSession, *, site: PasskeySettings | None, is_last: bool) -> Refusal | None:
    step, shown_at = step_of(session, site), session.passkey_at
    return may_delete_passkey(session.full_actor, step=step, is_last=is_last, shown_at=shown_at, now=clock.now())


def delete_passkey(session: SignInSession, *, passkey_id: int, site: PasskeySettings | None) -> None:
    """Delete one of one's own; another's is not found, so nothing happens. Raises Refused."""
    _hold(session.person_id)
    keys = passkeys_of(session.person_id)
    key = next((each for each in keys if each.id == passkey_id), None)
    if key is None:
        return
    is_last = len(keys) == 1
    ensure(refusal_to_delete(session, site=site, is_last=is_last))
    db.session.delete(key)
    _ask_again(session, here_too=is_last)
    _record("passkey_deleted", session, key)


def forget_passkeys(person: Person) -> int:
    """For someone who has lost theirs, by who stands at the command line. Returns how many they were."""
    forgotten = db.session.scalars(delete(Passkey).where(Passkey.person_id == person.id).returning(Passkey.id)).all()
    end_all_sessions(person.id)
    audit.record("passkeys_forgotten", actor_id=None, kind="person", object_id=person.id, count=len(forgotten))
    return len(forgotten)


def _challenge(session: SignInSession, deed: Deed) -> bytes:
    """A fresh one; the session's former one is good no more."""
    challenge = secrets.token_bytes(CHALLENGE_BYTES)
    expires = int(challenge_expires(clock.now()).timestamp())
    session.passkey_challenge = f"{deed}.{expires}.{bytes_to_base64url(challenge)}"
    return challenge


def _spend(session: SignInSession, deed: Deed) -> bytes | None:
    """The session's challenge, if it was given for this and is still good. Of two answers at once one finds it."""
    given = session.passkey_challenge
    spent = db.session.execute(
        update(SignInSession)
        .where(SignInSession.id == session.id, SignInSession.passkey_challenge == given)
        .values(passkey_challenge=None)
        .returning(SignInSession.id)
    ).scalar_one_or_none()
    if given is None or spent is None:
        return None
    what_for, expires, challenge = given.split(".")
    is_good = what_for == deed and clock.now().timestamp() < int(expires)
    return base64url_to_bytes(challenge) if is_good else None


def _hold(person_id: int) -> None:
    """Let nobody else change the person's passkeys meanwhile: of two first ones at once, one is the first."""
    db.session.execute(select(Person.id).where(Person.id == person_id).with_for_update(key_share=True))


def _descriptors(session: SignInSession) -> list[PublicKeyCredentialDescriptor]:
    keys = passkeys_of(session.person_id)
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(key.credential_id)) for key in keys]


def _verified(credential: str, challenge: bytes, site: PasskeySettings) -> VerifiedRegistration | None:
    try:
        made = verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except Exception:  # anything may stand in it, and the library lets through whatever its parsers raise
        return None
    return made if len(made.credential_id) <= CREDENTIAL_ID_MAX_BYTES else None


def _kept(session: SignInSession, made: VerifiedRegistration, name: str) -> Passkey | None:
    """None when somebody has registered the same one before."""
    key = Passkey(
        person_id=session.person_id,
        credential_id=bytes_to_base64url(made.credential_id),
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        name=name,
        created_at=clock.now(),
    )
    try:
        with db.session.begin_nested():
            db.session.add(key)
    except IntegrityError:
        return None
    return key


def _named_in(credential: str, person_id: int) -> Passkey | None:
    """The person's passkey that it is said to be; held, so that its counter is compared with the latest."""
    try:
        raw_id = parse_authentication_credential_json(credential).raw_id
    except Exception:  # as above
        return None
    return db.session.scalar(
        select(Passkey)
        .where(Passkey.person_id == person_id, Passkey.credential_id == bytes_to_base64url(raw_id))
        .with_for_update()
    )


def _counted(credential: str, challenge: bytes, site: PasskeySettings, key: Passkey) -> int | None:
    """The device's counter, of one that is verified. The library would look at the counter before the signature."""
    try:
        shown = verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            credential_public_key=key.public_key,
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except Exception:  # as above
        return None
    return shown.new_sign_count


def _ask_again(session: SignInSession, *, here_too: bool) -> None:
    """Where the person is signed in by a passkey that is gone, another must be shown or made."""
    elsewhere = [] if here_too else [SignInSession.id != session.id]
    db.session.execute(
        update(SignInSession).where(SignInSession.person_id == session.person_id, *elsewhere).values(passkey_at=None)
    )


def _refuse(session: SignInSession, deed: Deed, refusal: Refusal) -> Refusal:
    audit.record(
        "passkey_refused",
        actor_id=session.person_id,
        kind="person",
        object_id=session.person_id,
        deed=deed,
        reason=refusal,
    )
    return refusal


def _record(action: str, session: SignInSession, key: Passkey) -> None:
    audit.record(action, actor_id=session.person_id, kind="passkey", object_id=key.id)
