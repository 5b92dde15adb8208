"""Makes people known, and the links they sign in by."""

import secrets
from datetime import timedelta

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from participation import clock
from participation.accounts.former import adopt, forget_address, keep_address, keep_replaced, reopen
from participation.accounts.models import GIVEN_HERE, Person, PersonRole, SignInLink
from participation.accounts.queries import (
    link_by_token,
    person_by_email,
    person_by_post,
    person_known_by,
    postal_key,
    tidy_email,
    token_hash,
)
from participation.accounts.rules import (
    LINKS_PER_ADDRESS,
    SIGNIN_LINK_EXPIRY_MINUTES,
    IdentityKind,
    Language,
    link_expires,
    may_use_link,
)
from participation.accounts.sessions import end_all_sessions
from participation.audit import service as audit
from participation.extensions import db
from participation.mail.waiting import mail_waits
from participation.permissions import Actor, Role
from participation.refusals import Refusal, Refused, ensure


def add_person(
    name: str,
    *,
    email: str | None,
    roles: frozenset[Role] = frozenset(),
    language: Language = Language.BOKMAL,
    unit: str | None = None,
    postal_address: str | None = None,
    actor_id: int | None = None,
) -> Person:
    """Make a person known. Raises IntegrityError when the address, of mail or of letters, already is.

    One who had an account with the address, and closed it, is given that one again: else they could vote anew.
    """
    had_one = person_known_by(IdentityKind.FORMER_EMAIL, tidy_email(email)) if email else None
    if had_one is not None and email:
        return _back(had_one, name, email=email, roles=roles, language=language, unit=unit, actor_id=actor_id)
    person = Person(
        name=name,
        email=tidy_email(email) if email else None,
        language=language,
        unit=unit,
        postal_address=postal_address,
        postal_key=postal_key(name, postal_address) if postal_address else None,
        created_at=clock.now(),
        roles=[PersonRole(role=role) for role in sorted(roles)],
    )
    db.session.add(person)
    db.session.flush()
    audit.record("person_added", actor_id=actor_id, kind="person", object_id=person.id, roles=sorted(roles))
    return person


def _back(
    person: Person,
    name: str,
    *,
    email: str,
    roles: frozenset[Role],
    language: Language,
    unit: str | None,
    actor_id: int | None,
) -> Person:
    reopen(person, name=name, email=email, language=language)
    person.unit = unit or person.unit
    set_roles(actor_id, person=person, roles=roles | person.roles_given_here)
    return person


def known_on_paper(name: str, *, postal_address: str, language: Language, actor_id: int) -> Person:
    """The person with the name at the address; made known when nobody is, also when two do that at once.

    Raises Refused(ACCOUNT_CLOSED) for one who has left.
    """
    person = person_by_post(name, postal_address) or _on_paper(name, postal_address, language, actor_id)
    if person.closed_at is not None:
        raise Refused(Refusal.ACCOUNT_CLOSED)
    return person


def _on_paper(name: str, postal_address: str, language: Language, actor_id: int) -> Person:
    try:
        with db.session.begin_nested():
            return add_person(name, email=None, language=language, postal_address=postal_address, actor_id=actor_id)
    except IntegrityError:
        person = person_by_post(name, postal_address)
        if person is None:
            raise
        return person


def set_postal_address(actor: Actor, *, person: Person, address: str, wanted: bool) -> None:
    """Where letters reach the person, and whether they want any.

    Raises Refused(ADDRESS_TAKEN) when another of the name has letters there.
    """
    other = person_by_post(person.name, address)
    if other is not None and other.id != person.id:
        raise Refused(Refusal.ADDRESS_TAKEN)
    person.postal_address, person.postal_key = address, postal_key(person.name, address)
    person.mail_notices = wanted
    audit.record("postal_address_set", actor_id=actor.id, kind="person", object_id=person.id, mail_notices=wanted)


def set_roles(actor_id: int | None, *, person: Person, roles: frozenset[Role], source: str = GIVEN_HERE) -> None:
    """Give the person exactly these roles; their sessions end, so that what they may do is asked anew.

    What a directory says of them stays as it is, and so it does the other way round: `source` says whose word it is.
    """
    before = {held.role for held in person.roles if held.source == source}
    if before == roles:
        return
    person.roles = [held for held in person.roles if held.source != source or held.role in roles]
    person.roles += [PersonRole(role=role, source=source) for role in sorted(roles - before)]
    audit.record("roles_set", actor_id=actor_id, kind="person", object_id=person.id, roles=sorted(roles), source=source)
    end_all_sessions(person.id)


def describe(actor_id: int | None, *, person: Person, name: str, unit: str | None) -> None:
    """What stands under the person's answers: their name, and the unit they work in."""
    if (person.name, person.unit) == (name, unit):
        return
    person.name, person.unit = name, unit
    audit.record("described", actor_id=actor_id, kind="person", object_id=person.id)


