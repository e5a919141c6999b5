"""Taking everything personal out of a matter: the effect and the guards of the acts `dispose`, `hold`, `lift_hold`."""

import secrets

from sqlalchemy import case as when
from sqlalchemy import select, update

from petitions import db
from petitions.access.models import Unit
from petitions.cases import disposal
from petitions.cases.kinds import Act, Effect, Guard
from petitions.cases.perform import perform
from petitions.matters import personal, registration
from petitions.matters.course import last_event, matter_of
from petitions.matters.follow_up import FollowUpTask
from petitions.matters.hearing.models import hearings_of
from petitions.matters.models import Claim, Dispatch, Matter, Petition, Respondent, ReturnVisit
from petitions.matters.performance import Promise
from petitions.matters.retention import is_held
from petitions.matters.workflow import FLOW
from petitions.words import Sentence, say


def anonymise(act: Act) -> None:
    """Nothing that was said by, to or about a person stays; the figures of the register stay as they were.

    Numbers, days, units, states, channel, class, place (问题属地), nature, purpose, head count, routes and outcomes are
    kept; whatever somebody could type freely goes.
    """
    matter, session = matter_of(act), db.session()
    for joined in _joined_to(matter):
        perform(joined, "dispose", {}, act.actor, act.at)
    for review in (one for one in matter.followers if one.reviews_it):
        perform(review, "dispose", {}, act.actor, act.at)
    # A petition that was joined lies with the matter that answered it, and goes with that one.
    petitions = session.scalars(select(Petition).where(Petition.matter_id == matter.id)).all()
    for petition in petitions:
        _blank(petition)
    session.flush()
    personal.forget(matter.id, [petition.id for petition in petitions])
    unit_name = select(Unit.name).where(Unit.id == Respondent.unit_id).scalar_subquery()
    named = when((Respondent.unit_id.is_not(None), unit_name), else_="")
    for statement in (
        update(Claim).where(Claim.matter_id == matter.id).values(text=""),
        update(Respondent).where(Respondent.matter_id == matter.id).values(name=named, user_id=None),
        update(Dispatch).where(Dispatch.matter_id == matter.id).values(objection=""),
        update(ReturnVisit)
        .where(ReturnVisit.matter_id == matter.id)
        .values(office_reason="", unit_reason="", said="", new_claim=""),
        update(FollowUpTask).where(FollowUpTask.matter_id == matter.id).values(done=""),
        update(Promise).where(Promise.matter_id == matter.id).values(text="", performer="", proof=""),
    ):
        session.execute(statement, execution_options={"synchronize_session": False})
    for hearing in hearings_of(matter):
        hearing.forget()
    disposal.blank(matter)
    session.expire(matter, ["petitioners", "claims", "respondents", "dispatches", "visits"])


def _blank(petition: Petition) -> None:
    petition.title, petition.text = disposal.ANONYMISED, ""
    petition.particulars = disposal.impersonal(petition.particulars, registration.FIELDS)
    # The number it had elsewhere, and the mark of its content, lead back to the row of the ledger it came from.
    petition.original_number = petition.fingerprint = ""
    # Whoever still has the receipt asks in vain: there is nothing left to tell.
    petition.query_code = secrets.token_hex(8)
    petition.submission = None


def _joined_to(matter: Matter) -> list[Matter]:
    """The matters found to repeat this one, that have not been disposed of."""
    repeats = select(Matter).where(Matter.joined_to_id == matter.id, Matter.state.not_in(FLOW.after("dispose")))
    return list(db.session().scalars(repeats.order_by(Matter.id)))


def approved_for_disposal(act: Act) -> Sentence | None:
    """Who asked never approves, and nothing is disposed of that stands on no approved list; a repeat goes with its own."""
    answering = matter_of(act)
    while answering.joined_to is not None:
        answering = answering.joined_to
    return disposal.why_not_approved(answering, act.actor)


def _is_held(act: Act) -> bool:
    last = last_event(act, "hold", "lift_hold")
    return last is not None and last.action == "hold"


def nothing_held(act: Act) -> Sentence | None:
    """Neither the matter nor, through it, a repeat of it."""
    repeats = [one.id for one in _joined_to(matter_of(act))]
    if _is_held(act) or (repeats and db.session().scalar(select(Matter.id).where(Matter.id.in_(repeats), is_held()))):
        return say("此件已留存，先“解除留存”")
    return None


def not_held(act: Act) -> Sentence | None:
    """留存: what a court or an inspection may still ask for is kept whole."""
    return say("此件已留存，先“解除留存”") if _is_held(act) else None


def held(act: Act) -> Sentence | None:
    """There is a hold to lift."""
    return None if _is_held(act) else say("此件没有留存")


ERASURE: dict[str, Effect] = {"anonymise": anonymise}

ERASURE_GUARDS: dict[str, Guard] = {
    guard.__name__: guard for guard in (approved_for_disposal, nothing_held, not_held, held)
}
