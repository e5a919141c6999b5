"""简易办理: which first-time matters a unit may settle quickly, as lists, and the way back to the ordinary procedure.

《信访事项简易办理办法》 (国信办发〔2022〕17号): what fits stands in its 第4条, what does not in its 第5条. The 2022 text adds to the
latter the first five items of 第31条 of the regulation. Its time limits are those of the 2016 text (domain.md §2.1, T16–T18).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from petitions import clock
from petitions.cases import clocks, local_limits
from petitions.cases.calendar import load_calendar
from petitions.cases.fields import Choice
from petitions.cases.kinds import Act, Effect, Guard
from petitions.cases.models import Case
from petitions.matters.course import assignment, current_dispatch, deadline_of, last_event, matter_of
from petitions.matters.models import Matter
from petitions.words import Sentence, say

PROPOSED, SIMPLE, CONVERTED = "proposed", "simple", "converted"
"""`Matter.procedure`; empty is the ordinary one."""

PROCEDURES = {PROPOSED: say("建议简易办理"), SIMPLE: say("简易办理"), CONVERTED: say("由简易办理转为普通程序")}

FITS = (
    Choice("clear", say("事实清楚、责任明确、争议不大、易于解决")),
    Choice("at_once", say("提出意见建议或者表达感谢，可以即时反馈")),
    Choice("daily", say("涉及群众日常生产生活、时效性强，应当及时处理")),
    Choice("promised", say("有关机关、单位已有明确承诺或者结论")),
    Choice("other", say("其他适用简易办理的")),
)
"""第4条: why it fits."""

TOLD_BY = (
    Choice("spot", say("当面告知")), Choice("phone", say("电话")), Choice("message", say("短信")), Choice("web", say("网络")),
    Choice("paper", say("书面告知（信访人要求的）")),
)  # fmt: skip
"""On paper only where the petitioner asks for it."""

_ELSEWHERE = frozenset(("R1", "R2", "R3", "R4", "R5"))
_ABOVE = frozenset(("SZ", "LP"))
"""Channels by which a superior hands something down."""
_GRAVE = frozenset(("major_urgent", "major_matter", "backlog", "joint", "leader_deadline", "leader_case"))
_MANY = 5
"""From so many persons on it is a collective petition (domain.md §4.4)."""


@dataclass(frozen=True)
class Unfit:
    """One sort of matter that is never handled simply."""

    code: str
    reason: Sentence
    applies: Callable[[Act], bool]


def _is_repeat(act: Act) -> bool:
    return len(matter_of(act).petitions) > 1


def _goes_elsewhere(act: Act) -> bool:
    matter = matter_of(act)
    return matter.nature in ("litigation", "accusation") or any(claim.route in _ELSEWHERE for claim in matter.claims)


def _was_assigned(act: Act) -> bool:
    return assignment(act) is not None or any(one.channel in _ABOVE for one in matter_of(act).petitions)


def _is_shared(act: Act) -> bool:
    matter = matter_of(act)
    helped = any(row.part == "assist" and row.ended_at is None for row in matter.dispatches)
    people = sum(person.part == "petitioner" for person in matter.petitioners)
    grave = any(_GRAVE.intersection(one.flags) for one in matter.petitions)
    return helped or people > 1 or grave or any(one.headcount >= _MANY for one in matter.petitions)


UNFIT: Sequence[Unfit] = (
    Unfit("repeat", say("简易办理只适用于初次信访事项"), _is_repeat),
    Unfit(
        "elsewhere", say("属于《信访工作条例》第三十一条前五项情形的，不适用简易办理（第5条第一项）"), _goes_elsewhere
    ),
    Unfit("assigned", say("上级机关、单位交办的，不适用简易办理（第5条第二项）"), _was_assigned),
    Unfit("shared", say("涉及多个责任主体、集体联名或者重大复杂疑难的，不适用简易办理（第5条第四项）"), _is_shared),
)
"""第5条, as far as it can be read from what was recorded; what may not be supported (第三项) a person says."""


# --- guards ----------------------------------------------------------------------------------------------------------


def fits_simple(act: Act) -> Sentence | None:
    """None of the sorts that never do."""
    return next((rule.reason for rule in UNFIT if rule.applies(act)), None)


def not_proposed_yet(act: Act) -> Sentence | None:
    """Once is enough."""
    return say("已经建议简易办理") if matter_of(act).procedure == PROPOSED else None


def will_be_supported(act: Act) -> Sentence | None:
    """第5条第三项: what may not be supported is heard in the ordinary procedure."""
    if act.asking or act.data.get("supportable"):
        return None
    return say("可能不予支持的，不适用简易办理（第5条第三项）。确认可以支持或者答复的，勾选后办理")


def within_simple_term(act: Act) -> Sentence | None:
    """T16: decided within so many 工作日 of receipt; afterwards the matter goes the ordinary way."""
    last = simple_term(act)
    if act.on <= last:
        return None
    return say("简易办理应当在{day}前决定，已过期。按普通程序受理", day=last.isoformat())


def simple_term(act: Act) -> date:
    """The last day on which the unit may decide on the simple procedure."""
    running = deadline_of(act, "T16", act.case.unit_id)
    if running is not None:
        return running.due_on
    given = current_dispatch(act)
    since = clock.day_of(given.sent_at) if given is not None else act.case.received_on
    limit, _ = local_limits.in_force("T16", act.case.unit_id, since)
    assert limit.length is not None
    return clocks.due(since, limit.length, limit.unit, load_calendar(), roll=limit.roll).rolled


def is_simple(act: Act) -> Sentence | None:
    """Only what is handled simply can be taken out of it."""
    return None if matter_of(act).procedure == SIMPLE else say("此件没有适用简易办理")


def simple_supports(act: Act) -> Sentence | None:
    """第5条第三项 once more: it turned out that the request cannot be supported."""
    if matter_of(act).procedure != SIMPLE or "N" not in (act.data.get("outcomes") or {}).values():
        return None
    return say("不予支持的，不适用简易办理（第5条第三项）。先“转为普通程序”，办理期限从受理之日起算")


SIMPLE_GUARDS: Sequence[Guard] = (
    fits_simple, not_proposed_yet, will_be_supported, within_simple_term, is_simple, simple_supports,
)  # fmt: skip


def is_proposed(case: Case) -> bool:
    """Whether the clocks of the simple procedure run for whoever receives the matter."""
    return isinstance(case, Matter) and case.procedure == PROPOSED


# --- effects ---------------------------------------------------------------------------------------------------------


def propose_simple(act: Act) -> None:
    """The office's clock counts from receipt, whenever it is proposed."""
    matter_of(act).procedure = PROPOSED
    returned = last_event(act, "recall", "uphold_objection")
    act.extra["start_on"] = clock.day_of(returned.at) if returned is not None else act.case.received_on


def accept_simple(act: Act) -> None:
    """Every claim is dealt with in the petition procedure itself (第31条第六项)."""
    matter = matter_of(act)
    matter.procedure = SIMPLE
    for claim in matter.claims:
        claim.route = "R6"


def convert(act: Act) -> None:
    """第34条: the 60 日 count from the day it was accepted, not from the day it turned out unfit."""
    matter_of(act).procedure = CONVERTED
    accepted = last_event(act, "accept_simple")
    assert accepted is not None
    act.extra["start_on"] = clock.day_of(accepted.at)


SIMPLY: dict[str, Effect] = {effect.__name__: effect for effect in (propose_simple, accept_simple, convert)}