def request_link(
    email: str,
    *,
    language: Language,
    next_path: str,
    draft_key: str | None = None,
    browser: str | None = None,
    for_person_id: int | None = None,
) -> None:
    """Note the wish for a link, whether or not the address is known; the worker makes and sends it.

    With `for_person_id` it signs nobody in: it makes the address that person's.
    """
    address = tidy_email(email)
    if _recent_links(address, for_person_id) >= LINKS_PER_ADDRESS:
        return
    moment = clock.now()
    link = SignInLink(
        email=address,
        language=language,
        next_path=next_path,
        draft_key=draft_key,
        requested_at=moment,
        next_attempt_at=moment,
        browser_hash=token_hash(browser) if browser else None,
        for_person_id=for_person_id,
    )
    db.session.add(link)
    mail_waits()


def _recent_links(address: str, for_person_id: int | None) -> int:
    """Of the same kind: who makes an address theirs takes none of the links that its owner signs in by."""
    of_kind = SignInLink.for_person_id.is_(None) if for_person_id is None else SignInLink.for_person_id.is_not(None)
    since = clock.now() - timedelta(minutes=SIGNIN_LINK_EXPIRY_MINUTES)
    query = select(func.count()).where(SignInLink.email == address, of_kind, SignInLink.requested_at > since)
    return db.session.scalar(query) or 0


def make_token(link: SignInLink) -> str:
    """A fresh token for the link, good from now; an earlier one of the same link stops working."""
    token = secrets.token_urlsafe(32)
    link.token_hash = token_hash(token)
    link.expires_at = link_expires(clock.now())
    return token


def make_link(person: Person, *, next_path: str = "/") -> str:
    """A sign-in token for someone who stands at the command line. Raises ValueError without an address."""
    if person.email is None:
        raise ValueError("a person without an address has no sign-in link")
    moment = clock.now()
    link = SignInLink(email=person.email, language=person.language, next_path=next_path, requested_at=moment)
    db.session.add(link)
    token = make_token(link)
    audit.record("signin_link_made", actor_id=None, kind="person", object_id=person.id)
    return token


def use_link(token: str, *, name: str | None) -> tuple[Person, SignInLink]:
    """Spend the link and return whose it is; a new person needs a name.

    Raises Refused(LINK_SPENT) when it has been used, is too old, never was, or is not for signing in.
    """
    link = spend_link(token)
    if link.for_person_id is not None:
        raise Refused(Refusal.LINK_SPENT)
    person = person_by_email(link.email)
    if person is None and person_known_by(IdentityKind.REPLACED_EMAIL, link.email) is not None:
        raise Refused(Refusal.EMAIL_REPLACED)
    person = person or _newcomer(name or "", link)
    if person.closed_at is not None:
        raise Refused(Refusal.ACCOUNT_CLOSED)
    adopt(person, link.email)
    return person, link


def spend_link(token: str) -> SignInLink:
    """The link, used with this. Raises Refused(LINK_SPENT) when it has been used, is too old, or never was."""
    link = link_by_token(token)
    if link is None:
        raise Refused(Refusal.LINK_SPENT)
    moment = clock.now()
    ensure(may_use_link(now=moment, expires_at=link.expires_at, used_at=link.used_at))
    # Two requests with the same token at once: only one of them finds it unused.
    spent = db.session.execute(
        update(SignInLink)
        .where(SignInLink.id == link.id, SignInLink.used_at.is_(None))
        .values(used_at=moment)
        .returning(SignInLink.id)
    )
    if spent.scalar_one_or_none() is None:
        raise Refused(Refusal.LINK_SPENT)
    return link


def set_email(person: Person, *, email: str, former_leads_here: bool = False) -> None:
    """The address is the person's from now on: they have shown that mail to it reaches them.

    The former one opens no other account, or one person had two voices; it leads to this one only where it was promised
    to, since mailboxes are also given up and taken over.
    """
    former = person.email
    person.email = tidy_email(email)
    forget_address(person.email)
    if former and former != person.email:
        (keep_address if former_leads_here else keep_replaced)(person.id, former)
        _tell_former(person, former)
    audit.record("email_set", actor_id=person.id, kind="person", object_id=person.id)
    db.session.flush()


def _tell_former(person: Person, address: str) -> None:
    """Who reads mail at the former address is told, in case it was not the person who changed it."""
    moment = clock.now()
    notice = SignInLink(
        email=address,
        language=person.language,
        next_path="/",
        requested_at=moment,
        next_attempt_at=moment,
        for_person_id=person.id,
        is_notice=True,
    )
    db.session.add(notice)
    mail_waits()


def _newcomer(name: str, link: SignInLink) -> Person:
    """A new person, or one who is back; or the one that another of their links made in this very moment."""
    try:
        with db.session.begin_nested():
            return add_person(name, email=link.email, language=link.language)
    except IntegrityError:
        person = person_by_email(link.email)
        if person is None:
            raise
        return person


def change_settings(person: Person, *, name: str, name_hidden: bool, language: Language, mail_notices: bool) -> None:
    person.name, person.name_hidden = name, name_hidden
    person.language, person.mail_notices = language, mail_notices
    audit.record(
        "settings_changed",
        actor_id=person.id,
        kind="person",
        object_id=person.id,
        name_hidden=name_hidden,
        language=language,
        mail_notices=mail_notices,
    )


def set_mail_notices(person: Person, *, wanted: bool) -> None:
    if person.mail_notices == wanted:
        return
    person.mail_notices = wanted
    audit.record("mail_notices_set", actor_id=person.id, kind="person", object_id=person.id, mail_notices=wanted)
