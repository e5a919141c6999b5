"""阶段, 处理结果, 落实情况, 满意度: four things that are easily taken for one, side by side on the case page."""

from dataclasses import dataclass

from petitions import clock
from petitions.access.models import User
from petitions.cases import codes, history
from petitions.cases.models import Case
from petitions.cases.panels import Panel, Place
from petitions.matters.aftercare import shown
from petitions.matters.follow_up import GROUNDS, NOT_REACHED
from petitions.matters.models import Matter, ReturnVisit
from petitions.matters.performance import DONE, RESULTS, Promise, favourable_outcomes
from petitions.matters.rating import why_not_rated
from petitions.matters.workflow import FLOW
from petitions.words import Sentence, say

_BEGINS = FLOW.before("visit", "archive", "dispose")
"""States in which there can be something to say of it."""

_CLOSED = FLOW.closed_states() - FLOW.after("dispose")


@dataclass(frozen=True)
class PromiseRow:
    """One thing that was promised."""

    promise: Promise
    result: Sentence
    late: bool


def standing(case: Case, user: User) -> Panel | None:  # noqa: ARG001 - a PanelMaker
    """What was decided, what was done of it, where the procedure stands, how it was rated."""
    if not isinstance(case, Matter):
        return None
    settled = "settle" in (history.known_latest(case.id) or {})
    if case.state not in _BEGINS and not settled:
        return None
    known = shown(case)
    promises, visits, task = known.promises, known.visits, known.tasks[-1] if known.tasks else None
    has_file = case.state in _CLOSED
    if not (case.outcome or promises or visits or task or has_file):
        return None
    last = next((visit for visit in reversed(visits) if visit.reached), None)
    facts = [
        (say("办理阶段"), say(FLOW.state[case.state].label)),
        (say("处理结果"), codes.label("outcome", case.outcome) if case.outcome else say("没有处理结论")),
        (say("落实情况"), _performance(case, promises, last)),
        (say("对信访部门"), _rating(case, last, "office_rating")),
        (say("对责任单位"), _rating(case, last, "unit_rating")),
    ]
    return Panel(
        say("结果、落实和评价"), "followup/_standing.html", Place.SIDE, "standing",
        {
            "has_file": has_file, "facts": facts, "task": task, "ground": GROUNDS[task.ground] if task else "",
            "promises": [
                PromiseRow(row, RESULTS[row.result], row.result != DONE and row.due_on < clock.today())
                for row in promises
            ],
        },
    )  # fmt: skip


def _performance(case: Matter, promises: list[Promise], last: ReturnVisit | None) -> Sentence:
    """By the promises; where none was written down, as the petitioner said; never by state or outcome."""
    if promises:
        done = sum(row.result == DONE for row in promises)
        return say("{total}项中已落实{done}项", total=len(promises), done=done)
    if last is not None and last.performed in RESULTS:
        return say("信访人说：{result}", result=RESULTS[last.performed])
    if case.outcome in favourable_outcomes():
        return say("还没有确定应落实事项")
    return say("没有需要落实的事项")


def _rating(case: Matter, last: ReturnVisit | None, name: str) -> Sentence | str:
    if why_not_rated(case):
        return say("不列入满意度评价")
    given = getattr(last, name) if last is not None and last.performed != NOT_REACHED else ""
    return codes.label("satisfaction", given) if given else say("还没有评价")
