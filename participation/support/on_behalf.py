"""Staff register for people without e-mail, so that their voice counts as anyone's and they are told by letter."""

from dataclasses import dataclass

from participation.accounts.models import Person
from participation.accounts.rules import Language
from participation.accounts.service import known_on_paper
from participation.audit import service as audit
from participation.needs.models import SUBJECT_KIND, Need
from participation.needs.rules import NeedText, may_support
from participation.permissions import Actor
from participation.refusals import ensure
from participation.support.rules import Channel
from participation.support.service import propose, support


@dataclass(frozen=True, kw_only=True)
class OnBehalf:
    """Who spoke, and how. They have agreed to be known here and told by letter."""

    name: str
    postal_address: str
    language: Language
    channel: Channel


def support_for(actor: Actor, *, need: Need, of: OnBehalf) -> bool:
    """Count the person in; False when they were counted already."""
    ensure(may_support(need.state))
    person = _person(actor, of)
    if not support(person.actor, need=need):
        return False
    _record("support_registered", actor, need=need, person=person, of=of)
    return True


def propose_for(
    actor: Actor, *, words: NeedText, of: OnBehalf, name_hidden: bool, within_days: int, key: str | None
) -> Need:
    """Report the need as the person's own. The same form sent twice gives the same need."""
    person = _person(actor, of)
    need = propose(person.actor, words=words, name_hidden=name_hidden, within_days=within_days, draft_key=key)
    _record("need_registered", actor, need=need, person=person, of=of)
    return need


def _person(actor: Actor, of: OnBehalf) -> Person:
    return known_on_paper(of.name, postal_address=of.postal_address, language=of.language, actor_id=actor.id)


def _record(action: str, actor: Actor, *, need: Need, person: Person, of: OnBehalf) -> None:
    audit.record(
        action, actor_id=actor.id, kind=SUBJECT_KIND, object_id=need.id, person_id=person.id, channel=of.channel
    )
