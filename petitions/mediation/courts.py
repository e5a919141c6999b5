"""司法确认 as a person meets it: which court is competent and by which rule, what has to come along, how it stands.

Whether it may be asked at all is held by the guards (confirming.py); here it is said before anybody travels.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from petitions import clock
from petitions.access.models import User
from petitions.cases import clocks
from petitions.cases.calendar import load_calendar
from petitions.cases.limits import LIMITS
from petitions.cases.models import Case, Deadline
from petitions.cases.panels import Panel
from petitions.mediation.confirming import materials_of
from petitions.mediation.lists import FIXED, WHY_NOT_CONFIRMED
from petitions.mediation.models import Confirmation, Mediation
from petitions.words import Sentence, say

# --- the competent court ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Proposal:
    """A court, by which rule it is competent, and the sentence that says so."""

    court: str
    """Empty where the rule is known but not how that court is called."""
    rule: str
    """An entry of the list `court_rules`."""
    why: Sentence


def competent(source: str, sent_by: str, committees_court: str, *, intermediate: str = "") -> Proposal:
    """The court to be asked (民事诉讼法第205条, 司法确认规定第2条), over plain values.

    `source` and `sent_by`: how the dispute came and from which body; `committees_court`: the basic court of the
    committee's place; `intermediate`: that court's name, where the dispute belongs before an intermediate court.
    """
    if source.startswith("court_"):
        return Proposal(
            sent_by, "inviting",
            say("此件由人民法院委派、委托调解，向作出邀请的人民法院提出（《民事诉讼法》第205条第一项、《司法确认规定》第2条第二款）"),
        )  # fmt: skip
    if intermediate:
        return Proposal(
            intermediate, "intermediate",
            say("协议所涉纠纷应当由中级人民法院管辖，向相应的中级人民法院提出（《民事诉讼法》第205条第二项）"),
        )  # fmt: skip
    if committees_court:
        return Proposal(
            committees_court, "committee",
            say("此件由调委会自行开展调解，向调解组织所在地的基层人民法院提出（《民事诉讼法》第205条第二项、《司法确认规定》第2条）"),
        )  # fmt: skip
    return Proposal(
        "", "committee",
        say("调委会还没有登记所在地的基层人民法院，填写它的名称（《民事诉讼法》第205条第二项）"),
    )  # fmt: skip


OTHER_COURTS = (
    say("当事人也可以选择一方当事人住所地、标的物所在地的基层人民法院（《民事诉讼法》第205条第二项）"),
    say("协议所涉纠纷应当由中级人民法院管辖的，向相应的中级人民法院提出（《民事诉讼法》第205条第二项）"),
)
"""What may be chosen instead, where no court had invited the mediation."""


def proposed(mediation: Mediation) -> Proposal:
    """The court for this agreement."""
    committee = mediation.committee
    return competent(mediation.source, mediation.sent_by, committee.court if committee is not None else "")


# --- the form --------------------------------------------------------------------------------------------------------

_NOT_DECIDED_BY_COURT = {
    # Of a divorce the property may be confirmed, the status may not; of land the lease may, the title may not.
    "marriage": say("身份关系（离婚、亲子、收养）不能确认；同一协议中的财产、抚养费给付可以确认"),
    "housing": say("房屋、宅基地的权属（确权）不能确认；给付、腾退、补偿的内容可以确认"),
    "land": say("山林、土地的权属（确权）不能确认；给付、恢复原状、补偿的内容可以确认"),
}
"""By type of dispute, what is easily overlooked of 民事诉讼法解释第355条."""


def known(case: Case, user: User) -> Mapping[str, Any]:  # noqa: ARG001 - the shape of a presenter
    """The form of `ask_confirmation` before anybody types: the court with its rule, and that all of them ask."""
    assert isinstance(case, Mediation)
    proposal = proposed(case)
    return {
        "court": proposal.court, "court_rule": proposal.rule, "together": [str(one.id) for one in case.principals],
        "asked_on": clock.today(),
    }  # fmt: skip


def beside(case: Case, user: User, typed: Mapping[str, Any]) -> Panel | None:  # noqa: ARG001
    """Beside that form: why this court, until which day, what must be there and what a court does not take up."""
    if not isinstance(case, Mediation):
        return None
    proposal, labels = proposed(case), _labels("confirmation_materials")
    needed = materials_of(case)
    return Panel(
        say("向哪个法院、带什么、哪些不能确认"), "mediation/_courts.html",
        data={
            "standing": standing(case), "proposal": proposal,
            "others": () if proposal.rule == "inviting" else OTHER_COURTS,
            "materials": [(labels[name], name in needed) for name in labels],
            "excluded": list(WHY_NOT_CONFIRMED.values()), "overlooked": _NOT_DECIDED_BY_COURT.get(case.dispute_type),
        },
    )  # fmt: skip


def _labels(name: str) -> dict[str, str]:
    return {choice.value: choice.label for choice in FIXED[name]}


# --- how it stands ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """司法确认 of the agreement that counts, for a panel."""

    step: str
    """open: may be asked; late: the 30 日 are over; waiting: asked; accepted: the court decides; ended: it has."""
    last_day: date | None
    """第33条: the last day to ask."""
    court: str
    """The one that was asked, or the one that is proposed."""
    why: str
    """By which rule it is competent."""
    asked_on: date | None
    accepted_on: date | None
    answer_by: date | None
    """By when the court says whether it accepts (M10), then how it rules (M11): its own duty, and no clock of the case."""
    result: str
    """valid, rejected, not_accepted, withdrawn, or empty."""
    result_words: str
    result_on: date | None
    number: str
    """The court's own."""
    object_until: date | None
    """异议期 (民事诉讼法解释第372条)."""
    enforce_until: date | None
    """申请执行期 (民事诉讼法第250条)."""
    next: Sentence
    """What comes now, and who does it."""


