"""What columns of the table cannot say: the effects of acts on the matter's own rows.

Each runs inside the door, after the event is written and before the clocks move.
"""

from datetime import date, datetime, time

from petitions import clock, db
from petitions.cases import codes, parts, search, voiding
from petitions.cases.kinds import Act, Effect
from petitions.cases.perform import perform
from petitions.matters.correcting import CORRECTING
from petitions.matters.course import last_event, matter_of, outcome_of, petition_procedure
from petitions.matters.dispatching import DISPATCHING
from petitions.matters.endings import ENDING_EFFECTS
from petitions.matters.erasure import ERASURE
from petitions.matters.follow_up import FOLLOW_UP
from petitions.matters.hearing import effects as hearing
from petitions.matters.instruments.effects import INSTRUMENTS
from petitions.matters.models import Claim, Matter, Petition, Recusal
from petitions.matters.paper_values import petition_of
from petitions.matters.performance import PERFORMANCE
from petitions.matters.register import open_from
from petitions.matters.reviewing import REVIEWING
from petitions.matters.sealing import SEALING, accuse, accuse_as_typed, close_wall, reseal
from petitions.matters.service import effects as service
from petitions.matters.simple import PROPOSED, SIMPLY
from petitions.matters.succeeding import SUCCEEDING
from petitions.matters.supervising import SUPERVISION
from petitions.matters.to_mediation import MEDIATION_EFFECTS


def open_matter(act: Act) -> None:
    """The registering unit takes part from the first day."""
    parts.join(act.case, act.case.office_id, "office", act.on)


def answered_before(act: Act) -> None:
    """The unit that the ledger names holds the matter from then on; of an accusation it learns nothing (第30条)."""
    unit_id = act.data.get("answering_unit")
    if unit_id and not act.case.sealed and unit_id != act.case.unit_id:
        act.case.sender_id, act.case.unit_id = act.case.unit_id, unit_id
        parts.join(act.case, unit_id, "holder", act.on)


def remember_suspect(act: Act) -> None:
    """Keep which matter it may repeat until somebody compares the two."""
    matter_of(act).related_to_id = act.data["matter"]


def relate(act: Act) -> None:
    """A first-time matter may be linked to another; otherwise a suspicion is dropped."""
    matter_of(act).related_to_id = act.data.get("related")


def join(act: Act) -> None:
    """Move the petitions to the matter they repeat. Nothing is deleted: both numbers stay, each points to the other."""
    matter, target = matter_of(act), _named(act)
    for petition in list(matter.petitions):
        petition.opened_matter_id = petition.opened_matter_id or matter.id
        _move(petition, matter, target)
        perform(target, "receive_repeat", {"petition": petition.number}, act.actor, act.at)
    if target.sealed:
        # What it tells lies there now, so whoever it accuses is outside there too.
        accuse(target, matter.respondents)
        close_wall(target)
    matter.joined_to_id, matter.related_to_id = target.id, None


def undo_join(act: Act) -> None:
    """Bring back the petitions that this matter had opened."""
    matter = matter_of(act)
    target = db.session().get_one(Matter, matter.joined_to_id)
    for petition in [row for row in target.petitions if row.opened_matter_id == matter.id]:
        petition.opened_matter_id = None
        _move(petition, target, matter)
    matter.joined_to_id = None


def link_copy(act: Act) -> None:
    """The same letter sent to several addressees: one is handled, the others point to it."""
    matter_of(act).related_to_id = act.data["matter"]


def classify(act: Act) -> None:
    """Nature, purpose, class, place; an accusation is sealed from this moment, with its repeats (第30条)."""
    matter, data = matter_of(act), act.data
    matter.nature, matter.purpose = data["nature"], data["purpose"]
    matter.class_code, matter.place = data["class_code"], data["place"]
    matter.urgency = data.get("urgency", matter.urgency)
    if "flags" in data:
        petition_of(matter).flags = data["flags"]
    accuse_as_typed(act)
    reseal(act, matter.nature)


def reclassify_accepted(act: Act) -> None:
    """第34条: the 60 日 end with the nature that owed them; where they are owed now they count from acceptance."""
    classify(act)
    running = [row for row in act.case.deadlines if row.code == "T6" and row.ended_on is None]
    if not petition_procedure(act.case):
        for row in running:
            row.ended_by, row.ended_on = act.event, max(act.on, row.start_on)
    accepted = last_event(act, "accept", "accept_simple")
    if accepted is not None:
        act.extra["start_on"] = clock.day_of(accepted.at)


