"""What the acts of a mediation write on its rows, and what they tell the matter behind it.

A matter hears stage, dates and result through its own door (matters/to_mediation.py), in the same transaction; never what
was said in a session.
"""

from petitions import db
from petitions.cases import codes, disposal, parts, search, voiding
from petitions.cases.kinds import Act, Effect
from petitions.cases.perform import perform
from petitions.documents.concealed import CONCEALED
from petitions.matters import to_mediation
from petitions.mediation import agreeing, confirming, filing, next_session, parties
from petitions.mediation.course import mediation_of, party_of
from petitions.mediation.models import MediationSession, Seat
from petitions.mediation.opening import open_mediation


def _tell_matter(act: Act, stage: str) -> None:
    """The matter that was handed over hears where it stands (第37条; 《宁波市人民调解条例》第19条)."""
    mediation = mediation_of(act)
    if mediation.about is None or not to_mediation.can_hear(mediation.about):
        return
    db.session().flush()
    told = {"mediation": mediation.number, "mediation_stage": stage, "mediation_stage_on": act.on.isoformat()}
    perform(mediation.about, "hear_of_mediation", told, act.actor, act.at)


# --- parties and mediators -------------------------------------------------------------------------------------------


def record_consent(act: Act) -> None:
    """One party agrees."""
    party = party_of(act)
    party.consent, party.consent_on = "given", act.on


def remove_party(act: Act) -> None:
    """A party is no longer in it; what was said with it stays."""
    party_of(act).left_on = act.on


def refuse_consent(act: Act) -> None:
    """第17条: one clear refusal, and there is no mediation."""
    _refused(act)
    refuse(act)


def revoke_consent(act: Act) -> None:
    """第23条第二项: a party may end it at any time."""
    _refused(act)
    fail(act)


def _refused(act: Act) -> None:
    party = party_of(act)
    party.consent, party.consent_on = "refused", act.on


def accept(act: Act) -> None:
    """From here the term of mediating runs."""
    mediation_of(act).accepted_on = act.on
    _tell_matter(act, "accepted")


def refuse(act: Act) -> None:
    """There is no mediation."""
    mediation = mediation_of(act)
    mediation.result, mediation.result_on = "refused", act.on
    next_session.let_go(mediation)
    _tell_matter(act, "refused")


def appoint(act: Act) -> None:
    """Those chosen mediate from now on, the one who presides as whoever works on the case; the others leave."""
    mediation, chosen = mediation_of(act), [int(one) for one in act.data["mediators"]]
    for seat in mediation.seats:
        if seat.left_on is None and seat.user_id not in chosen:
            seat.left_on = act.on
    sitting = {seat.user_id: seat for seat in mediation.seats if seat.left_on is None}
    db.session().flush()
    for user_id in chosen:
        if user_id not in sitting:
            sitting[user_id] = Seat(user_id=user_id, chosen_by=act.data["chosen_by"], joined_on=act.on)
            mediation.seats.append(sitting[user_id])
    for user_id, seat in sitting.items():
        seat.presides = user_id == int(act.data["presider"])
    mediation.handler_id = int(act.data["presider"])


def recuse(act: Act) -> None:
    """Whoever has an interest leaves, for good; somebody else may step in with the same act."""
    mediation, gone = mediation_of(act), int(act.data["recused_mediator"])
    for seat in mediation.seats:
        if seat.user_id == gone and seat.left_on is None:
            seat.left_on, seat.recused, seat.presides = act.on, True, False
    if mediation.handler_id == gone:
        mediation.handler_id = next(iter(mediation.mediator_ids), None)
    if act.data.get("mediators") and act.data.get("presider") and act.data.get("chosen_by"):
        appoint(act)


# --- the course ------------------------------------------------------------------------------------------------------


def begin(act: Act) -> None:
    """Everybody knows rights and duties: from this day there may be sessions."""
    mediation_of(act).begun_on = act.on
    if act.data.get("next_on"):
        next_session.arrange(act)
    _tell_matter(act, "begun")


def hold_session(act: Act) -> None:
    """One meeting as it was."""
    assert act.event is not None
    data = act.data
    db.session().flush()
    held = MediationSession(
        event_id=act.event.id, held_on=act.on, began_at=data["began_at"], ended_at=data.get("ended_at", ""),
        place=data["place"], open=data["open_session"] == "open", present=data["present"], others=data.get("others", ""),
        statements=data.get("statements", {}), record=data["record"], proposal=data.get("proposal", ""),
        outcome=data["session_outcome"], signed=data.get("signed", []),
    )  # fmt: skip
    mediation_of(act).sessions.append(held)
    next_session.after_session(act, held)


