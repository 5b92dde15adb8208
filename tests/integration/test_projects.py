from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from participation import clock
from participation.accounts.models import Person
from participation.extensions import db
from participation.needs.models import Need
from participation.needs.rules import NeedState, UpdateKind
from participation.notifications.models import Event
from participation.notifications.rules import DeliveryStatus, EventKind, Reason
from participation.projects import queries
from participation.projects import service as projects
from participation.projects.models import NeedLink
from participation.projects.rules import Phase, Scope, Visibility
from participation.refusals import Refusal, Refused
from participation.support import service as support
from tests.factories import end, enter, link, make_accepted, make_need, make_project, project_words
from tests.told import events, lines, stored, told, told_of

Named = Callable[[str], Person]


def state(need: Need) -> NeedState:
    return stored(need).state


def refusal_of(do: Callable[[], object]) -> Refusal:
    with pytest.raises(Refused) as refused:
        do()
    db.session.rollback()
    return refused.value.reason


def test_a_need_follows_the_project_that_takes_it_on(need: Need, cecilie: Person) -> None:
    project = make_project(cecilie)
    link(project, need, by=cecilie)
    states = [state(need)]
    for phase in list(Phase)[1:]:
        enter(project, phase, by=cecilie)
        states.append(state(need))
    assert states == [NeedState.IN_PROJECT] * 3 + [NeedState.TESTING] * 3


def test_a_project_that_goes_back_to_try_again_takes_its_needs_with_it(need: Need, cecilie: Person) -> None:
    project = make_project(cecilie)
    link(project, need, by=cecilie, scope=Scope.PART)
    enter(project, Phase.PILOTING, by=cecilie)
    assert state(need) is NeedState.TESTING
    enter(project, Phase.DEVELOPMENT, by=cecilie)
    assert state(need) is NeedState.IN_PROJECT


def test_a_need_that_only_inspired_a_project_stays_as_it_is(need: Need, cecilie: Person, person: Named) -> None:
    project, unanswered = make_project(cecilie), make_need(person("Gry"))
    link(project, need, by=cecilie, scope=Scope.INSPIRED)
    link(project, unanswered, by=cecilie, scope=Scope.INSPIRED)
    enter(project, Phase.PILOTING, by=cecilie)
    assert (state(need), state(unanswered)) == (NeedState.ACCEPTED, NeedState.RECEIVED)


def test_linking_to_a_project_that_tests_already_brings_the_need_there(need: Need, cecilie: Person) -> None:
    project = make_project(cecilie)
    enter(project, Phase.PILOTING, by=cecilie)
    link(project, need, by=cecilie)
    assert state(need) is NeedState.TESTING


def test_of_several_projects_the_one_furthest_on_decides(need: Need, cecilie: Person) -> None:
    first, second = make_project(cecilie), make_project(cecilie, title="Skyss på bestilling")
    link(first, need, by=cecilie)
    link(second, need, by=cecilie, scope=Scope.PART)
    enter(second, Phase.PILOTING, by=cecilie)
    assert state(need) is NeedState.TESTING
    end(second, by=cecilie)
    assert state(need) is NeedState.IN_PROJECT
    end(first, by=cecilie)
    assert state(need) is NeedState.ACCEPTED


def test_an_ended_link_stays_with_its_note_and_the_need_is_accepted_again(need: Need, cecilie: Person) -> None:
    project = make_project(cecilie)
    tie = queries.link(link(project, need, by=cecilie).id)
    assert tie is not None
    projects.end_link(cecilie.actor, tie=tie, note="Hører hjemme i et annet prosjekt.")
    db.session.commit()
    assert state(need) is NeedState.ACCEPTED
    kept = db.session.scalars(select(NeedLink)).one()
    assert kept.ended_at is not None
    assert kept.end_note == "Hører hjemme i et annet prosjekt."
    assert lines(need)[-1].kind is UpdateKind.LINK_ENDED


def test_a_link_is_ended_once_and_with_a_reason(need: Need, cecilie: Person) -> None:
    tie = queries.link(link(make_project(cecilie), need, by=cecilie).id)
    assert tie is not None
    assert refusal_of(lambda: projects.end_link(cecilie.actor, tie=tie, note="  ")) is Refusal.REASON_MISSING
    projects.end_link(cecilie.actor, tie=tie, note="Feil prosjekt.")
    db.session.commit()
    again = refusal_of(lambda: projects.end_link(cecilie.actor, tie=tie, note="Feil prosjekt."))
    assert again is Refusal.CHANGED_MEANWHILE


def test_a_need_can_be_linked_anew_when_its_link_has_ended_but_not_before(need: Need, cecilie: Person) -> None:
    project = make_project(cecilie)
    tie = link(project, need, by=cecilie)
    assert refusal_of(lambda: link(project, need, by=cecilie)) is Refusal.ALREADY_LINKED
    loaded = queries.link(tie.id)
    assert loaded is not None
    projects.end_link(cecilie.actor, tie=loaded, note="Feil.")
    db.session.commit()
    link(project, need, by=cecilie)
    assert state(need) is NeedState.IN_PROJECT


def test_the_database_itself_holds_that_only_one_link_lives(need: Need, cecilie: Person) -> None:
    project = make_project(cecilie)
    link(project, need, by=cecilie)
    twin = NeedLink(
        project_id=project.id,
        need_id=need.id,
        scope=Scope.WHOLE,
        note="",
        created_at=clock.now(),
        created_by=cecilie.id,
    )
    db.session.add(twin)
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


