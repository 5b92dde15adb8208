"""Who may do what: the one table of roles and permissions."""

from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    RESIDENT = "resident"
    STAFF = "staff"
    CASE_WORKER = "case_worker"
    COMMUNICATIONS = "communications"
    MODERATOR = "moderator"
    LEADER = "leader"
    ADMINISTRATOR = "administrator"


class Act(StrEnum):
    """What residents do that a municipality may ask more for than being signed in."""

    REPORT = "report"
    COMMENT = "comment"
    SUPPORT = "support"


class Assurance(StrEnum):
    """How sure it is who has signed in: the weakest first."""

    EMAIL = "email"
    SUBSTANTIAL = "substantial"
    HIGH = "high"

    def covers(self, wanted: "Assurance") -> bool:
        order = list(Assurance)
        return order.index(self) >= order.index(wanted)


class Permission(StrEnum):
    PARTICIPATE = "participate"
    SPEAK_AS_STAFF = "speak_as_staff"
    SEE_WORKBENCH = "see_workbench"
    WORK_ON_NEEDS = "work_on_needs"
    RUN_PROJECTS = "run_projects"
    WRITE_OUTCOMES = "write_outcomes"
    APPROVE_OUTCOMES = "approve_outcomes"
    WRITE_TEMPLATES = "write_templates"
    SEND_LETTERS = "send_letters"
    OVERSEE = "oversee"
    ADMINISTER = "administer"


_RESIDENT = frozenset({Permission.PARTICIPATE})
_STAFF = _RESIDENT | {Permission.SPEAK_AS_STAFF, Permission.SEE_WORKBENCH}

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.RESIDENT: _RESIDENT,
    Role.STAFF: _STAFF,
    Role.CASE_WORKER: _STAFF
    | {Permission.WORK_ON_NEEDS, Permission.RUN_PROJECTS, Permission.WRITE_OUTCOMES, Permission.SEND_LETTERS},
    Role.COMMUNICATIONS: _STAFF
    | {
        Permission.WRITE_OUTCOMES,
        Permission.APPROVE_OUTCOMES,
        Permission.WRITE_TEMPLATES,
        Permission.SEND_LETTERS,
    },
    Role.MODERATOR: _STAFF,
    Role.LEADER: _STAFF | {Permission.OVERSEE},
    Role.ADMINISTRATOR: _STAFF | {Permission.ADMINISTER, Permission.WRITE_TEMPLATES},
}


@dataclass(frozen=True)
class Actor:
    """A signed-in person as the rules see one."""

    id: int
    roles: frozenset[Role] = field(default_factory=lambda: frozenset({Role.RESIDENT}))

    def may(self, permission: Permission) -> bool:
        return any(permission in GRANTS[role] for role in self.roles)

    @property
    def is_staff(self) -> bool:
        return self.may(Permission.SPEAK_AS_STAFF)
