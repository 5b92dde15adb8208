"""When the worker did what."""

from datetime import datetime

from sqlalchemy import select

from participation.audit.models import JobRun
from participation.extensions import db


def last_done() -> dict[str, datetime]:
    """When each job last did its round, the latest first."""
    rows = db.session.execute(select(JobRun.name, JobRun.at).order_by(JobRun.at.desc(), JobRun.name))
    return {row.name: row.at for row in rows}
