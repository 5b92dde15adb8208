"""Needs, what has been said of them, and the themes and areas they belong to."""

from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from participation.accounts.models import Person
from participation.accounts.rules import Language
from participation.database import Base, UtcDateTime, enum_type, words_type
from participation.files.rules import ALT_MAX_CHARACTERS, Size, sizes_in_key
from participation.geography.rules import Point
from participation.needs.rules import (
    NOT_LISTED,
    PICTURES_MAX,
    PLACE_MAX_CHARACTERS,
    TITLE_MAX_CHARACTERS,
    NeedState,
    ReminderStage,
    UpdateKind,
)
from participation.notifications.rules import Subject

SUBJECT_KIND = "need"
# In the words of SQL and with the states spelt out: else no database sees that the index serves the question.
MAY_FALL_SILENT_SQL = "state IN ('accepted', 'assessing', 'in_project', 'received', 'testing')"
# The same states, and the same words.
OPEN_TO_SUPPORT_SQL = MAY_FALL_SILENT_SQL


class Theme(Base):
    __tablename__ = "theme"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(40), unique=True)
    nb: Mapped[str] = mapped_column(String(60))
    nn: Mapped[str] = mapped_column(String(60))
    en: Mapped[str] = mapped_column(String(60))
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)

    def name(self, language: Language) -> str:
        return {Language.BOKMAL: self.nb, Language.NYNORSK: self.nn, Language.ENGLISH: self.en}[language]


class Area(Base):
    __tablename__ = "area"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    active: Mapped[bool] = mapped_column(default=True)


class AreaOutline(Base):
    """Where an area lies: by itself, since few who read areas need the shape."""

    __tablename__ = "area_outline"

    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), primary_key=True, autoincrement=False)
    geometry: Mapped[dict[str, Any]] = mapped_column(JSON)
    """A GeoJSON MultiPolygon."""
    west: Mapped[float]
    south: Mapped[float]
    east: Mapped[float]
    north: Mapped[float]
    square_kilometres: Mapped[float]

    area: Mapped[Area] = relationship(lazy="raise_on_sql")


class NeedDraft(Base):
    """What someone has begun to write: perhaps not signed in, perhaps not much yet."""

    __tablename__ = "need_draft"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    fields: Mapped[dict[str, Any]] = mapped_column(JSON)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class ReferenceCounter(Base):
    __tablename__ = "reference_counter"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


LIST_GROUPS = (("state",), ("theme_id", "state"), ("area_id", "state"), ("theme_id", "area_id", "state"))
"""What the list is narrowed by, as its indexes begin; decision 0031."""
LIST_ORDERS = ("heat", "support_count", "comment_count", "id")


def _list_indexes() -> list[Index]:
    """One for each way to narrow the list in each of its orders. By state and number there is one below already."""
    ways = [(group, order) for group in LIST_GROUPS for order in LIST_ORDERS if (group, order) != (("state",), "id")]
    return [Index(_index_name(group, order), *group, *dict.fromkeys((order, "id"))) for group, order in ways]


def _index_name(group: tuple[str, ...], order: str) -> str:
    words = (*group, order) if order != "id" else group
    return "ix_need_list_" + "_".join(word.removesuffix("_id") for word in words)


class Stand(NamedTuple):
    """Where a need counts: of a theme, in an area, in a state, and at a spot of the map if it has one."""

    id: int
    theme_id: int
    area_id: int
    state: NeedState
    cell: int | None
    latitude: float | None
    longitude: float | None


