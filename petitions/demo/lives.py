"""What happens to a petition of the demo after it came in: acts with the days between them, decided by chance.

Every life is a generator of steps. A step lies so many days after the one before; the maker stops at today, so
the younger a petition is, the earlier in its course it is found, and some are left lying: those are the overdue ones.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from petitions.cases.models import Case
from petitions.demo.phrases import PHRASES, TEAMS
from petitions.demo.stories import Ending, Spun
from petitions.matters.lists import SERVED_PAPERS
from petitions.matters.models import Matter
from petitions.matters.service.guards import MAIN_PAPERS

Data = dict[str, Any] | Callable[[Any], dict[str, Any]]
"""What is typed, or how it is found from the case the act is done on."""


@dataclass(frozen=True)
class Step:
    """One act of a life."""

    days: int
    """日 after the step before."""
    action: str
    who: str
    """Part of the person: clerk, officer, restricted, receiver, handler, head, section_…"""
    data: Data = field(default_factory=dict)
    dated: tuple[str, ...] = ()
    """Fields that take the day of the act."""
    ahead: tuple[tuple[str, int], ...] = ()
    """Fields that take a day so many 日 later."""
    of: str = "matter"
    """Whose act it is: that of the matter, or of its newest review."""
    names: str = ""
    """A field that takes the number of the matter an earlier petition opened."""


def per_claim(values: tuple[str, ...], default: str) -> Callable[[Matter], dict[str, str]]:
    """One value a claim, in order."""

    def chosen(matter: Matter) -> dict[str, str]:
        return {
            str(claim.id): values[place] if place < len(values) else default
            for place, claim in enumerate(matter.claims)
        }

    return chosen


LATELY = 80
"""日 within which something may be left lying: an office loses sight of a letter for weeks, not for a year."""


def life(
    spun: Spun, draw: Random, unit_id: Callable[[str], int], handler_id: Callable[[str], int], age: int
) -> Iterator[Step]:
    """The course of one petition of `age` 日. `unit_id` and `handler_id` name units and people by the county's keys."""
    story = spun.story
    lying = 1.0 if age <= LATELY else 0.0
    if draw.random() < 0.05 * lying and age <= 25:
        return  # A clerk has not come to it yet.
    yield Step(draw.randint(0, 2), "screen_as_first", "clerk")
    if story.signature == "real" and draw.random() < 0.06:
        yield Step(1, "ask_supplement", "clerk", {"missing": draw.choice(PHRASES["missing"])}, ahead=(("until", 10),))
        yield received("clerk", 1)
        yield Step(draw.randint(3, 9), "supplement", "clerk", {"received": draw.choice(PHRASES["received"])})
    yield Step(draw.randint(0, 2), "classify", "officer", classified(spun))
    if story.ending is Ending.FILE:
        yield Step(1, "file", "officer", {"file_reason": story.reason, "note": spun.guidance})
        yield from _to_the_archive(draw, 20)
    elif story.ending is Ending.TRANSFER:
        yield from _handed_over(spun, draw, unit_id)
    elif story.ending is Ending.REFUSE and not spun.unit:
        yield Step(2, "refuse", "officer", _refused(spun))
        yield from _noticed(draw, "officer", 3)
        yield from _to_the_archive(draw, 25)
    elif story.ending is Ending.NO_LONGER:
        final = f"青复核〔{draw.randint(2019, 2025)}〕{draw.randint(2, 30)}号"
        yield Step(2, "refuse_no_longer", "officer", {"review_number": final, "note": spun.guidance[:300]})
        yield from _noticed(draw, "officer", 3)
        yield from _to_the_archive(draw, 25)
    elif draw.random() < 0.04:
        yield Step(3, "withdraw", "officer", {"reason": draw.choice(PHRASES["withdraw"]), "free_will": True})
        yield received("officer", 0)
    else:
        yield from _dispatched(spun, draw, unit_id, handler_id, lying)


