"""Putting messages into people's inboxes, each once."""

from collections.abc import Iterable
from datetime import datetime

from petitions import db
from petitions.notices.models import Notice
from petitions.notices.wording import pack


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
    """Tell each recipient (user ids) once about `about`; returns how many rows were new.

    The key is (about, recipient): any number of schedulers may say the same thing at the same time.
    """
    rows = [
        {
            "recipient_id": recipient,
            "case_id": case_id,
            "event_id": event_id,
            "kind": kind,
            "text": str(text),
            "said": pack(text),
            "key": f"{about}:{recipient}",
            "created_at": at,
        }
        for recipient in dict.fromkeys(recipients)
    ]
    if not rows:
        return 0
    once = db.insert(Notice).values(rows).on_conflict_do_nothing(index_elements=["key"]).returning(Notice.id)
    return len(db.session().execute(once).all())