@pytest.mark.parametrize("scope", [Scope.WHOLE, Scope.PART])
def test_a_need_without_an_answer_is_not_taken_on(cecilie: Person, person: Named, scope: Scope) -> None:
    project, unanswered = make_project(cecilie), make_need(person("Astrid"))
    refusal = refusal_of(lambda: link(project, unanswered, by=cecilie, scope=scope))
    assert refusal is Refusal.NEED_NOT_ACCEPTED


def test_a_form_that_shows_an_older_project_changes_nothing(cecilie: Person) -> None:
    project = make_project(cecilie)
    seen = project.version
    enter(project, Phase.INSIGHT, by=cecilie)
    late = [
        lambda: projects.change_phase(cecilie.actor, project=project, to=Phase.PILOTING, note="", version=seen),
        lambda: projects.tell(cecilie.actor, project=project, body="Nytt.", version=seen),
        lambda: projects.edit(cecilie.actor, project=project, words=project_words(), version=seen),
    ]
    assert {refusal_of(do) for do in late} == {Refusal.CHANGED_MEANWHILE}
    assert project.phase is Phase.INSIGHT


def test_everyone_behind_the_needs_is_told_of_a_link_and_of_a_phase_once(
    need: Need, cecilie: Person, person: Named
) -> None:
    bjorn = person("Bjørn")
    other = make_accepted(person("Gry"), by=cecilie)
    for one in (need, other):
        support.support(bjorn.actor, need=one)
    project = make_project(cecilie)
    link(project, need, by=cecilie)
    link(project, other, by=cecilie)
    enter(project, Phase.INSIGHT, by=cecilie)
    supporter = (Reason.SUPPORTER, DeliveryStatus.PENDING)
    author = (Reason.AUTHOR, DeliveryStatus.PENDING)
    assert [told_of(event) for event in events(EventKind.LINKED)] == [
        {"Astrid": author, "Bjørn": supporter},
        {"Gry": author, "Bjørn": supporter},
    ]
    assert told(EventKind.PHASE_CHANGED) == {"Astrid": author, "Bjørn": supporter, "Gry": author}


def test_a_phase_change_in_a_project_without_needs_tells_nobody(cecilie: Person) -> None:
    project = make_project(cecilie)
    enter(project, Phase.INSIGHT, by=cecilie)
    assert events(EventKind.PHASE_CHANGED) == []


def test_an_ended_link_gets_no_more_news(need: Need, cecilie: Person) -> None:
    project = make_project(cecilie)
    tie = queries.link(link(project, need, by=cecilie).id)
    assert tie is not None
    projects.end_link(cecilie.actor, tie=tie, note="Feil.")
    db.session.commit()
    enter(project, Phase.PILOTING, by=cecilie)
    assert events(EventKind.PHASE_CHANGED) == []
    assert state(need) is NeedState.ACCEPTED


def test_of_an_internal_project_residents_learn_neither_name_nor_words(need: Need, cecilie: Person) -> None:
    secret = "Hemmelig"
    project = make_project(cecilie, title=f"{secret} prosjekt", visibility=Visibility.INTERNAL)
    tie = projects.link(cecilie.actor, project=project, need=need, scope=Scope.WHOLE, note=f"{secret} notat")
    projects.change_phase(
        cecilie.actor,
        project=project,
        to=Phase.PILOTING,
        note=f"{secret} notat",
        version=project.version,
    )
    db.session.commit()
    assert state(need) is NeedState.TESTING
    loaded = queries.link(tie.id)
    assert loaded is not None
    projects.end_link(cecilie.actor, tie=loaded, note=f"{secret} notat")
    db.session.commit()
    projects.link(cecilie.actor, project=project, need=need, scope=Scope.PART, note=f"{secret} notat")
    db.session.commit()
    for line in lines(need):
        assert line.project_id is None
        assert secret not in line.body + line.detail
    for event in db.session.scalars(select(Event)):
        assert secret not in repr(event.facts)
    assert events(EventKind.PHASE_CHANGED) == []
    assert [event.facts["project"] for event in events(EventKind.LINKED)] == [None, None]


def test_internal_projects_are_not_among_the_public_ones(cecilie: Person) -> None:
    public = make_project(cecilie)
    internal = make_project(cecilie, visibility=Visibility.INTERNAL)
    assert [project.id for project in queries.public_projects()] == [public.id]
    assert {project.id for project in queries.all_projects()} == {public.id, internal.id}


def test_a_project_knows_how_many_needs_and_supports_stand_behind_it(
    need: Need, cecilie: Person, person: Named
) -> None:
    support.support(person("Bjørn").actor, need=need)
    project, empty = make_project(cecilie), make_project(cecilie)
    link(project, need, by=cecilie)
    assert queries.need_counts([project.id, empty.id]) == {project.id: (1, 2)}


def test_a_project_that_residents_have_been_told_of_can_not_become_internal(person: Named) -> None:
    cecilie = person("Cecilie")
    hidden = project_words(visibility=Visibility.INTERNAL)
    fresh, told_of_one = make_project(cecilie), make_project(cecilie)
    projects.edit(cecilie.actor, project=fresh, words=hidden, version=fresh.version)
    link(told_of_one, make_accepted(person("Astrid"), by=cecilie), by=cecilie)
    with pytest.raises(Refused) as refused:
        projects.edit(cecilie.actor, project=told_of_one, words=hidden, version=told_of_one.version)
    assert refused.value.reason is Refusal.ALREADY_PUBLIC
    assert fresh.visibility is Visibility.INTERNAL
