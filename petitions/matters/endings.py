"""How a matter ends otherwise than by an opinion: withdrawn, settled, its petitioner gone; and who leads where units dispute it."""

from collections.abc import Sequence
from datetime import date

from petitions import clock
from petitions.access import units
from petitions.access.models import User
from petitions.cases import history
from petitions.cases.fields import Choice
from petitions.cases.kinds import Act, Effect, Guard
from petitions.cases.models import Case, Event
from petitions.matters import who
from petitions.matters.course import last_event, matter_of
from petitions.matters.lists import FIXED
from petitions.matters.paper_values import petition_of
from petitions.matters.people import Someone
from petitions.matters.performance import promises_of
from petitions.words import Sentence, say

# --- withdrawal and settlement ---------------------------------------------------------------------------------------


def everyone_withdraws(act: Act) -> Sentence | None:
    """One of several petitioners disposes of their own request and of nobody else's."""
    several = sum(person.part == "petitioner" for person in matter_of(act).petitioners) > 1
    if act.asking or not several or act.data.get("all_signed"):
        return None
    return say("此件有多名信访人，撤回申请须由全体信访人签名，或者附其他信访人的授权")


def may_be_settled(act: Act) -> Sentence | None:
    """第33条 is about what somebody asks for."""
    if matter_of(act).nature == "appeal":
        return None
    return say("只有申诉求决类事项可以调解、和解（第33条）")


def both_have_agreed(act: Act) -> Sentence | None:
    """An agreement is what both sides have signed."""
    if act.asking or act.data.get("both_agree"):
        return None
    return say("调解、和解协议须经双方当事人同意并签名（第33条）")


# --- the petitioner is gone ------------------------------------------------------------------------------------------


def nobody_else_asks(act: Act) -> Sentence | None:
    """Where others ask the same, the matter goes on with them."""
    if sum(person.part == "petitioner" for person in matter_of(act).petitioners) > 1:
        return say("还有其他信访人，继续办理")
    return say("已经登记，正在等待承受人") if _waits(last_event(act, "note_loss", "take_succession")) else None


def succession_waits(act: Act) -> Sentence | None:
    """Somebody can only step in for whom has gone."""
    last = last_event(act, "note_loss", "take_succession")
    return None if _waits(last) else say("没有登记信访人死亡或者终止，不需要承受人")


def _waits(last: Event | None) -> bool:
    return last is not None and last.action == "note_loss"


def discontinue_reasons(case: Case | None, actor: User) -> Sequence[Choice]:  # noqa: ARG001 - a list of choices
    """Why it may be discontinued; what does not hold yet is greyed with the reason."""
    if case is None:
        return FIXED["discontinue_reasons"]
    why = {"agreement_performed": _not_performed(case), **dict.fromkeys(("died", "dissolved"), _may_be_succeeded(case))}
    return [Choice(one.value, one.label, why_not=why.get(one.value) or "") for one in FIXED["discontinue_reasons"]]


def _not_performed(case: Case) -> Sentence | None:
    agreed = [row for row in promises_of(case) if row.ground == "settlement"]
    if not agreed:
        return say("没有登记调解、和解协议")
    return None if all(row.result == "done" for row in agreed) else say("协议还没有履行完毕，先登记落实结果")


def _may_be_succeeded(case: Case) -> Sentence | None:
    latest = history.latest_of_each(case.id)
    known = [latest[name] for name in ("note_loss", "take_succession") if name in latest]
    last = max(known, key=lambda event: event.id, default=None)
    if last is None:
        return None
    if last.action == "take_succession":
        return say("已有承受人，继续办理")
    until = date.fromisoformat(last.data["until"])
    return (
        say("承受人可以在{day}前参加办理，期满后没有承受人才能终止", day=until.isoformat())
        if until >= clock.today()
        else None
    )


def take_succession(act: Act) -> None:
    """Whoever succeeds asks from now on; who asked before stays in the register."""
    matter, data = matter_of(act), act.data
    heir = Someone(
        "petitioner", name=data["heir"], phone=data.get("heir_phone", ""), address=data.get("heir_address", ""),
        relation=data["heir_relation"],
    )  # fmt: skip
    person = who.entered(heir, sealed=matter.sealed)
    person.petition = petition_of(matter)
    matter.petitioners.append(person)


# --- several units (第24条) ------------------------------------------------------------------------------------------


def lead_is_disputed(act: Act) -> Sentence | None:
    """There is something to decide."""
    last = last_event(act, "dispute_lead", "decide_lead", "decide_other_lead")
    if last is not None and last.action == "dispute_lead":
        return None
    return say("没有等待决定的受理争议。先“登记受理争议”")


def lead_is_not_disputed(act: Act) -> Sentence | None:
    """One dispute at a time."""
    return say("受理争议已经登记，等待决定") if lead_is_disputed(act) is None else None


def another_leads(act: Act) -> Sentence | None:
    """The present unit is confirmed by the other act."""
    if act.data.get("lead_unit") != act.case.unit_id:
        return None
    return say("决定由现在的单位受理的，用“决定由本单位受理”")


def common_superior(unit_ids: Sequence[int]) -> int | None:
    """The nearest unit above all of these, or None: then the joint conference decides (第24条)."""
    lines = [list(units.upwards(unit_id))[1:] for unit_id in dict.fromkeys(unit_ids)]
    return next((one for one in lines[0] if all(one in line for line in lines[1:])), None) if lines else None


def lead_deciders(case: Case | None, actor: User) -> Sequence[Choice]:  # noqa: ARG001 - a list of choices
    """第24条: the common superior; the joint conference only where there is none."""
    if case is None:
        return FIXED["lead_deciders"]
    disputed = history.latest_of_each(case.id).get("dispute_lead")
    involved = [case.unit_id, *(disputed.data.get("disputing_units", ()) if disputed else ())]
    above = common_superior(involved)
    name = next((unit.name for unit in units.every() if unit.id == above), "")
    superior, conference = FIXED["lead_deciders"]
    return [
        Choice(superior.value, say("{what}：{name}", what=superior.label, name=name) if name else superior.label,
               why_not="" if name else say("没有共同的上一级机关、单位，由联席会议协调（第24条）")),
        Choice(conference.value, conference.label,
               why_not=say("有共同的上一级“{name}”，由其决定（第24条）", name=name) if name else ""),
    ]  # fmt: skip


ENDING_GUARDS: Sequence[Guard] = (
    everyone_withdraws, may_be_settled, both_have_agreed, nobody_else_asks, succession_waits, lead_is_disputed,
    lead_is_not_disputed, another_leads,
)  # fmt: skip

ENDING_EFFECTS: dict[str, Effect] = {"take_succession": take_succession}

ENDING_CHOICES = {"discontinue_reasons": discontinue_reasons, "lead_deciders": lead_deciders}
