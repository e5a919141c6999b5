"""The papers an act would issue, seen before the act is done: the act is carried out and taken back.

So the preview says exactly what the papers will say, with the dates of clocks that do not run yet. It needs a writing
unit of work, and leaves nothing in it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from petitions import db
from petitions.access.models import User
from petitions.cases import history
from petitions.cases.models import Case
from petitions.cases.paper_files import face_of
from petitions.cases.perform import perform
from petitions.documents.face import PREVIEW, Face


def drafts(case: Case, action: str, typed: Mapping[str, Any], actor: User) -> Sequence[Face]:
    """The papers `action` would issue, marked as what they are. Raises what `perform` raises."""
    trial = db.session().begin_nested()
    try:
        event = perform(case, action, typed, actor)
        return [face_of(one).marked(PREVIEW) for one in case.documents if one.event is event]
    finally:
        trial.rollback()
        history.forget()
