"""An older town is taken along to the newest tables, whole, and the database then holds what new ones hold."""

import logging
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Connection, inspect, text

from participation.app import create_app
from participation.extensions import db
from tests.databases import DATABASES, make_settings, new_database_url

OLD_TOWN = """
INSERT INTO person (id, email, name, name_hidden, language, mail_notices, created_at)
  VALUES (1, 'astrid@example.org', 'Astrid', false, 'nb', true, '2026-01-01 08:00:00');
INSERT INTO theme (id, key, nb, nn, en, position, active) VALUES (1, 'buss', 'Buss', 'Buss', 'Buses', 0, true);
INSERT INTO area (id, key, name, active) VALUES (1, 'tranby', 'Tranby', true);
INSERT INTO need (id, reference, title, description, affected, solution, theme_id, area_id, author_id, name_hidden,
    state, created_at, first_answer_by, support_count, comment_count, heat, version)
  VALUES (1, 'B-2026-0001', 'Bussen går for sjelden', 'x', 'x', '', 1, 1, 1, false,
    'accepted', '2026-01-01 08:00:00', '2026-01-31', 1, 0, 1, 1);
INSERT INTO project (id, title, summary, purpose, owner_unit, contact, visibility, phase, goals, principles, lessons,
    created_at, stopped_at, moved_at, version)
  VALUES (1, 'Flere busser', 'x', 'x', 'x', 'x', 'public', 'insight', '[]', '[]', 'Det ble for dyrt.',
    '2026-02-01 08:00:00', '2026-03-01 08:00:00', '2026-03-01 08:00:00', 1);
INSERT INTO project_move (id, project_id, phase, note, at, actor_id)
  VALUES (1, 1, NULL, 'Det ble for dyrt.', '2026-03-01 08:00:00', 1);
INSERT INTO need_update (id, need_id, kind, state, body, would_change, detail, at, actor_id)
  VALUES (1, 1, 'accepted', 'accepted', 'Ja.', '', '', '2026-02-01 08:00:00', 1),
    (2, 1, 'addition', 'accepted', 'Og en ting til.', '', '', '2026-02-09 08:00:00', 1);
INSERT INTO event (id, kind, about_kind, about_id, at, facts)
  VALUES (1, 'answered', 'need', 1, '2026-02-01 08:00:00', '{}');
INSERT INTO delivery (event_id, person_id, reason, status, next_attempt_at, attempts, refusals)
  VALUES (1, 1, 'author', 'pending', '2026-02-01 08:00:00', 0, 0);
"""

AFTERWARDS = """
SELECT n.news_at, p.ended_at, p.ending, m.ending, d.pace
FROM need n, project p, project_move m, delivery d
"""


@pytest.fixture(params=DATABASES)
def old_town(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    app = create_app(make_settings(new_database_url(request.param, tmp_path, f"old_{uuid4().hex[:8]}"), tmp_path))
    logging.getLogger("alembic").setLevel(logging.WARNING)
    with app.app_context():
        upgrade(revision="0001")
        for statement in OLD_TOWN.split(";\n"):
            db.session.execute(text(statement))
        db.session.commit()
        yield app
        db.session.rollback()
        db.engine.dispose()


def test_what_an_older_town_holds_is_there_afterwards(old_town: Flask) -> None:
    upgrade()
    rows = db.session.execute(text(AFTERWARDS)).one()
    # The last the municipality said, not what the author added.
    assert str(rows[0]).startswith("2026-02-01 08:00:00")
    assert str(rows[1]).startswith("2026-03-01 08:00:00")
    assert tuple(rows[2:]) == ("stopped", "stopped", "at_once")
    assert db.session.scalar(text("SELECT count(*) FROM need_update")) == 2


def test_a_migrated_database_holds_the_same_rules_as_a_new_one(old_town: Flask) -> None:
    upgrade()
    migrated = _rules(db.session.connection())
    db.session.rollback()
    db.drop_all()
    db.create_all()
    assert migrated == _rules(db.session.connection())


def _rules(connection: Connection) -> dict[str, list[set[object]]]:
    """By table: the names of its checks, its keys to others, its indexes and its unique keys."""
    found = inspect(connection)
    return {
        table: [
            {check["name"] for check in found.get_check_constraints(table)},
            {(key["name"], *key["constrained_columns"]) for key in found.get_foreign_keys(table)},
            {index["name"] for index in found.get_indexes(table)},
            {key["name"] for key in found.get_unique_constraints(table)},
        ]
        for table in db.metadata.tables
    }


def test_it_says_plainly_that_it_cannot_be_taken_back(old_town: Flask, caplog: pytest.LogCaptureFixture) -> None:
    upgrade()
    with pytest.raises(SystemExit):
        downgrade(revision="0003")
    assert "Restore a backup" in caplog.text
