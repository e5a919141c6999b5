"""Working off the approved lists, and leaving nothing of it on the disk. Only ever on command: the tick never does it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, text

from petitions import clock
from petitions.cases import search
from petitions.cases.files import Store
from petitions.cases.models import ActDraft
from petitions.db import Database
from petitions.intake import erasure
from petitions.intake.ledger import files as ledgers
from petitions.privacy import disposals, requests
from petitions.settings import Settings


@dataclass(frozen=True)
class Disposed:
    """What a run has done."""

    cases: int
    kept: int
    drafts: int
    files: int
    """Files of cases and ledgers that were taken off the disk."""
    clean: bool
    """Whether the database file was written anew; not while somebody else holds it open for reading."""


def run(database: Database, settings: Settings, progress: Callable[[int, int], None] | None = None) -> Disposed:
    """Anonymise what was approved, then take off the disk what is named no more. May be run again at any time."""
    worked = disposals.work_off(database, progress)
    with database.work() as writing:
        old = delete(ActDraft).where(ActDraft.saved_at < clock.now() - timedelta(days=settings.draft_days))
        requests.forget_old()
        drafts = erasure.forget_drafts(settings.draft_days) + len(writing.scalars(old.returning(ActDraft.id)).all())
    with database.work(write=False):
        files = Store(settings.files_dir).sweep()
        files += ledgers.sweep(ledgers.folder_of(settings.data_dir), erasure.named_ledgers())
    return Disposed(worked.done, worked.kept, drafts, files, scrub(database))


def scrub(database: Database) -> bool:
    """Write the database anew, so that what was deleted is in no free page, no index and no log; whether it succeeded.

    secure_delete overwrites what SQLite frees by itself; VACUUM and the emptied WAL leave no copy of before
    (reliability.md E10). PostgreSQL only gives the space free: its files keep old bytes until they are used again.
    """
    search.settle(database)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not database.is_sqlite:
            connection.execute(text("VACUUM"))
            return True
    raw = database.engine.raw_connection()
    try:
        # By hand: neither statement may stand inside of a transaction, and SQLAlchemy would begin one.
        cursor = raw.cursor()
        cursor.execute("VACUUM")
        busy, _, _ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy
    finally:
        raw.close()
