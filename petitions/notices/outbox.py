"""Putting messages into people's inboxes, each once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import literal, select, true, update

from petitions import db
from petitions.notices.models import Notice
from petitions.notices.wording import pack


@dataclass(frozen=True)
class Message:
    """One thing that is said to some people (user ids)."""

    recipients: Sequence[int]
    kind: str
    text: str
    about: str
    """What it is about: with the recipient the key, under which nobody is told twice."""
    case_id: int | None = None
    event_id: int | None = None
    deadline_id: int | None = None
    """The clock it reminds of: with its end the message is old news."""
    said: Mapping[str, Any] | None = None
    """The text as wording.py packs it, where it is known already."""


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
    return len(tell_all([Message(tuple(recipients), kind, text, about, case_id, event_id)], at))


def tell_all(messages: Iterable[Message], at: datetime) -> set[str]:
    """Tell many things with one statement; returns the keys that were new.

    The key is (about, recipient): any number of schedulers may say the same thing at the same time.
    """
    rows = [
        (
            recipient, message.case_id, message.event_id, message.deadline_id, message.kind, str(message.text),
            pack(message.text) if message.said is None else message.said, f"{message.about}:{recipient}",
        )
        for message in messages
        for recipient in dict.fromkeys(message.recipients)
    ]  # fmt: skip
    if not rows:
        return set()
    given = db.listed(rows, _COLUMNS)
    told = select(*given.c, literal(at, Notice.created_at.type)).where(true())  # SQLite reads ON after FROM as a join's
    once = db.insert(Notice.__table__).from_select([*_COLUMNS, "created_at"], told)
    new = once.on_conflict_do_nothing(index_elements=["key"]).returning(Notice.key)
    return set(db.session().scalars(new))


_COLUMNS = {
    name: Notice.__table__.c[name].type
    for name in ("recipient_id", "case_id", "event_id", "deadline_id", "kind", "text", "said", "key")
}


def put_away(deadline_ids: Sequence[int], at: datetime, *, kinds: Sequence[str] = (), keep: Sequence[str] = ()) -> None:
    """Mark unread reminders of these clocks as read: of all kinds, or of some; not those whose keys are in `keep`."""
    stale = update(Notice).where(Notice.deadline_id.in_(deadline_ids), Notice.read_at.is_(None))
    if kinds:
        stale = stale.where(Notice.kind.in_(kinds))
    if keep:
        stale = stale.where(Notice.key.not_in(keep))
    db.session().execute(stale.values(read_at=at).execution_options(synchronize_session=False))