def standing(mediation: Mediation) -> Standing | None:
    """How the confirmation stands; None as long as no agreement is in force, for then there is nothing to confirm."""
    if mediation.effective_on is None or mediation.agreement is None:
        return None
    asked, window = mediation.confirmation, _clock(mediation, "M9")
    if asked is not None and asked.agreement_id != mediation.agreement.id:
        asked = None  # it was about an earlier agreement, which this one has taken the place of
    proposal, last_day = proposed(mediation), window.due_on if window is not None else None
    in_time = last_day is None or clock.today() <= last_day
    step = _step(asked, in_time=in_time)
    result = asked.result if asked is not None else ""
    rules = _labels("court_rules")
    return Standing(
        step=step, last_day=last_day,
        court=asked.court if asked is not None else proposal.court,
        why=rules.get(asked.court_rule, "") if asked is not None else proposal.why,
        asked_on=asked.asked_on if asked is not None else None,
        accepted_on=asked.accepted_on if asked is not None else None,
        answer_by=_answers_by(asked) if asked is not None else None,
        result=result, result_words=_RESULTS.get(result, ""), result_on=asked.result_on if asked is not None else None,
        number=asked.ruling_number if asked is not None else "",
        object_until=_due(mediation, "M12.party"), enforce_until=_due(mediation, "M13"),
        next=_next(step, result, in_time=in_time),
    )  # fmt: skip


def _answers_by(asked: Confirmation) -> date | None:
    if asked.result:
        return None
    code, start = ("M11.special", asked.accepted_on) if asked.accepted_on else ("M10", asked.asked_on)
    limit = LIMITS[code]
    assert limit.length is not None
    return clocks.due(start, limit.length, limit.unit, load_calendar(), roll=limit.roll).rolled


_RESULTS: Mapping[str, Sentence] = {
    "valid": say("裁定调解协议有效"), "rejected": say("裁定驳回申请"), "not_accepted": say("裁定不予受理"),
    "withdrawn": say("已撤回申请"),
}  # fmt: skip


def _step(asked: Any, *, in_time: bool) -> str:
    if asked is None or asked.result == "withdrawn":
        return "open" if in_time else "late"
    if asked.result:
        return "ended"
    return "waiting" if asked.accepted_on is None else "accepted"


_NEXT: Mapping[str, Sentence] = {
    "open": say("双方当事人可以共同申请；不申请的，协议同样有约束力（第31条、第33条）"),
    "open withdrawn": say("申请已撤回。期限内双方仍可以再次共同申请（《司法确认规定》第5条第二款）"),
    "late": say("申请期已过，不能再申请司法确认；一方不履行的，另一方可以起诉（第32条、第33条）"),
    "waiting": say("人民法院三日内决定是否受理。收到受理通知后登记“法院受理”（《司法确认规定》第4条）"),
    "accepted": say("人民法院正在审查。收到裁定后登记“法院裁定”（《民事诉讼法》第206条）"),
    "ended valid": say("一方拒绝履行的，另一方可以申请强制执行（第33条第二款）"),
    "ended": say("可以“变更协议，重新调解”，也可以向人民法院起诉（第33条第三款、《民事诉讼法》第206条）"),
    "ended corrected": say(
        "可以在期限内补正后再次共同申请，也可以“变更协议，重新调解”，或者向人民法院起诉（第33条第三款、《民事诉讼法》第206条）"
    ),
}


def _next(step: str, result: str, *, in_time: bool) -> Sentence:
    if step == "ended" and result == "not_accepted" and in_time:
        return _NEXT["ended corrected"]
    return _NEXT.get(f"{step} {result}", _NEXT[step])


def _clock(mediation: Mediation, code: str) -> Deadline | None:
    return next((row for row in reversed(mediation.deadlines) if row.code == code), None)


def _due(mediation: Mediation, code: str) -> date | None:
    """The last day of a right that still runs."""
    row = _clock(mediation, code)
    return row.due_on if row is not None and row.ended_on is None else None


PRESENT = {"ask_confirmation": known}
BESIDE = {"ask_confirmation": beside}
