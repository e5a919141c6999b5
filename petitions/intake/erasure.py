"""What intake keeps beside a petition, and when it goes: the ledger a row came from, and drafts left alone."""

from datetime import timedelta

from sqlalchemy import delete, select, update

from petitions import clock, db
from petitions.cases.disposal import ANONYMISED
from petitions.cases.models import Case
from petitions.intake.models import Draft, ImportBatch, ImportRow
from petitions.matters.models import Petition

_WITHOUT_SYNC = {"synchronize_session": False}


def erase(case: Case) -> None:
    """The ledger in which the case stood lies in the data folder as a whole, so it goes as a whole; its figures stay.

    Nobody needs it any more: a batch can be undone as long as nobody worked on its rows, and this one's were archived.
    """
    rows = select(ImportRow.batch_id).join(Petition).where(Petition.matter_id == case.id)
    batches = (
        db.session()
        .scalars(select(ImportBatch.id).where(ImportBatch.id.in_(rows), ImportBatch.state.in_(("done", "undone"))))
        .all()
    )
    if not batches:
        return
    gone = update(ImportBatch).where(ImportBatch.id.in_(batches))
    # A sentence about a row quotes the cell it is about.
    said = update(ImportRow).where(ImportRow.batch_id.in_(batches)).values(reason="")
    db.session().execute(
        gone.values(sha256="", file_name=ANONYMISED, sheet="", mapping={}, stopped=""), execution_options=_WITHOUT_SYNC
    )
    db.session().execute(said, execution_options=_WITHOUT_SYNC)


def forget_drafts(days: int) -> int:
    """Throw away the drafts that nobody has touched for so many days; how many. They hold names and telephones."""
    old = delete(Draft).where(Draft.saved_at < clock.now() - timedelta(days=days)).returning(Draft.id)
    return len(db.session().scalars(old).all())


def named_ledgers() -> set[str]:
    """The digests of the ledgers that batches still name."""
    return set(db.session().scalars(select(ImportBatch.sha256).distinct()))
