"""What stays among staff: who takes part in a project, and their notes and decisions."""

from participation import clock
from participation.accounts.models import Person
from participation.audit import service as audit
from participation.extensions import db
from participation.permissions import Actor
from participation.projects import queries
from participation.projects.models import SUBJECT_KIND, Project, ProjectMember, ProjectNote
from participation.projects.rules import NoteKind
from participation.refusals import Refusal, Refused


def set_member(actor: Actor, *, project: Project, person: Person, part: str) -> None:
    """Let the person be part of the team, or change their part. Raises Refused(NOT_STAFF) for a resident."""
    if not person.actor.is_staff:
        raise Refused(Refusal.NOT_STAFF)
    db.session.merge(ProjectMember(project_id=project.id, person_id=person.id, part=part))
    audit.record("member_set", actor_id=actor.id, kind=SUBJECT_KIND, object_id=project.id, person=person.id)


def remove_member(actor: Actor, *, project: Project, person_id: int) -> None:
    """Take the person out of the team; the same twice is the same as once."""
    member = db.session.get(ProjectMember, (project.id, person_id))
    if member is not None:
        db.session.delete(member)
        audit.record("member_removed", actor_id=actor.id, kind=SUBJECT_KIND, object_id=project.id, person=person_id)


def write_note(
    actor: Actor, *, project: Project, kind: NoteKind, body: str, submission_key: str | None = None
) -> ProjectNote:
    """Keep a note or a decision. The same form sent twice gives the same note."""
    already = queries.note_of_form(submission_key)
    if already is not None:
        return already
    note = ProjectNote(
        project_id=project.id,
        kind=kind,
        body=body,
        at=clock.now(),
        author_id=actor.id,
        submission_key=submission_key,
    )
    db.session.add(note)
    db.session.flush()
    audit.record("noted", actor_id=actor.id, kind=SUBJECT_KIND, object_id=project.id, note=note.id)
    return note
