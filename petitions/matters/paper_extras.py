"""What single papers of a matter say beyond the common values: earlier acts, the other matter, the people in full."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from petitions import clock, db
from petitions.access.models import Unit
from petitions.cases import clocks, codes, local_limits
from petitions.cases.calendar import load_calendar
from petitions.cases.dossier import total_pages
from petitions.cases.kinds import Act
from petitions.cases.models import Document, Event
from petitions.matters import registration, who
from petitions.matters.course import assignment, deadline_of, last_event, matter_of
from petitions.matters.dossier import items_of
from petitions.matters.endings import common_superior
from petitions.matters.hearing import papers as hearing
from petitions.matters.hearing.models import hearings_of
from petitions.matters.models import Matter, Petitioner
from petitions.matters.paper_values import people_of, petition_of, running
from petitions.matters.rating import why_not_rated
from petitions.matters.retention import term_of
from petitions.matters.reviewing import ending_of
from petitions.matters.service.effects import served_by
from petitions.matters.service.fields import FIELDS as SERVICE
from petitions.matters.service.fields import RECORD
from petitions.matters.service.guards import MAIN_PAPERS
from petitions.matters.service.lists import FIXED
from petitions.matters.states import STATES
from petitions.matters.supervising import supervised
from petitions.matters.wording import formal, in_words, unit_name

_PARTS = {"petitioner": "信访人", "representative": "代表", "agent": "代理人", "companion": "随访人"}
_STATES = {state.name: state.plain for state in STATES}


def _registered(act: Act) -> dict[str, Any]:
    """The whole petition as it came in. Numbers are masked: whoever needs them asks for them on the page, on record."""
    matter = matter_of(act)
    petition = petition_of(matter)
    return {
        "people": [_person(person) for person in people_of(matter)],
        "text": petition.text,
        "signed": codes.label("signature", petition.signed),
        "urgency": codes.label("urgency", matter.urgency),
        "respondents": "、".join(row.name for row in matter.respondents if row.name),
        "particulars": [
            {"label": str(registration.FIELDS[name].label), "value": value}
            for name, value in {**in_words(petition.particulars), **_called_from(people_of(matter))}.items()
        ],
        **_files(act),
    }


def _called_from(people: Sequence[Petitioner]) -> dict[str, str]:
    """The number somebody called from, masked."""
    masks = [who.masked(person).get("calling_number") for person in people if person.part == "petitioner"]
    return {"calling_number": masks[0]} if masks and masks[0] else {}


def _person(person: Petitioner) -> dict[str, str]:
    return {
        "part": _PARTS[person.part],
        "name": person.name,
        "region": _place_of(person),
        **{name: who.masked(person).get(name, "") for name in ("phone", "id_number")},
        "relation": str(person.details.get("relation", "")),
    }


def _place_of(person: Petitioner) -> str:
    """住址 down to the village; the house is told on request only."""
    return person.region or ("见登记信息" if person.homed else "")


def _files(act: Act) -> dict[str, Any]:
    return {"files": [{"name": file.name} for file in act.case.attachments]}


def _repeated(act: Act) -> dict[str, Any]:
    """The matter this one repeats: where it stands and until when something can be expected or done there."""
    other = db.session().get_one(Matter, act.data["matter"])
    open_clocks, holder = running(other.id), db.session().get_one(Unit, other.unit_id)
    return {
        "other": {
            "number": other.number,
            "state": _STATES[other.state],
            "holder": holder.name,
            "phone": holder.phone or other.office.phone,
            "due": open_clocks["T6"].due_on if "T6" in open_clocks else None,
            "review_until": open_clocks["T8"].due_on if "T8" in open_clocks else None,
            "tentative": {code for code, one in open_clocks.items() if one.provisional},
        }
    }


def _refused(act: Act) -> dict[str, Any]:
    if "matter" in act.data:
        return {"basis": formal("第19条第三款"), **_repeated(act)}
    reason = codes.entry("refusal", act.data["refusal_reason"])
    return {"basis": formal(reason.article) if reason else ""}


def _ended(act: Act) -> dict[str, Any]:
    """The final opinion: of the matter that ended here, or by the number that was typed."""
    ended = ending_of(act.data["matter"]) if "matter" in act.data else None
    if ended is None:
        return {"final": {"number": act.data["review_number"], "day": None, "matter": ""}}
    told = in_words(ended.data)
    return {"final": {"number": told["final_number"], "day": told["final_on"], "matter": ended.case.number}}


def _objected(act: Act) -> dict[str, Any]:
    asked = last_event(act, "object")
    assert asked is not None
    return {
        "objection": in_words(asked.data),
        "objected_on": clock.day_of(asked.at),
        "upheld": act.action.name != "reject_objection",
    }


def _extended(act: Act) -> dict[str, Any]:
    """The term before and after. The days always continue the count from acceptance (第34条)."""
    term, days = deadline_of(act, "T6"), int(act.data["days"])
    assert term is not None
    limit = local_limits.of(term)
    assert term.length is not None
    before = clocks.due(
        term.start_on, term.length, limit.unit, load_calendar(), roll=limit.roll, extension=term.extension - days
    )
    return {
        "accepted_on": term.start_on,
        "due_before": before.rolled,
        "before": term.length + term.extension - days,
        "altogether": term.length + term.extension,
    }


def _answered(act: Act) -> dict[str, Any]:
    """The course up to the answer: acceptance, inquiry, the four parts of 第32条 as submitted, the paper, its receipt."""
    accepted, drafted = last_event(act, "accept", "accept_simple"), last_event(act, "submit_opinion")
    opinion = next((paper for paper in reversed(act.case.papers) if paper.kind == "opinion"), None)
    return {
        "accepted_on": clock.day_of(accepted.at) if accepted else None,
        "drafted": in_words(drafted.data) if drafted else {},
        "inquiries": [in_words(event.data) for event in act.case.events if event.action == "inquire"],
        "hearings": [
            {"first": one.opened_on, "last": one.closed_on, "chair": one.chair}
            for one in hearings_of(act.case)
            if one.closed_on is not None
        ],
        "opinion": _listed(opinion) if opinion else None,
        "settled": last_event(act, "settle") is not None,
        "accepted_by_petitioner": bool(act.data.get("accepted_by_petitioner")),
    }


def _reported(act: Act) -> dict[str, Any]:
    """What the assigner reads: its own letter is answered, not that of a tier in between."""
    given = assignment(act)
    told = {"sent_on": clock.day_of(given.sent_at), "sent_way": "交办"} if given else {}
    return {**_answered(act), **told}


def _served(act: Act) -> dict[str, Any]:
    """What was served, and what its method is proved by."""
    person = next((row for row in people_of(matter_of(act)) if row.part == "petitioner"), None)
    told, paper = in_words(act.data), served_by(act)
    return {
        "served": _listed(paper),
        "answers": paper.kind in MAIN_PAPERS,
        "tried": [{"day": one.tried_on, "why": _word(one.failure)} for one in paper.attempts],
        "proof": [
            {"label": str(SERVICE[name].label), "value": told[name]} for name in RECORD.split() if act.data.get(name)
        ],
        "address": _place_of(person) if person else "",
    }


def _word(failure: str) -> str:
    return next((str(one.label) for one in FIXED["service_failures"] if one.value == failure), failure)


def _disputed(act: Act) -> dict[str, Any]:
    """Who could not agree, what each said, and who leads now."""
    disputed = last_event(act, "dispute_lead")
    assert disputed is not None
    told = in_words(disputed.data)
    above = common_superior([disputed.unit_id, *disputed.data["disputing_units"]])
    lead = act.data.get("lead_unit", act.case.unit_id)
    return {
        "disputing": "、".join([unit_name(disputed.unit_id), str(told["disputing_units"])]),
        "positions": told["positions"], "lead": unit_name(lead),
        "superior": unit_name(above) if act.data["decider"] == "superior" else "",
    }  # fmt: skip


def _visited(act: Act) -> dict[str, Any]:
    """Whether both bodies were to be rated, and what the visit leaves to do."""
    return {"not_rated": str(why_not_rated(matter_of(act)) or ""), "follow_up": bool(act.extra.get("follow_up"))}


def _filed(act: Act) -> dict[str, Any]:
    """The course in short and everything the file holds. The case is archived by now: told is how it ended before."""
    assert act.event is not None
    matter, ended = matter_of(act), act.event.from_state
    items, term = items_of(matter), term_of(matter.nature, matter.outcome, db.retention_years())
    excuses = select(Event).where(Event.case_id == matter.id, Event.action == "excuse_missing").order_by(Event.id)
    return {
        "items": [
            {
                "section": str(item.section.label),
                "title": item.title,
                "number": item.number,
                "on": item.on,
                "span": item.span,
                "void": item.void,
            }
            for item in items
        ],
        "pages": total_pages(items),
        "term": f"{term.years}年" if term.years else "永久",
        "term_source": f"{term.label}；{term.source}",
        "began_on": matter.received_on,
        "ended_on": matter.closed_on or act.on,
        "excuses": [str(event.data["reason"]) for event in db.session().scalars(excuses)],
        "outcome": codes.label("outcome", matter.outcome),
        "state": next(state.label for state in STATES if state.name == ended),
        "visited_on": [visit.visited_on for visit in matter.visits],
    }


def _listed(paper: Document) -> dict[str, Any]:
    return {
        "title": f"{paper.title}（已作废）" if paper.is_void else paper.title,
        "number": paper.number,
        "issued_on": paper.issued_on,
        "served_on": paper.services[-1].served_on if paper.services else None,
    }


def _pressed(act: Act) -> dict[str, Any]:
    """What a 督办 is about, each clock with its unit, and by when the unit answers."""
    return {
        "answer_by": date.fromisoformat(act.data["answer_by"]),
        "late": [
            {
                "unit": unit_name(row.unit_id), "clock": limit.name, "article": limit.article, "act": limit.act,
                "due_on": row.due_on, "days": (act.on - row.due_on).days,
            }
            for row in supervised(act)
            for limit in (local_limits.of(row),)
        ],
    }  # fmt: skip


EXTRA: Mapping[str, Callable[[Act], dict[str, Any]]] = {
    "registration_form": _registered,
    "progress_notice": _repeated,
    "refusal_notice": _refused,
    "no_longer_notice": _ended,
    "transfer_letter": _files,
    "assignment_letter": _files,
    "submission": _files,
    "sealed_letter": _files,
    "objection": _files,
    "objection_decision": _objected,
    "extension_notice": _extended,
    "opinion": _answered,
    "service_slip": _served,
    "completion_report": _reported,
    "supervision_letter": _pressed,
    "visit_record": _visited,
    "conversion_notice": _answered,
    "lead_decision": _disputed,
    "conclusion": _answered,
    "file_cover": _filed,
    "file_contents": _filed,
    **hearing.EXTRA,
}
