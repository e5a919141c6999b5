"""The review as a kind of case: its table with everything the table names."""

from typing import Any

from petitions.cases.kinds import CaseKind, register
from petitions.cases.models import Case
from petitions.matters import reviewing, who
from petitions.review.audiences import AUDIENCES
from petitions.review.effects import EFFECTS
from petitions.review.fields import FIELDS
from petitions.review.guards import GUARDS
from petitions.review.lists import CHOICES
from petitions.review.models import Review
from petitions.review.opening import open_review
from petitions.review.papers import PAPER_KINDS, PAPERS
from petitions.review.wording import label_of
from petitions.review.workflow import FLOW
from petitions.words import say


def unnamed(case: Case, data: dict[str, Any]) -> dict[str, Any]:
    """第30条: what is written of an accusation names nobody who accuses."""
    assert isinstance(case, Review)
    return {name: value if name == "files" else who.with_tokens(case.matter, value) for name, value in data.items()}


REVIEW = register(
    CaseKind(
        name="review",
        label=say("复查、复核"),
        flow=FLOW,
        fields=FIELDS,
        guards=GUARDS,
        effects=EFFECTS,
        audiences=AUDIENCES,
        papers=PAPERS,
        paper_kinds=PAPER_KINDS,
        choices=CHOICES,
        look_ups={},
        applies={},
        conceal=unnamed,
        label_of=label_of,
    )
)

reviewing.OPENERS.append(open_review)
