"""What a matter is found by: its petitions' texts in the index, and what people know of it at the counter."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select

from petitions import db
from petitions.cases import search
from petitions.cases.search import Piece, Source
from petitions.matters.models import Petition


def petition_words(title: str, text: str) -> str:
    """The text a petition is found by."""
    return f"{title}\n{text}"


def _petitions(case_ids: Sequence[int]) -> Iterable[Piece]:
    wanted = select(Petition.matter_id, Petition.id, Petition.title, Petition.text)
    rows = db.session().execute(wanted.where(Petition.matter_id.in_(case_ids)))
    return [Piece(case_id, row_id, petition_words(title, text)) for case_id, row_id, title, text in rows.tuples()]


PETITIONS = search.add(Source("petition", _petitions))
"""诉求原文 of every petition of a matter."""