class Need(Base):
    __tablename__ = "need"
    __table_args__ = (
        CheckConstraint("support_count >= 0", name="support_count"),
        CheckConstraint("comment_count >= 0", name="comment_count"),
        CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude"),
        CheckConstraint("longitude BETWEEN -180 AND 180", name="longitude"),
        CheckConstraint(
            "(latitude IS NULL) = (longitude IS NULL) AND (latitude IS NULL) = (cell IS NULL)", name="whole_place"
        ),
        Index(
            "ix_need_cell",
            "cell",
            "id",
            sqlite_where=text("cell IS NOT NULL"),
            postgresql_where=text("cell IS NOT NULL"),
        ),
        Index(
            "ix_need_open_heat",
            "heat",
            "id",
            sqlite_where=text(f"+{OPEN_TO_SUPPORT_SQL}"),
            postgresql_where=text(OPEN_TO_SUPPORT_SQL),
        ),
        *_list_indexes(),
        Index("ix_need_theme_id", "theme_id", "id"),
        Index("ix_need_area_id", "area_id", "id"),
        Index("ix_need_state", "state", "id"),
        Index("ix_need_author_id", "author_id", "id"),
        Index(
            "ix_need_news_at",
            "news_at",
            "id",
            # With the plus, SQLite takes no other index for the state, and so needn't sort what it finds.
            sqlite_where=text(f"+{MAY_FALL_SILENT_SQL}"),
            postgresql_where=text(MAY_FALL_SILENT_SQL),
        ),
        Index(
            "ix_need_owed",
            "answer_by",
            "id",
            sqlite_where=text("answer_by IS NOT NULL"),
            postgresql_where=text("answer_by IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    title: Mapped[str] = mapped_column(String(TITLE_MAX_CHARACTERS))
    description: Mapped[str] = mapped_column(Text)
    affected: Mapped[str] = mapped_column(Text)
    solution: Mapped[str] = mapped_column(Text)
    # Old values are asked for where what a Stand holds is set: the counts are moved from them.
    theme_id: Mapped[int] = mapped_column(ForeignKey("theme.id"), active_history=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), active_history=True)
    place: Mapped[str] = mapped_column(String(PLACE_MAX_CHARACTERS), default="", server_default="")
    latitude: Mapped[float | None] = mapped_column(active_history=True)
    longitude: Mapped[float | None] = mapped_column(active_history=True)
    """Degrees of WGS 84, to about ten metres."""
    cell: Mapped[int | None] = mapped_column(BigInteger, active_history=True)
    """The cell of the finest level that the place lies in (geography/rules.py)."""
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    name_hidden: Mapped[bool] = mapped_column(default=False)
    state: Mapped[NeedState] = mapped_column(enum_type(NeedState), default=NeedState.RECEIVED, active_history=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    news_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When the municipality last said or did something for all to see; at first, when it received the need."""
    asked_again_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the author asked for a new assessment, which can be done once."""
    answer_by: Mapped[date | None]
    """The day an answer is promised by; none when nothing is owed."""
    first_answer_by: Mapped[date]
    first_answer_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    case_worker_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    support_count: Mapped[int] = mapped_column(default=0)
    comment_count: Mapped[int] = mapped_column(default=0)
    heat: Mapped[float] = mapped_column(default=0.0)
    submission_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    theme: Mapped[Theme] = relationship(lazy="raise_on_sql")
    area: Mapped[Area] = relationship(lazy="raise_on_sql")
    author: Mapped[Person] = relationship(lazy="raise_on_sql", foreign_keys=[author_id])
    case_worker: Mapped[Person | None] = relationship(lazy="raise_on_sql", foreign_keys=[case_worker_id])
    pictures: Mapped[list["NeedPicture"]] = relationship(
        lazy="raise_on_sql", order_by="(NeedPicture.position, NeedPicture.id)", viewonly=True
    )
    updates: Mapped[list["NeedUpdate"]] = relationship(lazy="raise_on_sql", order_by="NeedUpdate.id")

    @property
    def subject(self) -> Subject:
        return Subject(SUBJECT_KIND, self.id)

    @property
    def point(self) -> Point | None:
        return (
            Point(self.latitude, self.longitude) if self.latitude is not None and self.longitude is not None else None
        )

    @property
    def stand(self) -> Stand:
        return Stand(*(getattr(self, name) for name in Stand._fields))

    @property
    def pictures_shown(self) -> list["NeedPicture"]:
        """For all to see; none of a need that has been taken back."""
        return [one for one in self.pictures if one.is_shown] if self.state not in NOT_LISTED else []

    @property
    def pictures_unsaid(self) -> list["NeedPicture"]:
        """Those that others would see if their author said what they show."""
        return [one for one in self.pictures if one.lacks_words] if self.state not in NOT_LISTED else []


class NeedPicture(Base):
    """A picture of a need, or of a draft until that is sent. Its files are in the store, by its key."""

    __tablename__ = "need_picture"
    __table_args__ = (
        CheckConstraint("(need_id IS NULL) <> (draft_key IS NULL)", name="of_one"),
        # Five slots, each taken once: so there can't be six, whoever comes at the same time.
        CheckConstraint(f"slot BETWEEN 1 AND {PICTURES_MAX}", name="slot"),
        UniqueConstraint("need_id", "slot"),
        UniqueConstraint("draft_key", "slot"),
        # The same file sent twice is one picture.
        UniqueConstraint("need_id", "digest"),
        UniqueConstraint("draft_key", "digest"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    need_id: Mapped[int | None] = mapped_column(ForeignKey("need.id"))
    draft_key: Mapped[str | None] = mapped_column(ForeignKey("need_draft.key", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(64), unique=True)
    digest: Mapped[str] = mapped_column(String(64))
    """Of the file as it was sent."""
    slot: Mapped[int]
    position: Mapped[int]
    """Orders the need's pictures; the first stands on its card."""
    alt: Mapped[str] = mapped_column(String(ALT_MAX_CHARACTERS), default="")
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """Once it has words, when it got them: when others could first see it."""
    hidden_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When staff hid it from all but its author and themselves; the audit trail says who."""
    hidden_reason: Mapped[str] = mapped_column(Text, default="")

    @property
    def is_shown(self) -> bool:
        """For all to see, where its need is: those who can't see it must have something to read instead."""
        return self.hidden_at is None and bool(self.alt)

    @property
    def lacks_words(self) -> bool:
        return self.hidden_at is None and not self.alt

    @property
    def sizes(self) -> dict[int, Size]:
        """Its width and height in pixels, for each width it is kept at; of a small one fewer, as they are the same."""
        sizes = sizes_in_key(self.key)
        return {width: size for width, size in sizes.items() if width == min(sizes) or size[0] > sizes[min(sizes)][0]}


class NeedTally(Base):
    """How many needs of a theme, in an area, are in a state: so that nobody counts rows to say how many there are."""

    __tablename__ = "need_tally"
    __table_args__ = (CheckConstraint("needs >= 0", name="needs"),)

    theme_id: Mapped[int] = mapped_column(ForeignKey("theme.id"), primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), primary_key=True)
    state: Mapped[NeedState] = mapped_column(words_type(NeedState), primary_key=True)
    needs: Mapped[int]


class MapCount(Base):
    """How many needs of one kind lie in a cell, and the sums that say where their middle is.

    The sum of their numbers is the number of the one, where there is one. Coordinates are summed as whole units of
    their last decimal, so that nothing is lost however often it changes.
    """

    __tablename__ = "map_count"

    level: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    cell: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), primary_key=True, autoincrement=False)
    theme_id: Mapped[int] = mapped_column(ForeignKey("theme.id"), primary_key=True, autoincrement=False)
    state: Mapped[NeedState] = mapped_column(enum_type(NeedState), primary_key=True)
    needs: Mapped[int]
    id_sum: Mapped[int] = mapped_column(BigInteger)
    latitude_sum: Mapped[int] = mapped_column(BigInteger)
    longitude_sum: Mapped[int] = mapped_column(BigInteger)


class NeedRevision(Base):
    """The words as they were before an edit."""

    __tablename__ = "need_revision"

    id: Mapped[int] = mapped_column(primary_key=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"), index=True)
    replaced_at: Mapped[datetime] = mapped_column(UtcDateTime)
    fields: Mapped[dict[str, Any]] = mapped_column(JSON)


class NeedUpdate(Base):
    """A public line on the need's timeline. The need's state is that of its last line."""

    __tablename__ = "need_update"
    __table_args__ = (Index("ix_need_update_need_id", "need_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"))
    kind: Mapped[UpdateKind] = mapped_column(enum_type(UpdateKind))
    state: Mapped[NeedState] = mapped_column(enum_type(NeedState))
    body: Mapped[str] = mapped_column(Text, default="")
    mail_body: Mapped[str] = mapped_column(Text, default="")
    """What the mail says instead of the body; empty when it says the same."""
    would_change: Mapped[str] = mapped_column(Text, default="")
    answer_by: Mapped[date | None]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """Who did it; none where it came with time."""
    corrected_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"))
    """The event that told of it."""
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"))
    outcome_id: Mapped[int | None] = mapped_column(ForeignKey("outcome.id"))
    detail: Mapped[str] = mapped_column(String(32), default="")
    """A word of the kind's own: the phase entered, the part of the need a project takes on, the verdict."""

    actor: Mapped[Person | None] = relationship(lazy="raise_on_sql")
    revisions: Mapped[list["LineRevision"]] = relationship(lazy="raise_on_sql", order_by="LineRevision.id")


class LineRevision(Base):
    """The words of an answer as they were before a correction."""

    __tablename__ = "line_revision"

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("need_update.id"), index=True)
    replaced_at: Mapped[datetime] = mapped_column(UtcDateTime)
    replaced_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    note: Mapped[str] = mapped_column(Text)
    """What was corrected, for all to read."""
    body: Mapped[str] = mapped_column(Text)
    would_change: Mapped[str] = mapped_column(Text)


class AnswerTemplate(Base):
    """Words to begin an answer with: one text for the page and one for the mail. Without a theme, for all."""

    __tablename__ = "answer_template"

    id: Mapped[int] = mapped_column(primary_key=True)
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id"), index=True)
    kind: Mapped[UpdateKind] = mapped_column(enum_type(UpdateKind))
    name: Mapped[str] = mapped_column(String(80))
    body: Mapped[str] = mapped_column(Text)
    mail_body: Mapped[str] = mapped_column(Text)
    would_change: Mapped[str] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    theme: Mapped[Theme | None] = relationship(lazy="raise_on_sql")


class Reminder(Base):
    """That staff have been reminded of the day promised; its key is what keeps them from being told twice."""

    __tablename__ = "reminder"

    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"), primary_key=True)
    answer_by: Mapped[date] = mapped_column(primary_key=True)
    stage: Mapped[ReminderStage] = mapped_column(enum_type(ReminderStage), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
