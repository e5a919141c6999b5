"""Opening a review with the act by which a clerk records the request on the matter (第35条、第36条第一款)."""

from datetime import date

from petitions import db
from petitions.access.models import Unit
from petitions.cases import parts
from petitions.cases.kinds import KINDS, Act
from petitions.cases.models import Document
from petitions.cases.perform import opening
from petitions.documents.numbering import next_in_register
from petitions.matters.course import matter_of
from petitions.matters.reviewing import answered_review, asked_in, is_late
from petitions.review.models import Review

SERIES = {"review": "FC", "rereview": "FH"}
"""FC2026-000001 a 复查, FH2026-000001 a 复核, in the register of the office that keeps the matter."""


def open_review(act: Act) -> None:
    """The case of a request: it lies with the body one level up, whose people read the file of the matter from now on."""
    matter, data, window = matter_of(act), act.data, asked_in(act)
    first = act.action.name == "request_review"
    assert window is not None
    kind, level = KINDS["review"], "review" if first else "rereview"
    row = kind.flow.action["request" if first else "request_rereview"]
    against = db.session().get_one(Document, int(data["against" if first else "against_review"]))
    previous = None if first else answered_review(matter)
    body = db.session().get_one(Unit, data["review_body" if first else "rereview_body"])
    assert row.target is not None
    review = Review(
        kind="review", state=row.target, number=next_in_register(matter.office, SERIES[level], act.on.year),
        numbered_by_id=matter.office_id, title=f"不服{against.title}{against.number}", office_id=matter.office_id,
        unit_id=body.id, sender_id=matter.unit_id, received_on=act.on, opened_at=act.at, level=level,
        against=against, previous=previous, posted_on=_day(data.get("request_posted_on")),
        window_on=window.due_on, late=is_late(act), late_ground=data.get("late_ground", ""),
        claims=data["review_claims"],
    )  # fmt: skip
    review.about, review.unit, review.office, review.numbered_by = matter, body, matter.office, matter.office
    told = {name: data[name] for name in row.fields if name in data}
    opening(review, kind, row, told, act.actor, act.at, None)
    db.session().flush()


def open_file(act: Act) -> None:
    """Who takes part: the body, the office that keeps the matter; never the unit whose answer is contested.

    The file of the matter, and of a 复核 that of the 复查, is read by the body and by nobody else of the two.
    """
    review = act.case
    assert isinstance(review, Review)
    if review.office_id != review.against.unit_id:
        parts.join(review, review.office_id, "office", act.on)
    parts.join(review, review.unit_id, "holder", act.on)
    parts.join(review.matter, review.unit_id, "review", act.on)
    if review.previous is not None:
        parts.join(review.previous, review.unit_id, "review", act.on)


def _day(given: str | None) -> date | None:
    return date.fromisoformat(given) if given else None
