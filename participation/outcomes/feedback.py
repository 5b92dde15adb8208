"""Asks those behind the needs, four weeks on, whether the outcome helped; and takes their answers."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, exists, or_, update
from sqlalchemy.orm import InstrumentedAttribute, aliased

from participation import clock
from participation.accounts.former import hold_open
from participation.audit import service as audit
from participation.database import insert
from participation.extensions import db
from participation.needs.service import need_facts
from participation.notifications.letters import out_of_reach
from participation.notifications.rules import EventKind, Reason
from participation.notifications.service import announce
from participation.outcomes import queries
from participation.outcomes.follow_up import ASK_AFTER_DAYS, may_say, may_show_words, stays_public
from participation.outcomes.follow_up_queries import was_asked
from participation.outcomes.models import SUBJECT_KIND, Feedback, Outcome, OutcomeNeed
from participation.outcomes.returning import met_needs
from participation.outcomes.rules import PUBLIC_STATES, Helped, Verdict
from participation.outcomes.wording import said_in_mails
from participation.permissions import Actor
from participation.refusals import Refusal, Refused, ensure
from participation.settings import Settings
from participation.support.rules import Channel

BEHIND = (Reason.AUTHOR, Reason.SUPPORTER)
COUNTERS: dict[Helped, InstrumentedAttribute[int]] = {
    Helped.YES: Outcome.helped_yes,
    Helped.PARTLY: Outcome.helped_partly,
    Helped.NO: Outcome.helped_no,
}


def ask_whether_it_helped(_settings: Settings) -> None:
    """The day's round: of each outcome public for four weeks, those behind the needs it meets are asked once."""
    moment = clock.now()
    due = (
        Outcome.asked_at.is_(None),
        Outcome.state.in_(PUBLIC_STATES),
        Outcome.published_at <= moment - timedelta(days=ASK_AFTER_DAYS),
        Outcome.needs.any(OutcomeNeed.verdict != Verdict.NOT),
    )
    # The mark is set first, and in the same transaction: whoever comes second finds nothing to ask.
    claimed = update(Outcome).where(*due).values(asked_at=moment).returning(Outcome.id)
    for outcome_id in sorted(db.session.scalars(claimed)):
        _ask(outcome_id)


def _ask(outcome_id: int) -> None:
    outcome = queries.outcome(outcome_id)
    if outcome is None:
        raise LookupError(outcome_id)
    needs = [answer.need for answer in met_needs(outcome)]
    announce(
        EventKind.DID_IT_HELP,
        about=outcome.subject,
        subjects=[need.subject for need in needs],
        reasons=BEHIND,
        facts={
            "outcome": {
                "id": outcome.id,
                "title": outcome.title,
                "summary": outcome.summary,
                "translations": said_in_mails(outcome.translations),
            },
            "needs": need_facts(*needs),
        },
    )


def say(person_id: int, *, outcome: Outcome, helped: Helped, words: str, may_publish: bool) -> Feedback:
    """Keep whether it helped the person, and correct the sums with it. The same answer sent twice counts once."""
    moment = clock.now()
    hold_open(person_id)
    asked = was_asked(person_id, outcome_id=outcome.id)
    ensure(may_say(state=outcome.state, was_asked=asked, asked_at=outcome.asked_at, now=moment))
    may_publish = may_publish and bool(words)
    row = {"outcome_id": outcome.id, "person_id": person_id, "helped": helped, "words": words}
    row |= {"may_publish": may_publish, "answered_at": moment}
    fresh = insert(Feedback, db.session.get_bind().dialect.name).values(row).on_conflict_do_nothing()
    is_first = db.session.scalar(fresh.returning(Feedback.person_id)) is not None
    found = _held(outcome.id, person_id)
    if is_first:
        _count(outcome.id, helped, 1)
    else:
        _change(found, helped=helped, words=words, may_publish=may_publish, moment=moment)
    return found


