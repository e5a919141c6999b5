"""What the form of an act holds before anybody types: what is known already, so that people correct instead of copy."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from petitions import clock
from petitions.access.models import User
from petitions.cases import codes, history, local_limits
from petitions.cases.models import Case
from petitions.cases.panels import Presenter
from petitions.cases.queries import sees
from petitions.matters import correcting
from petitions.matters.ended import ended_candidate
from petitions.matters.hearing import present as hearing
from petitions.matters.instruments import effects as instruments
from petitions.matters.lists import (
    discipline_units,
    open_papers,
    opinions_to_review,
    rereview_bodies,
    review_bodies,
    reviews_to_review,
    unserved_papers,
)
from petitions.matters.models import Matter
from petitions.matters.paper_values import names_of, people_of, petition_of
from petitions.matters.workflow import FLOW

_SUPPLEMENT_DAYS = 15
"""日 a petitioner is offered to bring what is missing: a letter each way and a week; the officer may change it."""

_OPINION = "请依照职责调查核实，依法按政策处理，并在规定期限内将接收情况、处理途径和程序书面告知信访人。"
"""The usual words of a letter that hands a matter over; the officer goes on from there."""


def _matter(case: Case) -> Matter:
    assert isinstance(case, Matter)
    return case


def classification(case: Case, user: User) -> dict[str, Any]:  # noqa: ARG001
    """The present classification; the nature proposed by the purpose while there is none."""
    matter = _matter(case)
    purpose = codes.entry("purpose", matter.purpose)
    named = matter.respondents[-1] if matter.respondents else None
    return {
        "nature": matter.nature or (purpose.extra.get("nature", "") if purpose else ""),
        "purpose": matter.purpose,
        "class_code": matter.class_code,
        "place": matter.place,
        "urgency": matter.urgency,
        "flags": petition_of(matter).flags,
        "respondent": named.name if named else "",
        "respondent_unit": named.unit_id if named else None,
    }


def suspected(case: Case, user: User) -> dict[str, Any]:
    """The matter it is suspected to repeat or linked with, as long as the reader may see that one."""
    related = _matter(case).related_to
    if related is None or not sees(related.id, user):
        return {}
    return {"matter": related.number, "related": related.number}


def handing_over(case: Case, user: User) -> dict[str, Any]:  # noqa: ARG001
    """The usual words, and the unit an upheld objection proposed."""
    latest = history.latest_of_each(case.id)
    values: dict[str, Any] = {"opinion": _OPINION}
    decided, objected = latest.get("decide_other_lead"), latest.get("object")
    if decided is not None and (objected is None or decided.id > objected.id):
        return {**values, "unit": decided.data["lead_unit"]}
    if case.state in FLOW.after("uphold_objection") and "object" in latest:
        values["unit"] = latest["object"].data.get("proposed_unit")
    return values


def assigning(case: Case, user: User) -> dict[str, Any]:
    """With the term of 第34条 from today as the day to report back: the unit has it anyway once it accepts."""
    length = local_limits.in_force("T6", case.office_id, clock.today())[0].length or 0
    return {**handing_over(case, user), "due_on": clock.today() + timedelta(days=length)}


def to_discipline(case: Case, user: User) -> dict[str, Any]:
    """The discipline body, where there is only one."""
    bodies = discipline_units(case, user)
    return {"discipline_unit": bodies[0].value} if len(bodies) == 1 else {}


def routes(case: Case, user: User) -> dict[str, Any]:  # noqa: ARG001
    """The routes chosen before."""
    chosen = {str(claim.id): claim.route for claim in _matter(case).claims if claim.route}
    limits = [claim.foreign_limit for claim in _matter(case).claims if claim.foreign_limit]
    return {"routes": chosen, "foreign_routes": chosen, "foreign_limit": limits[0] if limits else ""}


def handler(case: Case, user: User) -> dict[str, Any]:  # noqa: ARG001
    """The present handler."""
    return {"handler": case.handler_id}


def recusal(case: Case, user: User) -> dict[str, Any]:
    """The handler asks for themselves; for others the unit decides."""
    own = case.unit_id == user.unit_id
    return {"asked_by": "self" if user.id == case.handler_id else "unit", "recused": case.handler_id if own else None}


def asking_for_days(case: Case, user: User) -> dict[str, Any]:  # noqa: ARG001
    """All that is left of the 30 日."""
    terms = [row for row in case.deadlines if row.code == "T6"]
    return {"days": local_limits.of(terms[-1]).extension - terms[-1].extension} if terms else {}


def asked_days(case: Case, user: User) -> dict[str, Any]:  # noqa: ARG001
    """What the handler asked for."""
    request = history.latest_of_each(case.id).get("request_extension")
    return {name: request.data[name] for name in ("days", "reason")} if request else {}


def asking_for_review(case: Case, user: User) -> dict[str, Any]:
    """Received today; everything that was asked for and is decided, and what there is only one of."""
    asked = [str(claim.id) for claim in _matter(case).claims]
    only = {
        name: rows[0].value
        for name, offered in (
            ("against", opinions_to_review), ("against_review", reviews_to_review),
            ("review_body", review_bodies), ("rereview_body", rereview_bodies),
        )
        if len(rows := offered(case, user)) == 1
    }  # fmt: skip
    return {"requested_on": clock.today(), "review_claims": asked, **only}


def ended_before(case: Case, user: User) -> dict[str, Any]:
    """The matter that this one says again after its final opinion: suspected before, or likest of what ended."""
    ended = ended_candidate(_matter(case), user)
    return {"matter": ended.number} if ended is not None else {}


def held_today(case: Case, user: User) -> dict[str, Any]:  # noqa: ARG001
    """Most is written down the same day."""
    return {"held_on": clock.today(), "people": user.name}


def planning(case: Case, user: User) -> dict[str, Any]:  # noqa: ARG001
    """The unit that gave the opinion carries it out, unless somebody else does."""
    return {"performer": case.unit.name}


def opinion(case: Case, user: User) -> dict[str, Any]:  # noqa: ARG001
    """The last draft, if there was one; otherwise the claims as the demands."""
    drafted = history.latest_of_each(case.id).get("submit_opinion")
    if drafted is not None:
        return dict(drafted.data)
    asked = _matter(case).claims
    lines = [f"{number}．{claim.text}" if len(asked) > 1 else claim.text for number, claim in enumerate(asked, 1)]
    return {"demands": "\n".join(lines), "outcomes": {str(claim.id): claim.outcome for claim in asked if claim.outcome}}


def service(case: Case, user: User) -> dict[str, Any]:
    """Received today by the petitioner; the paper, where only one waits."""
    papers = unserved_papers(case, user)
    names = names_of(people_of(_matter(case)))
    return {
        "served_on": clock.today(),
        "receiver": "" if case.sealed or names == "信访人" else names,
        "paper": papers[0].value if len(papers) == 1 else "",
    }


def attempt(case: Case, user: User) -> dict[str, Any]:
    """Tried today; the paper, where only one waits."""
    papers = open_papers(case, user)
    return {"tried_on": clock.today(), "open_paper": papers[0].value if len(papers) == 1 else ""}


def correction(case: Case, user: User) -> dict[str, Any]:  # noqa: ARG001
    """What the register says; of the person nothing."""
    return correcting.present(_matter(case))


def title(case: Case, user: User) -> dict[str, Any]:  # noqa: ARG001
    """The summary as it stands."""
    return {"title": case.title}


def supplement(case: Case, user: User) -> dict[str, Any]:  # noqa: ARG001
    """A usual time to answer."""
    return {"until": clock.today() + timedelta(days=_SUPPLEMENT_DAYS)}


PRESENT: Mapping[str, Presenter] = {
    "classify": classification,
    "reclassify": classification,
    "reclassify_accepted": classification,
    "screen_as_first": suspected,
    "join_as_repeat": suspected,
    "file_as_copy": suspected,
    "refuse_duplicate": suspected,
    "transfer": handing_over,
    "assign": assigning,
    "forward": handing_over,
    "forward_direct": handing_over,
    "divert_discipline": to_discipline,
    "accept": routes,
    "divert": routes,
    "appoint": handler,
    "recuse": recusal,
    "request_extension": asking_for_days,
    "extend": asked_days,
    "inquire": held_today,
    "perform_opinion": held_today,
    "counsel": held_today,
    "plan_performance": planning,
    "visit": held_today,
    "submit_opinion": opinion,
    "serve": service,
    "serve_notice": service,
    "attempt_service": attempt,
    "correct": correction,
    "correct_summary": title,
    "new_facts": title,
    "ask_supplement": supplement,
    **hearing.PRESENT,
    **instruments.PRESENT,
    "request_review": asking_for_review,
    "request_rereview": asking_for_review,
    "refuse_no_longer": ended_before,
}