def snooze(act: Act) -> None:
    """Laid aside until the morning of a day; it comes back to the queue by itself."""
    matter_of(act).snoozed_until = datetime.combine(date.fromisoformat(act.data["until"]), time(0), clock.ZONE)


def appoint(act: Act) -> None:
    """承办人."""
    act.case.handler_id = act.data["handler"]


def recuse(act: Act) -> None:
    """Whoever is named, or else the handler, stays away from now on; a new handler may be named at once."""
    assert act.event is not None
    person = act.data.get("recused") or act.case.handler_id
    matter_of(act).recusals.append(Recusal(user_id=person, event=act.event))
    if person == act.case.handler_id or "handler" in act.data:
        act.case.handler_id = act.data.get("handler")


def accept(act: Act) -> None:
    """Each claim goes its own way under 第31条."""
    matter = matter_of(act)
    _route(matter, act.data["routes"])
    if matter.procedure == PROPOSED:
        matter.procedure = ""


def divert(act: Act) -> None:
    """No claim stays here; each shows the limit of the procedure it goes to."""
    matter = matter_of(act)
    _route(matter, act.data["foreign_routes"])
    for claim in matter.claims:
        claim.foreign_limit = _limit_of(claim, act.data.get("foreign_limit", claim.foreign_limit))
        claim.outcome = "D"
    matter.outcome = "D"


def divert_litigation(act: Act) -> None:
    """涉法涉诉: the whole matter goes to the political-legal bodies (第22条第二款)."""
    matter = matter_of(act)
    _route(matter, {str(claim.id): "R1" for claim in matter.claims})
    for claim in matter.claims:
        claim.outcome = "D"
    matter.outcome = "D"


def decide_claims(act: Act) -> None:
    """The opinion that was approved decides the claims, as it was drafted."""
    matter, drafted = matter_of(act), last_event(act, "submit_opinion")
    assert drafted is not None
    outcomes: dict[str, str] = drafted.data["outcomes"]
    for claim in matter.claims:
        claim.outcome = outcomes.get(str(claim.id), claim.outcome)
    matter.outcome = outcome_of(outcomes.values())


def open_from_new_facts(act: Act) -> None:
    """New facts are a new matter with clocks of its own; the old one stays as it ended."""
    opened = open_from(matter_of(act), act.data["title"], act.data["new_facts"], act.actor, act.at)
    act.extra["opened"] = opened.number


def _limit_of(claim: Claim, chosen: str) -> str:
    """The limit that was chosen, for a claim whose route has it: one of arbitration says nothing of a court."""
    route = codes.entry("route", claim.route)
    return chosen if route and chosen in route.extra.get("limits", []) else ""


def _named(act: Act) -> Matter:
    return db.session().get_one(Matter, act.data["matter"])


def _move(petition: Petition, source: Matter, target: Matter) -> None:
    petition.matter = target
    search.move("petition", petition.id, target.id)
    for person in list(source.petitioners):
        if person.petition_id == petition.id:
            person.matter = target


def _route(matter: Matter, routes: dict[str, str]) -> None:
    for claim in matter.claims:
        claim.route = routes.get(str(claim.id), claim.route)


EFFECTS: dict[str, Effect] = {
    **{
        effect.__name__: effect
        for effect in (
            open_matter, answered_before, remember_suspect, relate, join, undo_join, link_copy, classify,
            reclassify_accepted, snooze, appoint, recuse,
            accept, divert, divert_litigation, decide_claims,
            open_from_new_facts,
        )
    },
    **CORRECTING,
    **voiding.EFFECTS,
    **DISPATCHING,
    **SEALING,
    **ENDING_EFFECTS,
    **ERASURE,
    **FOLLOW_UP,
    **INSTRUMENTS,
    **MEDIATION_EFFECTS,
    **PERFORMANCE,
    **SIMPLY,
    **SUCCEEDING,
    **SUPERVISION,
    **hearing.EFFECTS,
    **service.EFFECTS,
    **REVIEWING,
}  # fmt: skip