def say_for(
    actor: Actor, *, person_id: int, outcome: Outcome, helped: Helped, words: str, may_publish: bool, channel: Channel
) -> None:
    """Keep what one whom no mail reaches has told the actor. Raises Refused(NOT_ASKED) for anyone else."""
    if out_of_reach(person_id) is None:
        raise Refused(Refusal.NOT_ASKED)
    say(person_id, outcome=outcome, helped=helped, words=words, may_publish=may_publish)
    # Who took it down, and not whose it is: staff read the answers without names.
    audit.record("answer_registered", actor_id=actor.id, kind=SUBJECT_KIND, object_id=outcome.id, channel=channel)


def _held(outcome_id: int, person_id: int) -> Feedback:
    """The answer as it is now, held so that two who change it wait for each other."""
    return db.session.get_one(Feedback, (outcome_id, person_id), with_for_update=True, populate_existing=True)


def _change(found: Feedback, *, helped: Helped, words: str, may_publish: bool, moment: datetime) -> None:
    if (found.helped, found.words, found.may_publish) == (helped, words, may_publish):
        return
    if found.helped is not helped:
        _count(found.outcome_id, found.helped, -1)
        _count(found.outcome_id, helped, 1)
    if not stays_public(before=found.words, words=words, may_publish=may_publish):
        found.published_at = found.published_by = None
    found.helped, found.words, found.may_publish, found.answered_at = helped, words, may_publish, moment
    db.session.flush()


def _count(outcome_id: int, helped: Helped, by: int) -> None:
    counter = COUNTERS[helped]
    db.session.execute(update(Outcome).where(Outcome.id == outcome_id).values({counter: counter + by}))


def unite(*, kept: int, gone: int) -> None:
    """Make the answers of two people one person's: of two on the same outcome the newer stays, and counts."""
    other = aliased(Feedback)
    newer = or_(
        other.answered_at > Feedback.answered_at,
        and_(other.answered_at == Feedback.answered_at, other.person_id == kept),
    )
    both = Feedback.outcome_id == other.outcome_id
    _take_away(
        or_(
            and_(Feedback.person_id == gone, exists().where(other.person_id == kept, both, newer)),
            and_(Feedback.person_id == kept, exists().where(other.person_id == gone, both, newer)),
        )
    )
    db.session.execute(
        update(Feedback)
        .where(Feedback.person_id == gone)
        .values(person_id=kept)
        .execution_options(synchronize_session=False)
    )


def _take_away(which: ColumnElement[bool]) -> None:
    gone = db.session.execute(
        delete(Feedback)
        .where(which)
        .returning(Feedback.outcome_id, Feedback.helped)
        .execution_options(synchronize_session=False)
    ).all()
    # In the order of outcomes, so that two who do this at once never wait for each other.
    for outcome_id, helped in sorted(gone):
        _count(outcome_id, helped, -1)


def take_back_consent(person_id: int) -> None:
    """Let none of the person's words stand on a page any more; what they answered still counts."""
    db.session.execute(
        update(Feedback)
        .where(Feedback.person_id == person_id)
        .values(may_publish=False, published_at=None, published_by=None)
        .execution_options(synchronize_session=False)
    )


def show_words(actor: Actor, *, found: Feedback, answered_at: datetime) -> None:
    """Let the words stand on the result's page. Raises Refused when they are not those that the actor has read."""
    found = _held(found.outcome_id, found.person_id)
    if found.answered_at != answered_at:
        raise Refused(Refusal.CHANGED_MEANWHILE)
    ensure(may_show_words(words=found.words, may_publish=found.may_publish))
    if found.published_at is None:
        found.published_at, found.published_by = clock.now(), actor.id
        _note(actor, "words_shown", found)


def hide_words(actor: Actor, *, found: Feedback) -> None:
    """Take the words off the result's page again."""
    found = _held(found.outcome_id, found.person_id)
    if found.published_at is not None:
        found.published_at = found.published_by = None
        _note(actor, "words_hidden", found)


def _note(actor: Actor, action: str, found: Feedback) -> None:
    # Who wrote them is not for the trail: staff read the words without names.
    audit.record(action, actor_id=actor.id, kind=SUBJECT_KIND, object_id=found.outcome_id, helped=found.helped)
    db.session.flush()
