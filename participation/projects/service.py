"""Starts projects, moves them, and ties them to needs: and the needs follow. How they end is in ending.py."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm.attributes import flag_modified

from participation import clock
from participation.audit import service as audit
from participation.extensions import db
from participation.needs.models import Need
from participation.needs.rules import UpdateKind, may_give_news
from participation.needs.service import need_facts
from participation.needs.timeline import LineWords, move, write_line
from participation.notifications.rules import EventKind
from participation.notifications.service import announce
from participation.permissions import Actor
from participation.projects import queries
from participation.projects.findable import index
from participation.projects.models import SUBJECT_KIND, NeedLink, Project, ProjectMove
from participation.projects.rules import (
    Ending,
    Phase,
    Scope,
    Visibility,
    followed_move,
    may_change_phase,
    may_link,
    may_set_visibility,
    may_tell,
)
from participation.refusals import Refusal, Refused, ensure
from participation.unwritten import may_be_read

_MOVED_BY_OTHERS = ["state", "version"]


@dataclass(frozen=True, kw_only=True)
class ProjectText:
    title: str
    summary: str
    purpose: str
    owner_unit: str
    contact: str
    visibility: Visibility
    goals: list[int]
    principles: list[str]


def create(actor: Actor, *, words: ProjectText, note: str = "", submission_key: str | None = None) -> Project:
    """Start a project, in the first phase, with a public note. The same form sent twice gives the same project."""
    already = queries.project_of_form(submission_key)
    if already is not None:
        return already
    moment = clock.now()
    project = Project(
        **vars(words), phase=Phase.ANCHORING, created_at=moment, moved_at=moment, submission_key=submission_key
    )
    db.session.add(project)
    db.session.flush()
    note_move(actor, project, phase=Phase.ANCHORING, note=note)
    index(project)
    audit.record("created", actor_id=actor.id, kind=SUBJECT_KIND, object_id=project.id)
    return project


def edit(actor: Actor, *, project: Project, words: ProjectText, version: int) -> None:
    """Change the words. Raises Refused(ALREADY_PUBLIC) for hiding what needs' pages have told of."""
    same_version(project, version)
    told = queries.has_ever_been_linked(project.id)
    ensure(may_set_visibility(words.visibility, was=project.visibility, told=told))
    for name, value in vars(words).items():
        setattr(project, name, value)
    index(project)
    audit.record("edited", actor_id=actor.id, kind=SUBJECT_KIND, object_id=project.id)


def change_phase(actor: Actor, *, project: Project, to: Phase, note: str, version: int) -> None:
    """Enter a phase. Each need's state follows, and everyone behind the needs is told once."""
    hold(project)
    same_version(project, version)
    ensure(may_change_phase(project.phase, to=to, stopped=project.ended_at is not None))
    project.phase = to
    note_move(actor, project, phase=to, note=note)
    db.session.flush()
    needs = linked_needs(project)
    _follow(actor, needs, project, UpdateKind.PHASE_CHANGED, body=note, detail=to.value)
    _announce(EventKind.PHASE_CHANGED, project, needs, {"phase": to.value, "stopped": False, "note": note})


def tell(actor: Actor, *, project: Project, body: str, mail_body: str = "", version: int) -> None:
    """Write to everyone behind the project's needs, on each need's page and by mail, once a person."""
    hold(project)
    same_version(project, version)
    needs = [need for need in linked_needs(project) if may_give_news(need.state) is None]
    ensure(may_tell(public=project.is_public, ended=project.ended_at is not None, needs=len(needs)))
    words: LineWords = {"body": body, "mail_body": mail_body, "project_id": project.id}
    lines = [write_line(need, UpdateKind.NEWS, actor=actor, **words) for need in needs]
    event = announce(
        EventKind.NEWS,
        about=project.subject,
        subjects=[need.subject for need in needs],
        facts={"needs": need_facts(*needs), "body": body, "mail_body": mail_body, "project": project_facts(project)},
    )
    for line in lines:
        line.event_id = event.id
    renew(project)
    audit.record("told", actor_id=actor.id, kind=SUBJECT_KIND, object_id=project.id)