def draft_agreement(act: Act) -> None:
    """The text that will be signed."""
    agreeing.written_down(act, "written")


def redraft(act: Act) -> None:
    """Its paper stands no more: another one will be written."""
    for paper in act.case.papers:
        if paper.kind == "mediation_agreement":
            paper.void_event = act.event


def sign_agreement(act: Act) -> None:
    """第29条第二款: from the day everybody has signed and it is sealed."""
    agreement = mediation_of(act).agreement
    assert agreement is not None
    agreement.signed_on = act.on
    agreeing.takes_effect(act)
    _tell_matter(act, "agreed")


def agree_orally(act: Act) -> None:
    """第30条: from the day it is reached."""
    agreeing.written_down(act, "oral")
    db.session().flush()
    agreeing.takes_effect(act)
    _tell_matter(act, "agreed")


def fail(act: Act) -> None:
    """第26条: the parties know where else they may go."""
    mediation = mediation_of(act)
    mediation.result, mediation.result_on = "failed", act.on
    next_session.let_go(mediation)
    _tell_matter(act, "failed")


def tell_performed(act: Act) -> None:
    """Done as agreed."""
    _tell_matter(act, "performed")


def tell_unperformed(act: Act) -> None:
    """One party may go to court alone (第32条)."""
    _tell_matter(act, "unperformed")


def mediate_again(act: Act) -> None:
    """第33条第三款: the agreement is changed, or another one reached."""
    mediation = mediation_of(act)
    mediation.result, mediation.result_on, mediation.effective_on, mediation.form = "", None, None, ""
    _tell_matter(act, "begun")


# --- what follows from elsewhere -------------------------------------------------------------------------------------


def follow_wall(act: Act) -> None:
    """第30条: with this transaction the committee leaves it, and only the restricted desk of its matter's office has it.

    Who the parties are goes into the vault with it.
    """
    mediation = mediation_of(act)
    assert mediation.about is not None
    for row in list(mediation.parts):
        row.left_on = act.on
    mediation.office_id = mediation.unit_id = mediation.about.office_id
    mediation.sender_id = mediation.handler_id = None
    mediation.taken_by_id = mediation.taken_until = None
    next_session.let_go(mediation)
    db.session().flush()
    db.session().expire(mediation, ["office", "unit", "sender", "handler"])
    parts.join(mediation, mediation.office_id, "office", act.on)
    mediation.sealed = True
    mediation.title = f"{codes.label('dispute_type', mediation.dispute_type)}{CONCEALED}"  # a title names both sides
    for party in mediation.parties:
        parties.lock_name(party)
    search.index(mediation.id)


def take_over(act: Act) -> None:
    """Whatever the former unit is to it its successor is."""
    parts.hand_on(act.case, act.data["former_unit"], act.data["successor"], act.on)
    db.session().flush()
    db.session().expire(act.case, ["office", "unit", "sender"])


def anonymise(act: Act) -> None:
    """Nothing that was said by, to or about a person stays; dates, types, amounts and results do."""
    mediation = mediation_of(act)
    mediation.facts = mediation.requests = mediation.place = mediation.sent_by = mediation.letter_number = ""
    next_session.let_go(mediation)
    for party in mediation.parties:
        party.name, party.initials, party.details = disposal.ANONYMISED, "", {}
        if party.identity is not None:
            db.session().delete(party.identity)
    for session in mediation.sessions:
        session.place = session.others = session.record = session.proposal = ""
        session.statements = {}
    for agreement in mediation.agreements:
        agreement.facts = agreement.points = agreement.responsibility = agreement.content = agreement.way = ""
        for row in agreement.performances:
            row.item, row.proof = disposal.ANONYMISED, ""
    for asked in mediation.confirmations:
        asked.ruling_number = ""
    disposal.blank(mediation)


EFFECTS: dict[str, Effect] = {
    **voiding.EFFECTS,
    **agreeing.EFFECTS,
    **confirming.EFFECTS,
    **filing.EFFECTS,
    **next_session.EFFECTS,
    **{
        effect.__name__: effect
        for effect in (
            open_mediation, record_consent, remove_party, refuse_consent, revoke_consent, accept, refuse, appoint, recuse,
            begin, hold_session, draft_agreement, redraft, sign_agreement, agree_orally, fail, tell_performed,
            tell_unperformed, mediate_again, follow_wall, take_over, anonymise,
        )
    },
}  # fmt: skip
