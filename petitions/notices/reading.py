"""Marking messages as read. Only the reader's own, and only by a POST."""

from sqlalchemy import update

from petitions import clock, db
from petitions.access.models import User
from petitions.notices.models import Notice


def read(notice: Notice) -> None:
    """The message has been seen."""
    if notice.read_at is None:
        notice.read_at = clock.now()


def read_all(user: User, until: int) -> int:
    """Every message up to the one numbered `until` has been seen, not those that came later; returns how many."""
    seen = update(Notice).where(Notice.recipient_id == user.id, Notice.read_at.is_(None), Notice.id <= until)
    return len(db.session().execute(seen.values(read_at=clock.now()).returning(Notice.id)).all())