POSED = ("screening", "awaiting_supplement", "objected", "returned", "mediating", "in_approval", "opinion_issued",
         "no_longer_accepted", "notice_due")  # fmt: skip
"""States that a life only passes through: the demo keeps some petitions standing in each."""

_TALKS = {"consent": "both", "note": "双方同意在镇调解室协商，由承办人主持。"}


def pose(
    state: str, spun: Spun, draw: Random, unit_id: Callable[[str], int], handler_id: Callable[[str], int], other: str
) -> Iterator[Step]:
    """The shortest course into a passing state. `other` is the number of an earlier matter that may be the same."""
    if state == "screening":
        yield Step(0, "suspect", "clerk", {"matter": other})
        return
    if state == "notice_due":
        return  # It was brought to the unit directly and stands there from the first moment.
    yield Step(0, "screen_as_first", "clerk")
    if state == "awaiting_supplement":
        yield Step(1, "ask_supplement", "clerk", {"missing": draw.choice(PHRASES["missing"])}, ahead=(("until", 10),))
        return
    yield Step(0, "classify", "officer", classified(spun))
    if state == "no_longer_accepted":
        note = "信访人对复核意见不服，仍以同一事实和理由提出。"
        yield Step(1, "refuse_no_longer", "officer", {"review_number": "青复核〔2025〕3号", "note": note})
        return
    sent = {"unit": unit_id(spun.unit), "opinion": draw.choice(PHRASES["transfer"])}
    yield Step(1, "transfer", "officer", sent)
    yield Step(1, "sign", "receiver")
    if state in ("objected", "returned"):
        proposed = "civil_affairs" if spun.unit != "civil_affairs" else "housing"
        asked = {"objection": draw.choice(PHRASES["objection"]), "proposed_unit": unit_id(proposed)}
        yield Step(0, "object", "receiver", asked)
        if state == "returned":
            yield Step(1, "uphold_objection", "officer", {"note": draw.choice(PHRASES["uphold_objection"])})
        return
    yield Step(0, "appoint", "receiver", {"handler": handler_id(spun.unit)})
    yield Step(2, "accept", "handler", lambda matter: {"routes": per_claim(spun.story.routes, "R6")(matter)})
    if state == "mediating":
        yield Step(3, "begin_mediation", "handler", _TALKS)
        return
    yield Step(9, "submit_opinion", "handler", opinion(spun))
    if state == "opinion_issued":
        yield Step(1, "approve_opinion", "head", {"note": draw.choice(PHRASES["approve_opinion"])})


def classified(spun: Spun) -> dict[str, Any]:
    """What the office says of its nature, purpose, class and place."""
    story = spun.story
    data: dict[str, Any] = {
        "nature": story.nature, "purpose": story.purpose, "class_code": story.class_code, "place": spun.place,
        "urgency": story.urgency, "flags": list(story.flags),
    }  # fmt: skip
    return data | ({"respondent": spun.respondent} if spun.respondent else {})


def _refused(spun: Spun) -> dict[str, Any]:
    return {"refusal_reason": spun.story.reason, "where_to_go": spun.guidance[:300] or spun.body}


def _handed_over(spun: Spun, draw: Random, unit_id: Callable[[str], int]) -> Iterator[Step]:
    note = spun.guidance or "按管理权限转送。"
    if spun.story.nature == "accusation":
        yield Step(draw.randint(1, 4), "divert_discipline", "restricted",
                   {"discipline_unit": unit_id("discipline"), "note": note})  # fmt: skip
    else:
        yield Step(draw.randint(1, 6), "divert_litigation", "officer", {"body": spun.body, "note": note})
        yield from _noticed(draw, "officer", 4)
        yield from _to_the_archive(draw, 30)