def link(actor: Actor, *, project: Project, need: Need, scope: Scope, note: str) -> NeedLink:
    """Tie the project to the need. Raises Refused(ALREADY_LINKED) while a link between them lives."""
    hold(project, need)
    ensure(may_link(state=need.state, scope=scope, stopped=project.ended_at is not None))
    if queries.live_link(project.id, need_id=need.id) is not None:
        raise Refused(Refusal.ALREADY_LINKED)
    tie = NeedLink(
        project_id=project.id,
        need_id=need.id,
        scope=scope,
        note=note,
        created_at=clock.now(),
        created_by=actor.id,
    )
    db.session.add(tie)
    db.session.flush()
    _follow(actor, [need], project, UpdateKind.LINKED, body=note, detail=scope.value)
    _announce(EventKind.LINKED, project, [need], {"scope": scope.value, "note": note})
    return tie


def end_link(actor: Actor, *, tie: NeedLink, note: str) -> None:
    """End the tie, with a note on why. The need goes back to accepted when no other project takes it on."""
    hold(tie.project, tie.need)
    db.session.refresh(tie, ["ended_at"])
    if tie.ended_at is not None:
        raise Refused(Refusal.CHANGED_MEANWHILE)
    if not note.strip():
        raise Refused(Refusal.REASON_MISSING)
    tie.ended_at, tie.end_note = clock.now(), note
    db.session.flush()
    _follow(actor, [tie.need], tie.project, UpdateKind.LINK_ENDED, body=note)


def hold(project: Project, *needs: Need) -> None:
    """Let nobody else move the project or tie it to needs till this is done, and see both as they are now.

    Needs are held after projects and by number, so that two who hold never wait for each other.
    """
    db.session.refresh(project, with_for_update=True)
    for need in sorted(needs, key=lambda need: need.id):
        db.session.refresh(need, _MOVED_BY_OTHERS, with_for_update=True)


def _follow(
    actor: Actor, needs: Sequence[Need], project: Project, kind: UpdateKind, *, body: str, detail: str = ""
) -> None:
    """Bring the needs in step with their projects, and say so: of an internal one neither name nor words."""
    words: LineWords = {}
    if project.is_public:
        words = {"detail": detail, "body": body, "project_id": project.id}
    phases = queries.leading_phases([need.id for need in needs])
    for need in needs:
        step = followed_move(need.state, phases=phases[need.id])
        if step is not None:
            move(need, step, actor=actor, line=kind, **words)
        elif project.is_public:
            write_line(need, kind, actor=actor, **words)


def _announce(kind: EventKind, project: Project, needs: Sequence[Need], facts: dict[str, Any]) -> None:
    """Tell everyone behind the needs. Of an internal project only that the need is taken up is told."""
    if not needs or (kind is EventKind.PHASE_CHANGED and not project.is_public):
        return
    shown = facts | {"project": project_facts(project)} if project.is_public else {}
    announce(
        kind,
        about=project.subject,
        subjects=[need.subject for need in needs],
        facts={"needs": need_facts(*needs), "project": None, "note": "", **shown},
    )


def project_facts(project: Project) -> dict[str, Any]:
    """The project of an event as its messages name it."""
    return {"id": project.id, "title": project.title}


def linked_needs(project: Project) -> list[Need]:
    """The needs that are tied to the project now, held and as they are now."""
    needs = sorted((tie.need for tie in queries.links_of_project(project.id)), key=lambda need: need.id)
    for need in needs:
        db.session.refresh(need, _MOVED_BY_OTHERS, with_for_update=True)
    return needs


def note_move(
    actor: Actor, project: Project, *, phase: Phase | None = None, ending: Ending | None = None, note: str
) -> None:
    """Add a step to the project's way: into a phase, or to its end.

    Raises Refused(FIELD_UNFILLED) where the note still has what a template leaves to be written.
    """
    ensure(may_be_read(note))
    moment = clock.now()
    project.moved_at = moment
    db.session.add(
        ProjectMove(project_id=project.id, phase=phase, ending=ending, note=note, at=moment, actor_id=actor.id)
    )
    action = ending.value if ending else "phase_changed"
    audit.record(action, actor_id=actor.id, kind=SUBJECT_KIND, object_id=project.id, phase=phase)


def renew(project: Project) -> None:
    """Give the project a new version, where what changed is no column of its own: the same form counts once."""
    flag_modified(project, "phase")


def same_version(project: Project, version: int) -> None:
    """Raise Refused(CHANGED_MEANWHILE) when the page acted from shows an older project than this."""
    if project.version != version:
        raise Refused(Refusal.CHANGED_MEANWHILE)
