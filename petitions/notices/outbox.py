"""Putting messages into people's inboxes, each once."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, literal, select, true, update

from petitions import db
from petitions.notices.models import Notice
from petitions.notices.wording import pack

_COLUMNS = {
    name: Notice.__table__.c[name].type
    for name in ("recipient_id", "case_id", "event_id", "deadline_id", "kind", "text", "said", "key")
}


def tell(
    recipients: Iterable[int],
    *,
    kind: str,
    text: str,
    about: str,
    at: datetime,
    case_id: int | None = None,
    event_id: int | None = None,
) -> int:
    """Tell each recipient (user ids) once about `about`; returns how many rows were new."""
    rows = [
        (recipient, case_id, event_id, None, kind, str(text), pack(text), f"{about}:{recipient}")
        for recipient in dict.fromkeys(recipients)
    ]
    return write(select(*db.listed(rows, _COLUMNS).c), at) if rows else 0


def write(messages: Select[Any], at: datetime) -> int:
    """Put the rows of a query into the inboxes with one statement; returns how many were new.

    The query has the columns recipient_id, case_id, event_id, deadline_id, kind, text, said and key, in this order. The key
    ends with the recipient: any number of schedulers may say the same thing at the same time.
    """
    told = select(*messages.subquery().c, literal(at, Notice.created_at.type))
    # SQLite reads an ON behind FROM as that of a join.
    once = db.insert(Notice.__table__).from_select([*_COLUMNS, "created_at"], told.where(true()))
    kept = once.on_conflict_do_nothing(index_elements=["key"]).execution_options(preserve_rowcount=True)
    written: Any = db.session().execute(kept)
    return int(written.rowcount)


def put_away(
    deadline_ids: Sequence[int], at: datetime, *, kinds: Sequence[str] = (), keep: Select[Any] | None = None
) -> None:
    """Mark unread reminders of these clocks as read: of all kinds, or of some; not those whose keys are in `keep`."""
    stale = update(Notice).where(db.among(Notice.deadline_id, deadline_ids), Notice.read_at.is_(None))
    if kinds:
        stale = stale.where(Notice.kind.in_(kinds))
    if keep is not None:
        stale = stale.where(Notice.key.not_in(keep))
    db.session().execute(stale.values(read_at=at).execution_options(synchronize_session=False))