def _dispatched(
    spun: Spun, draw: Random, unit_id: Callable[[str], int], handler_id: Callable[[str], int], lying: float
) -> Iterator[Step]:
    assigned = draw.random() < 0.25
    sent: dict[str, Any] = {
        "unit": unit_id(spun.unit),
        "opinion": draw.choice(PHRASES["assign" if assigned else "transfer"]),
    }
    if spun.assist:
        sent["assist_units"] = [unit_id(key) for key in spun.assist if key != spun.unit]
    slow = draw.random() < 0.06
    days = draw.randint(16, 22) if slow else draw.randint(1, 7)
    ahead = (("due_on", draw.randint(45, 75)),) if assigned else ()
    yield Step(days, "assign" if assigned else "transfer", "officer", sent, ahead=ahead)
    if draw.random() < 0.04:
        yield Step(0, "recall", "officer", {"reason": draw.choice(PHRASES["recall"])})
        yield Step(1, "assign" if assigned else "transfer", "officer", sent, ahead=ahead)
    if draw.random() < 0.12 * lying:
        return  # The unit has not signed: the office will chase it.
    yield Step(draw.randint(0, 2), "sign", "receiver")
    if draw.random() < 0.07:
        other = "civil_affairs" if spun.unit != "civil_affairs" else "housing"
        yield Step(2, "object", "receiver",
                   {"objection": draw.choice(PHRASES["objection"]), "proposed_unit": unit_id(other)})  # fmt: skip
        yield Step(2, "reject_objection", "officer", {"note": draw.choice(PHRASES["reject_objection"])})
    yield Step(draw.randint(0, 2), "appoint", "receiver", {"handler": handler_id(spun.unit)})
    if draw.random() < 0.15 * lying:
        return  # It lies on a desk until after its day.
    if spun.story.ending is Ending.REFUSE:
        yield Step(draw.randint(1, 8), "refuse", "handler", _refused(spun))
        yield from _noticed(draw, "handler", 3)
    elif spun.story.ending is Ending.DIVERT:
        yield from _diverted(spun, draw)
    else:
        yield from _handled(spun, draw, assigned, lying)


def _diverted(spun: Spun, draw: Random) -> Iterator[Step]:
    routes = tuple(route if route != "R6" else "R5" for route in spun.story.routes)

    def data(matter: Matter) -> dict[str, Any]:
        chosen = {"foreign_routes": per_claim(routes, "R5")(matter), "body": spun.body or "有权处理的机关"}
        return {**chosen, **({"foreign_limit": spun.story.limit} if spun.story.limit else {}), "note": spun.guidance}

    yield Step(draw.randint(1, 9), "divert", "handler", data)
    yield from _noticed(draw, "handler", 4)
    yield from _to_the_archive(draw, 30)


def _handled(spun: Spun, draw: Random, assigned: bool, lying: float) -> Iterator[Step]:
    yield Step(draw.randint(1, 9), "accept", "handler", lambda m: {"routes": per_claim(spun.story.routes, "R6")(m)})
    yield from _noticed(draw, "handler", 2)
    yield Step(draw.randint(4, 12), "inquire", "handler",
               {"inquiry_kind": "talk", "people": draw.choice(TEAMS), "record": draw.choice(PHRASES["inquiry"])},
               dated=("held_on",))  # fmt: skip
    extended = spun.story.ending is Ending.OPINION and draw.random() < 0.15
    if extended:
        asked = {"days": draw.choice((10, 15, 20, 30)), "reason": draw.choice(PHRASES["extension"])}
        yield Step(draw.randint(20, 30), "request_extension", "handler", asked)
        yield Step(draw.randint(0, 2), "extend", "head", asked)
        yield from _noticed(draw, "handler", 1)
    if draw.random() < 0.05:
        yield Step(3, "begin_mediation", "handler", _TALKS)
        if draw.random() < 0.5 * lying:
            return
        yield Step(9, "end_mediation", "handler", {"note": "双方对数额分歧较大，调解未成，恢复办理。"})
    if draw.random() < 0.3 * lying:
        return  # Still being looked into, perhaps for too long.
    yield Step(draw.randint(8, 40), "submit_opinion", "handler", opinion(spun))
    if draw.random() < 0.12:
        yield Step(1, "return_opinion", "head", {"note": draw.choice(PHRASES["return_opinion"])})
        yield Step(2, "submit_opinion", "handler", opinion(spun))
    yield Step(draw.randint(0, 3), "approve_opinion", "head", {"note": draw.choice(PHRASES["approve_opinion"])})
    yield Step(draw.randint(0, 3), "serve", "handler",
               {**_served(draw), "receiver": spun.who.name},
               dated=("served_on",))  # fmt: skip
    if assigned:
        yield Step(2, "report_back", "handler", {"report": draw.choice(PHRASES["report"])})
    yield from _afterwards(spun, draw)


