"""What the acts of a review write on its row, and what they do to its matter.

What a review does to its matter goes through the door as an act of the matter (matters/reviewing.py), with the same
transaction: the history of each says what came of the other.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from petitions import db
from petitions.cases import disposal, parts, search
from petitions.cases.kinds import Act, Effect
from petitions.cases.perform import perform
from petitions.matters.course import last_event
from petitions.matters.effects import EFFECTS as OF_MATTERS
from petitions.matters.hearing import effects as hearing
from petitions.matters.hearing.models import hearings_of
from petitions.matters.models import Recusal
from petitions.matters.service import effects as service
from petitions.review.guards import review_of
from petitions.review.models import Review
from petitions.review.opening import open_file


def recuse(act: Act) -> None:
    """Whoever has an interest in the matter works on it no more, nor on any review of it (第28条第三款)."""
    assert act.event is not None
    review, person = review_of(act), act.data.get("recused") or act.case.handler_id
    if all(row.user_id != person for row in review.matter.recusals):
        review.matter.recusals.append(Recusal(user_id=person, event=act.event))
    if person == review.handler_id or "handler" in act.data:
        review.handler_id = act.data.get("handler")


def give_back(act: Act) -> None:
    """No review takes place: the petitioner's window is what it was, and the body has no more business with the file."""
    review = review_of(act)
    hearing.lapse_hearing(act)
    _tell(act, "drop_rereview" if review.is_final else "drop_review", {})
    parts.leave(review.matter, review.unit_id, act.on)
    if review.previous is not None:
        parts.leave(review.previous, review.unit_id, act.on)


def decide(act: Act) -> None:
    """The opinion that was approved decides, as it was drafted; it works once it has reached the petitioner."""
    review, drafted = review_of(act), last_event(act, "submit_opinion")
    assert drafted is not None
    until = drafted.data.get("redo_until")
    review.result, review.outcomes = drafted.data["review_result"], drafted.data.get("outcomes", {})
    review.redo_until = date.fromisoformat(until) if until else None


def serve(act: Act) -> None:
    """The opinion has reached the petitioner: the matter goes back, is ended, or waits whether 复核 is asked for."""
    review = review_of(act)
    service.record_service(act)
    opinion = act.extra["served"]
    served = {"served_on": act.data["served_on"]}
    if review.result == "annul":
        assert review.redo_until is not None
        note = f"{opinion.title}{opinion.number}"
        _tell(act, "redo_opinion", {**served, "redo_until": review.redo_until.isoformat(), "note": note})
    elif review.is_final:
        final = {"final_number": opinion.number, "final_on": opinion.issued_on.isoformat()}
        _tell(act, "end", {**served, **final, **_changed(review)})
    else:
        _tell(act, "receive_review", {**served, **_changed(review)})


def _changed(review: Review) -> dict[str, Any]:
    """变更: the claims of the matter with what they are decided now; those it was not about stay."""
    if review.result != "change":
        return {}
    now = {str(claim.id): claim.outcome for claim in review.matter.claims}
    return {"outcomes": {**now, **review.outcomes}}


def _tell(act: Act, action: str, data: Mapping[str, Any]) -> None:
    review = review_of(act)
    db.session().flush()
    perform(review.matter, action, {"review": review.number, **data}, act.actor, act.at)


def propose_publication(act: Act) -> None:
    """A text that names nobody waits for a second person."""
    review = review_of(act)
    review.publication, review.public_text, review.public_on = "proposed", act.data["public_text"], None


def publish(act: Act) -> None:
    """From this day it may be shown to anybody."""
    review = review_of(act)
    review.publication, review.public_on = "public", act.on


def unpublish(act: Act) -> None:
    """It is shown to nobody any more, and the text goes."""
    _unpublish(review_of(act))


def _unpublish(review: Review) -> None:
    review.publication, review.public_text, review.public_on = "", "", None


def follow_wall(act: Act) -> None:
    """第30条: with this transaction everybody leaves it who is not on the list of its matter; nothing of it is public."""
    review = review_of(act)
    for row in list(review.parts):
        parts.leave(review, row.unit_id, act.on)
    parts.join(review, review.office_id, "office", act.on)
    review.unit_id, review.sender_id, review.handler_id = review.office_id, None, None
    review.taken_by_id = review.taken_until = None
    review.sealed = True
    hearing.lapse_hearing(act)
    _unpublish(review)
    search.index(review.id)


def take_over(act: Act) -> None:
    """Whatever the former unit is to it its successor is."""
    parts.hand_on(act.case, act.data["former_unit"], act.data["successor"], act.on)
    db.session().flush()
    db.session().expire(act.case, ["office", "unit", "sender"])


def anonymise(act: Act) -> None:
    """Nothing that was said by, to or about a person stays."""
    _unpublish(review_of(act))
    for one in hearings_of(act.case):
        one.forget()
    disposal.blank(act.case)


EFFECTS: dict[str, Effect] = {
    **hearing.EFFECTS,
    **service.EFFECTS,
    **{name: OF_MATTERS[name] for name in ("appoint", "supervise", "set_aside")},
    **{
        effect.__name__: effect
        for effect in (
            open_file, recuse, give_back, decide, serve, propose_publication, publish, unpublish,
            follow_wall, take_over, anonymise,
        )
    },
}  # fmt: skip
