"""The paper an act would issue, seen before the act is done: the act is carried out and taken back.

So the preview says exactly what the paper will say, with the dates of clocks that do not run yet. It needs a writing
unit of work, and leaves nothing in it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from petitions import db
from petitions.access.models import User
from petitions.cases import history
from petitions.cases.models import Case
from petitions.cases.perform import perform
from petitions.documents.concealed import readable
from petitions.documents.render import long_date


@dataclass(frozen=True)
class Draft:
    """A paper that is not issued yet."""

    title: str
    number: str
    recipient: str
    lines: Sequence[str]
    signature: Sequence[str]


def draft(case: Case, action: str, typed: Mapping[str, Any], actor: User) -> Draft | None:
    """The paper `action` would issue; None when it issues none. Raises what `perform` raises."""
    trial = db.session().begin_nested()
    try:
        event = perform(case, action, typed, actor)
        paper = next((one for one in case.documents if one.event_id == event.id), None)
        if paper is None:
            return None
        return Draft(
            paper.title, paper.number, readable(paper.recipient), readable(paper.text).split("\n"),
            (actor.unit.name, long_date(paper.issued_on)),
        )  # fmt: skip
    finally:
        trial.rollback()
        history.forget()