def _served(draw: Random) -> dict[str, str]:
    """By hand, or by registered letter with its number."""
    if draw.random() < 0.67:
        return {"method": "direct"}
    return {"method": "post", "tracking": f"XA{draw.randint(10_000_000, 99_999_999)}641"}


def opinion(spun: Spun) -> Data:
    """The answer of the unit as its handler drafts it."""

    def data(matter: Matter) -> dict[str, Any]:
        fallback = "A" if matter.nature == "suggestion" else "E"
        fallback = "S" if matter.nature not in ("suggestion", "appeal") else fallback
        return {
            "demands": "\n".join(claim.text for claim in matter.claims),
            "facts": "\n".join(filter(None, (spun.facts, spun.reasons))) or "经核实，信访人反映的情况属实。",
            "opinion": spun.opinion or "已按有关规定作出说明。",
            "basis": spun.basis or "《信访工作条例》第二十九条。",
            "outcomes": per_claim(spun.story.outcomes, fallback)(matter),
        }

    return data


def _afterwards(spun: Spun, draw: Random) -> Iterator[Step]:
    mood = draw.choices(("satisfied", "fairly", "dissatisfied"), (6, 3, 1))[0]
    if spun.story.signature == "real":
        outcomes = set(spun.story.outcomes)
        nothing = bool(outcomes) and outcomes <= {"N", "E"}  # neither supports anything that could be carried out
        performed = "nothing" if nothing else "done" if mood == "satisfied" else "partly"
        said = {"way": "phone", "performed": performed, "office_rating": "satisfied", "unit_rating": mood,
                "said": draw.choice(PHRASES[mood])}  # fmt: skip
        if mood == "dissatisfied":
            said["unit_reason"] = draw.choice(PHRASES[mood])
        yield Step(draw.randint(3, 12), "visit", "officer", said, dated=("held_on",))
        if mood != "satisfied" and draw.random() < 0.7:
            yield Step(1, "take_follow_up", "officer")
            yield Step(draw.randint(2, 9), "close_follow_up", "officer", {"done": draw.choice(PHRASES["follow_up"])})
            again = {"way": "phone", "performed": "done", "unit_rating": "fairly", "office_rating": "satisfied"}
            yield Step(1, "visit", "officer", again, dated=("held_on",))
    if draw.random() < 0.3:
        yield Step(2, "perform_opinion", "handler", {"record": draw.choice(PHRASES["performance"])}, dated=("held_on",))
    yield Step(34, "conclude", "head")
    yield from _to_the_archive(draw, 10)


def _noticed(draw: Random, who: str, days: int) -> Iterator[Step]:
    yield received(who, draw.randint(0, days))


def received(who: str, days: int, of: str = "matter") -> Step:
    """The petitioner receives what waits to be served."""
    return Step(days, "serve_notice", who,
                lambda case: {"paper": _waiting(case), "method": "direct", "receiver": "本人"},
                dated=("served_on",), of=of)  # fmt: skip


def _waiting(case: Case) -> int | str:
    """The newest paper that nobody recorded as received, but for the answer, which is served by an act of its own."""
    owed = SERVED_PAPERS - MAIN_PAPERS
    return next((paper.id for paper in reversed(case.papers) if paper.kind in owed and not paper.services), "")


def _to_the_archive(draw: Random, days: int) -> Iterator[Step]:
    if draw.random() < 0.8:
        yield Step(draw.randint(1, days), "archive", "officer")
