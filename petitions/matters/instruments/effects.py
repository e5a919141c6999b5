"""The guards and effects of these acts, and what their forms hold.

A 建议书 is a letter with a day to answer by, of which the regulation says nothing: T14, 30 日 where no region has its own.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from petitions import clock
from petitions.access.models import User
from petitions.cases import local_limits
from petitions.cases.kinds import Act, Effect, Guard
from petitions.cases.models import Case
from petitions.cases.panels import Presenter
from petitions.matters import who
from petitions.matters.course import last_event, matter_of
from petitions.matters.instruments.fields import LISTS, TOLD_OF_ALL
from petitions.matters.paper_values import petition_of
from petitions.matters.people import Someone
from petitions.matters.wording import unit_name
from petitions.words import Sentence, say

# --- guards ----------------------------------------------------------------------------------------------------------


def principal_has_signed(act: Act) -> Sentence | None:
    """Nobody speaks for somebody who has not said so."""
    if act.asking or act.data.get("principal_signed"):
        return None
    return say("信访人签名或者盖章以后才能登记代理委托，签名后勾选")


def told_whom_the_article_names(act: Act) -> Sentence | None:
    """第25条 names four that are told of anything urgent; a petition office tells those above it, too."""
    if act.asking or set(TOLD_OF_ALL) <= set(act.data["reported_to"]):
        return None
    return say("第25条要求报告本级党委和政府，通报主管部门和联席会议办公室，四个都要报送")


def suggestion_waits(act: Act) -> Sentence | None:
    """There is one that was not answered."""
    last = last_event(act, "suggest", "answer_suggestion")
    return None if last is not None and last.action == "suggest" else say("没有等待反馈的建议")


def no_suggestion_waits(act: Act) -> Sentence | None:
    """One at a time, so that an answer says which it answers."""
    return say("上一份建议还没有反馈采纳情况") if suggestion_waits(act) is None else None


INSTRUMENT_GUARDS: Sequence[Guard] = (
    principal_has_signed,
    told_whom_the_article_names,
    suggestion_waits,
    no_suggestion_waits,
)


# --- effects ---------------------------------------------------------------------------------------------------------


def add_agent(act: Act) -> None:
    """The agent stands among the people of the matter, once: repeats are found by the principal, never by the agent."""
    matter, name = matter_of(act), act.data["agent"]
    if any(one.part == "agent" and one.name == name for one in matter.petitioners):
        return
    kind = next(str(one.label) for one in LISTS["agent_kinds"] if one.value == act.data["agent_kind"])
    person = who.entered(
        Someone("agent", name=name, phone=act.data.get("agent_phone", ""), relation=kind), sealed=matter.sealed
    )
    person.petition = petition_of(matter)
    matter.petitioners.append(person)


INSTRUMENTS: Mapping[str, Effect] = {"add_agent": add_agent}


# --- forms -----------------------------------------------------------------------------------------------------------


def suggesting(case: Case, user: User) -> dict[str, Any]:  # noqa: ARG001
    """To the unit that handles it, with the days of T14 to answer."""
    today = clock.today()
    limit, _ = local_limits.in_force("T14", case.unit_id, today)
    assert limit.length is not None
    return {"addressee": unit_name(case.unit_id), "answer_by": today + timedelta(days=limit.length)}


def reporting(case: Case, user: User) -> dict[str, Any]:
    """Found now, by whoever reports."""
    return {"found_on": clock.today(), "found_time": f"{clock.now():%H时%M分}", "finder": user.name,
            "urgent_place": getattr(case, "place", "")}  # fmt: skip


PRESENT: Mapping[str, Presenter] = {"suggest": suggesting, "report_urgent": reporting}
