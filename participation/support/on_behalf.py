"""Staff register for people without e-mail, so that their voice counts as anyone's and they are told by letter."""

from dataclasses import dataclass

from participation.accounts.models import Person
from participation.accounts.rules import Language
from participation.accounts.service import known_on_paper
from participation.audit import service as audit
from participation.needs.models import SUBJECT_KIND, Need
from participation.needs.rules import NeedText, may_ask_again, may_support
from participation.needs.service import ask_again
from participation.notifications.letters import out_of_reach
from participation.permissions import Actor
from participation.refusals import Refusal, Refused, ensure
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
    _record("support_registered", actor, need=need, person=person, channel=of.channel)
    return True


def propose_for(
    actor: Actor, *, words: NeedText, of: OnBehalf, name_hidden: bool, within_days: int, key: str | None
) -> Need:
    """Report the need as the person's own. The same form sent twice gives the same need."""
    person = _person(actor, of)
    need = propose(person.actor, words=words, name_hidden=name_hidden, within_days=within_days, draft_key=key)
    _record("need_registered", actor, need=need, person=person, channel=of.channel)
    return need


def may_ask_again_for(need: Need) -> Refusal | None:
    """Whether staff may ask for a new assessment in the author's name: for one who could, and whom no mail reaches."""
    author = out_of_reach(need.author_id)
    if author is None:
        return Refusal.NOT_YOURS
    return may_ask_again(author.actor, author_id=author.id, state=need.state, asked_again_at=need.asked_again_at)


def ask_again_for(actor: Actor, *, need: Need, body: str, version: int, within_days: int, channel: Channel) -> None:
    """Ask for the author's one new assessment, with the reason they gave."""
    author = out_of_reach(need.author_id)
    if author is None:
        raise Refused(Refusal.NOT_YOURS)
    ask_again(author.actor, need=need, body=body, version=version, within_days=within_days)
    _record("new_assessment_registered", actor, need=need, person=author, channel=channel)


def _person(actor: Actor, of: OnBehalf) -> Person:
    return known_on_paper(of.name, postal_address=of.postal_address, language=of.language, actor_id=actor.id)


def _record(action: str, actor: Actor, *, need: Need, person: Person, channel: Channel) -> None:
    audit.record(action, actor_id=actor.id, kind=SUBJECT_KIND, object_id=need.id, person_id=person.id, channel=channel)
