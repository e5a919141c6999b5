"""What every paper of a matter may say, in words that can be printed."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select

from petitions import clock, db
from petitions.cases import codes, local_limits
from petitions.cases.calendar import load_calendar
from petitions.cases.clocks import TENTATIVE
from petitions.cases.kinds import Act
from petitions.cases.limits import FOREIGN
from petitions.cases.models import Deadline
from petitions.cases.readings import explanation
from petitions.matters.above import name_above
from petitions.matters.course import current_dispatch, matter_of, petition_procedure
from petitions.matters.models import Claim, Matter, Petition, Petitioner
from petitions.matters.wording import formal, in_words, numeral, person_name, unit_name

_WAYS = {"transfer": "转送", "assign": "交办", "forward": "转派"}
_STOPS = "。．.；;，,、 "


def values(act: Act) -> dict[str, Any]:
    """What any paper of the matter may say; the fields of the act under `data`, codes and units in words."""
    matter, unit = matter_of(act), act.unit
    petition, people = petition_of(matter), people_of(matter)
    channel, given = codes.entry("channel", petition.channel), None if act.action.opens else current_dispatch(act)
    return {
        "action": act.action.name,
        "matter": matter.number,
        "summary": matter.title.rstrip(_STOPS) or matter.title,
        "petitioner": names_of(people),
        "you": "你们" if petition.headcount > 1 or "、" in names_of(people) else "您",
        "headcount": petition.headcount,
        "query_code": petition.query_code,
        "channel": codes.label("channel", petition.channel),
        "spoken": channel is not None and channel.extra.get("group") in ("visit", "call"),
        "received_on": petition.received_on,
        "place": matter.place,
        "content_class": codes.label("content_class", matter.class_code),
        "purpose": codes.label("purpose", matter.purpose),
        "nature": codes.label("nature", matter.nature),
        "suggested": matter.nature == "suggestion",
        "petition_procedure": petition_procedure(matter),
        "claims": [_claim(claim, position) for position, claim in enumerate(matter.claims, 1)],
        "office": matter.office.name,
        "holder": unit_name(matter.unit_id),
        "sender": unit_name(matter.sender_id),
        "sent_on": clock.day_of(given.sent_at) if given else None,
        "sent_way": _WAYS[given.way] if given else "",
        "handler": person_name(matter.handler_id),
        "actor": act.who,
        "phone": unit.phone or matter.office.phone,
        "issued_on": act.on,
        "recorded_on": clock.day_of(act.at),
        "due": {row.code: row.due_on for row in matter.deadlines},
        "tentative": {row.code for row in matter.deadlines if row.provisional},
        "tentative_words": str(TENTATIVE),
        "how": {row.code: explanation(row, load_calendar()) for row in matter.deadlines},
        "limits": local_limits.table(matter.unit_id or matter.office_id, act.on),
        "above": name_above(unit),
        "data": in_words(act.data),
    }


def petition_of(matter: Matter) -> Petition:
    """The petition that opened the matter, also after it was moved to the matter it repeats."""
    if matter.petitions:
        return matter.first
    moved = select(Petition).where(Petition.opened_matter_id == matter.id).order_by(Petition.id).limit(1)
    return db.session().scalars(moved).one()


def people_of(matter: Matter) -> Sequence[Petitioner]:
    """The people of the matter, also after its petition was moved to the matter it repeats."""
    if matter.petitions:
        return matter.petitioners
    brought = select(Petitioner).where(Petitioner.petition_id == petition_of(matter).id).order_by(Petitioner.id)
    return db.session().scalars(brought).all()


def names_of(people: Iterable[Petitioner]) -> str:
    """The petitioners' names as a paper addresses them; 信访人 when nobody signed."""
    names = list(dict.fromkeys(person.called for person in people if person.part == "petitioner" and person.named))
    return "、".join(names) or "信访人"


def running(case_id: int) -> dict[str, Deadline]:
    """The open clocks of a case by their codes; of several of one code the latest."""
    rows = select(Deadline).where(Deadline.case_id == case_id, Deadline.ended_on.is_(None)).order_by(Deadline.id)
    return {row.code: row for row in db.session().scalars(rows)}


def _claim(claim: Claim, position: int) -> dict[str, Any]:
    route = codes.entry("route", claim.route) if claim.route else None
    diverts = bool(route and route.extra.get("diverts"))
    # Nobody may lose a right by waiting here: where no limit was chosen, those the route usually has are told.
    limits = [claim.foreign_limit] if claim.foreign_limit else route.extra.get("limits", []) if route else []
    return {
        "order": numeral(position),
        "text": claim.text.rstrip(_STOPS) or claim.text,
        "route": route.label if route else "",
        "basis": formal(route.article) if route else "",
        "diverts": diverts,
        "limits": [
            {"name": row.name, "text": row.text, "article": formal(row.article)}
            for row in (FOREIGN[code] for code in limits if diverts and code in FOREIGN)
        ],
        "outcome": codes.label("outcome", claim.outcome) if claim.outcome else "",
        "granted": claim.outcome in ("S", "PS"),
    }
