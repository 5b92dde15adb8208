"""Plans, milestones, news, figures, the team and its notes."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from participation import clock
from participation.accounts.models import Person
from participation.audit.models import AuditEntry
from participation.extensions import db
from participation.needs.models import Need
from participation.needs.rules import UpdateKind
from participation.notifications.rules import DeliveryStatus, EventKind, Reason
from participation.projects import measuring, planning, queries, service, team
from participation.projects.measuring import IndicatorWords
from participation.projects.models import Milestone, Project
from participation.projects.planning import MilestoneText
from participation.projects.rules import Ending, NoteKind, Phase, Principle, Visibility
from participation.refusals import Refusal, Refused
from tests.factories import end, in_days, link, make_accepted, make_project
from tests.told import events, lines, told

Named = Callable[[str], Person]


@pytest.fixture
def project(cecilie: Person) -> Project:
    return make_project(cecilie)


def refusal_of(do: Callable[[], object]) -> Refusal:
    with pytest.raises(Refused) as refused:
        do()
    db.session.rollback()
    return refused.value.reason


def milestone(project: Project, *, by: Person, title: str = "Første tur", is_public: bool = True) -> Milestone:
    words = MilestoneText(title=title, planned_on=in_days(10), note="", is_public=is_public)
    made = planning.add_milestone(by.actor, project=project, words=words, version=project.version)
    db.session.commit()
    return made


def plan(project: Project, dates: dict[Phase, date], *, by: Person) -> None:
    planning.plan_phases(by.actor, project=project, dates=dates, version=project.version)
    db.session.commit()


def test_a_plan_is_replaced_as_a_whole_and_counts_once(project: Project, cecilie: Person) -> None:
    seen = project.version
    plan(project, {Phase.INSIGHT: in_days(10), Phase.PILOTING: in_days(40)}, by=cecilie)
    again = lambda: planning.plan_phases(cecilie.actor, project=project, dates={}, version=seen)  # noqa: E731
    assert refusal_of(again) is Refusal.CHANGED_MEANWHILE
    plan(project, {Phase.INSIGHT: in_days(20)}, by=cecilie)
    assert queries.planned_days(project.id) == {Phase.INSIGHT: in_days(20)}


def test_a_plan_out_of_order_is_refused(project: Project, cecilie: Person) -> None:
    dates = {Phase.INSIGHT: in_days(10), Phase.DEVELOPMENT: in_days(9)}
    assert refusal_of(lambda: plan(project, dates, by=cecilie)) is Refusal.PLAN_OUT_OF_ORDER


def test_a_milestone_is_reached_and_told_of_once(project: Project, need: Need, cecilie: Person) -> None:
    link(project, need, by=cecilie)
    first = milestone(project, by=cecilie)
    seen = first.version

    def reach() -> None:
        planning.reach_milestone(
            cecilie.actor,
            milestone=first,
            reached_on=clock.today(),
            note="Tolv var med.",
            telling=True,
            version=seen,
        )
        db.session.commit()

    reach()
    assert refusal_of(reach) is Refusal.CHANGED_MEANWHILE
    assert told(EventKind.NEWS) == {"Astrid": (Reason.AUTHOR, DeliveryStatus.PENDING)}
    line = lines(need)[-1]
    assert (line.kind, line.body) == (UpdateKind.NEWS, "**Første tur**\n\nTolv var med.")
    assert line.event_id == events(EventKind.NEWS)[0].id
    delete = lambda: planning.delete_milestone(cecilie.actor, milestone=first, version=first.version)  # noqa: E731
    assert refusal_of(delete) is Refusal.MILESTONE_REACHED


def test_an_internal_milestone_is_reached_quietly(project: Project, need: Need, cecilie: Person) -> None:
    link(project, need, by=cecilie)
    hidden = milestone(project, by=cecilie, is_public=False)
    planning.reach_milestone(
        cecilie.actor, milestone=hidden, reached_on=clock.today(), note="", telling=True, version=hidden.version
    )
    db.session.commit()
    assert events(EventKind.NEWS) == []
    assert queries.milestones(project.id, only_public=True) == []


def test_a_milestone_is_changed_and_deleted_while_it_is_to_come(project: Project, cecilie: Person) -> None:
    first = milestone(project, by=cecilie)
    words = MilestoneText(title="Andre tur", planned_on=in_days(3), note="Senere.", is_public=False)
    planning.change_milestone(cecilie.actor, milestone=first, words=words, version=first.version)
    db.session.commit()
    assert [one.title for one in queries.milestones(project.id)] == ["Andre tur"]
    planning.delete_milestone(cecilie.actor, milestone=first, version=first.version)
    db.session.commit()
    assert queries.milestones(project.id) == []
    actions = db.session.scalars(select(AuditEntry.action).where(AuditEntry.action.contains("milestone"))).all()
    assert set(actions) == {"milestone_added", "milestone_changed", "milestone_deleted"}


def test_news_reaches_everyone_behind_the_needs_once(
    project: Project, need: Need, cecilie: Person, person: Named
) -> None:
    other = make_accepted(person("Gry"), by=cecilie)
    for one in (need, other):
        link(project, one, by=cecilie)
    seen = project.version
    service.tell(cecilie.actor, project=project, body="På siden.", mail_body="I e-posten.", version=seen)
    db.session.commit()
    (event,) = events(EventKind.NEWS)
    assert (event.facts["body"], event.facts["mail_body"]) == ("På siden.", "I e-posten.")
    assert event.facts["project"] == {"id": project.id, "title": project.title}
    assert set(told(EventKind.NEWS)) == {"Astrid", "Gry"}
    assert [lines(one)[-1].mail_body for one in (need, other)] == ["I e-posten."] * 2
    again = lambda: service.tell(cecilie.actor, project=project, body="På siden.", version=seen)  # noqa: E731
    assert refusal_of(again) is Refusal.CHANGED_MEANWHILE


def test_an_internal_or_ended_project_or_one_without_needs_tells_nobody(need: Need, cecilie: Person) -> None:
    internal = make_project(cecilie, visibility=Visibility.INTERNAL)
    ended, lonely = make_project(cecilie), make_project(cecilie)
    for one in (internal, ended):
        link(one, need, by=cecilie)
    end(ended, by=cecilie)
    told_by = {
        one.id: refusal_of(lambda one=one: service.tell(cecilie.actor, project=one, body="Nytt.", version=one.version))  # type: ignore[misc]
        for one in (internal, ended, lonely)
    }
    assert told_by == {
        internal.id: Refusal.PROJECT_INTERNAL,
        ended.id: Refusal.PROJECT_ENDED,
        lonely.id: Refusal.NOBODY_TO_TELL,
    }
    assert events(EventKind.NEWS) == []


def test_a_figure_is_measured_over_time_and_a_wrong_one_is_deleted(project: Project, cecilie: Person) -> None:
    words = IndicatorWords(
        name="Avganger", unit="i timen", baseline=Decimal(1), baseline_on=in_days(-90), target=Decimal(3)
    )
    made = measuring.add_indicator(cecilie.actor, project=project, words=words, version=project.version)
    db.session.commit()
    for days, value in ((-10, "2.5"), (-40, "1.5")):
        measuring.measure(
            cecilie.actor,
            indicator=made,
            value=Decimal(value),
            measured_on=in_days(days),
            version=made.version,
        )
        db.session.commit()
    db.session.expire_all()
    (found,) = queries.indicators(project.id)
    assert [one.value for one in found.measurements] == [Decimal("1.50"), Decimal("2.50")]
    measuring.delete_measurement(cecilie.actor, measurement=found.measurements[0])
    db.session.commit()
    db.session.expire_all()
    assert [one.value for one in queries.indicators(project.id)[0].measurements] == [Decimal("2.50")]
    gone = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "measurement_deleted")).one()
    assert gone.facts["value"] == "1.50"


def test_what_is_measured_has_been_and_counts_once(project: Project, cecilie: Person) -> None:
    words = IndicatorWords(name="Avganger", unit="", baseline=Decimal(1), baseline_on=in_days(1), target=None)
    add = lambda: measuring.add_indicator(  # noqa: E731
        cecilie.actor, project=project, words=words, version=project.version
    )
    assert refusal_of(add) is Refusal.DAY_TO_COME


def test_only_staff_are_in_the_team(project: Project, cecilie: Person, person: Named) -> None:
    astrid, dag = person("Astrid"), person("Dag")
    join = lambda: team.set_member(cecilie.actor, project=project, person=astrid, part="Leder")  # noqa: E731
    assert refusal_of(join) is Refusal.NOT_STAFF
    for part in ("Leder", "Rådgiver"):
        team.set_member(cecilie.actor, project=project, person=dag, part=part)
        db.session.commit()
    assert [(one.person.name, one.part) for one in queries.team(project.id)] == [("Dag", "Rådgiver")]
    for _ in range(2):
        team.remove_member(cecilie.actor, project=project, person_id=dag.id)
        db.session.commit()
    assert queries.team(project.id) == []


def test_notes_come_newest_first_a_page_at_a_time_also_after_the_end(project: Project, cecilie: Person) -> None:
    end(project, by=cecilie)
    for number in range(queries.NOTES_A_PAGE + 1):
        team.write_note(cecilie.actor, project=project, kind=NoteKind.DECISION, body=f"Nr. {number}")
    db.session.commit()
    newest, before = queries.notes(project.id)
    rest, nothing = queries.notes(project.id, before=before)
    assert [note.body for note in (*newest, *rest)] == [f"Nr. {n}" for n in range(queries.NOTES_A_PAGE, -1, -1)]
    assert nothing is None


def test_the_same_note_sent_twice_is_kept_once(project: Project, cecilie: Person) -> None:
    kept = {
        team.write_note(
            cecilie.actor, project=project, kind=NoteKind.NOTE, body="Husk møtet.", submission_key="det-samme"
        ).id
        for _ in range(2)
    }
    assert len(kept) == 1


def test_lessons_are_of_public_projects_that_ended_and_come_in_pages(cecilie: Person, need: Need) -> None:
    make_project(cecilie)
    end(make_project(cecilie, visibility=Visibility.INTERNAL), by=cecilie)
    ended = []
    for number in range(queries.LESSONS_A_PAGE + 2):
        project = make_project(cecilie, principles=["trial"] if number else ["dialogue"])
        if number == 1:
            link(project, need, by=cecilie)
        with clock.travel(clock.now() + timedelta(minutes=number // 2)):
            end(project, by=cecilie)
        ended.append(project.id)
    everything = queries.LessonFilter()
    first, after = queries.lessons(everything)
    second, nothing = queries.lessons(everything, after=after)
    assert [project.id for project in (*first, *second)] == ended[::-1]
    assert nothing is None
    principle = queries.LessonFilter(principle=Principle.DIALOGUE)
    theme = queries.LessonFilter(theme_id=need.theme_id)
    finished = queries.LessonFilter(ending=Ending.FINISHED)
    found = [[project.id for project in queries.lessons(wanted)[0]] for wanted in (principle, theme, finished)]
    assert found == [[ended[0]], [ended[1]], []]
