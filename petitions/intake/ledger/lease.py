"""One batch, one runner: whoever checks or runs it holds a lease, renewed with every chunk.

A lease that has run out was held by a process that is gone; another may then go on where the last commit left off.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update

from petitions import clock, db
from petitions.access.models import Unit
from petitions.db import Database
from petitions.intake.models import ImportBatch
from petitions.words import Refusal, Refused, say

SECONDS = 60
"""Much longer than the slowest chunk, short enough to wait for after a crash."""


class Lost(Refused):
    """The batch was stopped or taken over: what this process still holds is not written."""


def reserve(batch: ImportBatch, state: str) -> datetime:
    """Put a batch into `state` for somebody who begins in a moment, and give what `take` asks of them."""
    held = clock.now() + timedelta(seconds=SECONDS)
    batch.state, batch.lease_until, batch.stopped = state, held, ""
    return held


def take(batch_id: int, sources: tuple[str, ...], state: str, held: datetime | None = None) -> ImportBatch:
    """Begin or go on with a batch in one of the states `sources`; it is in `state` from now on.

    `held` is what `reserve` gave to whoever asked for it. Raises Refused when somebody else is at it, or it is not in one of those states.
    """
    now = clock.now()
    taken = db.session().execute(
        update(ImportBatch)
        .where(
            ImportBatch.id == batch_id, ImportBatch.state.in_(sources),
            or_(ImportBatch.lease_until.is_(None), ImportBatch.lease_until < now, ImportBatch.lease_until == held),
        )
        .values(state=state, lease_until=now + timedelta(seconds=SECONDS), stopped="")
        .returning(ImportBatch.id)
    ).scalar()  # fmt: skip
    batch = db.session().get_one(ImportBatch, batch_id, populate_existing=True)
    if taken is None:
        if batch.lease_until and batch.lease_until >= now:
            raise Refused(say("这份台账正在处理，或者刚刚中断。请{seconds}秒后再试", seconds=SECONDS))
        raise Refused(say("这份台账已不在这一步，请刷新页面"))
    return batch


def keep(batch: ImportBatch, state: str, next_row: int) -> None:
    """Renew the lease inside a chunk's own transaction, and lock the office against another import.

    Raises Lost when the batch has been stopped or taken over meanwhile; the chunk is then rolled back.
    """
    session = db.session()
    # NO KEY: rows that refer to the office may still be written by others, another import may not.
    session.execute(select(Unit.id).where(Unit.id == batch.office_id).with_for_update(key_share=True))
    kept = session.execute(
        update(ImportBatch)
        .where(ImportBatch.id == batch.id, ImportBatch.state == state, ImportBatch.next_row == next_row,
               ImportBatch.stopped == "")
        .values(lease_until=clock.now() + timedelta(seconds=SECONDS))
        .returning(ImportBatch.id)
    ).scalar()  # fmt: skip
    if kept is None:
        raise Lost(say("处理已停止"))


@contextmanager
def noting(database: Database, batch_id: int) -> Iterator[None]:
    """Write down on the batch why its check or run broke off, and give the lease back."""
    try:
        yield
    except Lost:
        raise
    except Exception as error:
        why = error.sentence if isinstance(error, Refusal) else say("系统出了问题，处理中断。已导入的行都在，可以继续")
        with database.work() as session:
            batch = session.get_one(ImportBatch, batch_id)
            batch.stopped, batch.lease_until = str(why), None
        raise


def is_live(batch: ImportBatch) -> bool:
    """Whether somebody is at it now."""
    return batch.lease_until is not None and batch.lease_until >= clock.now()
