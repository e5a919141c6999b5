"""The guards of the table of reviews; those a matter has too are the matter's own."""

import re

from sqlalchemy import select

from petitions import db
from petitions.access import past
from petitions.access.models import User
from petitions.cases import parts
from petitions.cases.kinds import Act, Guard
from petitions.cases.models import Event
from petitions.matters.course import last_event
from petitions.matters.guards import GUARDS as OF_MATTERS
from petitions.matters.hearing import guards as hearing
from petitions.matters.sealing import why_not_kept
from petitions.matters.service import guards as service
from petitions.review.lists import involved_in, why_not_here
from petitions.review.models import Review
from petitions.words import say

_ID_OR_PHONE = re.compile(r"\d{17}[\dXxＸｘ]|\d{15}|1\d{10}|0\d{2,3}-?\d{7,8}")


def review_of(act: Act) -> Review:
    """The review an act is about."""
    assert isinstance(act.case, Review)
    return act.case


def stands_apart(act: Act) -> str | None:
    """Nobody reviews what they decided themselves: whoever changed the unit meanwhile brings their hands along."""
    hands = {act.actor.id, act.behalf.id if act.behalf else act.actor.id}
    if hands & involved_in(review_of(act)):
        return say("你参加过原意见的办理，不能再办理对它的复查、复核")
    return None


def handler_may_work(act: Act) -> str | None:
    """Whoever is appointed stands apart from the answer, and from the petitioner."""
    review, chosen = review_of(act), act.data.get("handler")
    if chosen is None:
        return None
    if act.action.name == "recuse" and chosen == (act.data.get("recused") or act.case.handler_id):
        return say("此人应当回避此件（第28条第三款），另选承办人")
    person = db.session().get(User, chosen)
    return why_not_here(person, review, involved_in(review)) if person is not None else None


def late_is_decided(act: Act) -> str | None:
    """A late request is accepted for a reason a person gives; of one in time none is asked."""
    review = review_of(act)
    if act.asking or not review.late or act.data.get("late_reason"):
        return None
    return say(
        "申请期到{day}为止，这份申请已经逾期。有正当理由的，写明“逾期而受理的理由”", day=review.window_on.isoformat()
    )


def refusal_fits(act: Act) -> str | None:
    """Being late is no ground against a request that is not."""
    if act.data.get("review_refusal") == "late" and not review_of(act).late:
        return say("申请没有逾期（申请期到{day}为止），不能以此不予受理", day=review_of(act).window_on.isoformat())
    return None


def something_changes(act: Act) -> str | None:
    """变更 says what each claim is decided now; what stays as it was is upheld."""
    if act.data.get("review_result") == "change" and not _changes(act, act.data["outcomes"]):
        return say("变更后的处理结果与原来的相同。结论不变的选择“维持”")
    return None


def _changes(act: Act, outcomes: dict[str, str]) -> bool:
    return any(outcomes.get(str(claim.id), claim.outcome) != claim.outcome for claim in review_of(act).matter.claims)


# --- publication -----------------------------------------------------------------------------------------------------


def may_be_published(act: Act) -> str | None:
    """第36条第二款 lets a 复核 opinion be made public that was heard before; another one is the petitioner's own affair."""
    if not review_of(act).is_final:
        return say("只有复核意见可以公示（第36条第二款）")
    if last_event(act, "close_hearing") is None:
        return say("没有经过听证的复核意见不公示（第36条第二款）")
    return None


def names_nobody(act: Act) -> str | None:
    """No name of a petitioner, no telephone or identity number: the rest a second person reads."""
    text = act.data.get("public_text", "")
    names = [one.name for one in review_of(act).matter.petitioners if len(one.name) > 1]
    found = next((name for name in names if name in text), None)
    if found:
        return say("公示文本里还有信访人的姓名，删去或者改为“信访人”")
    if _ID_OR_PHONE.search(text):
        return say("公示文本里有像是证件号码或者电话的数字，删去")
    return None


def publication_is_proposed(act: Act) -> str | None:
    """Only a text somebody has prepared is approved."""
    return None if review_of(act).publication == "proposed" else say("没有等待审核的公示文本")


def publication_is_there(act: Act) -> str | None:
    """There is something to refuse, or to take down."""
    return None if review_of(act).publication else say("没有公示文本")


def publisher_is_not_proposer(act: Act) -> str | None:
    """Who prepares a text never approves it."""
    proposed = last_event(act, "propose_publication")
    if proposed is not None and proposed.is_in_hands_of(act.actor, act.behalf):
        return say("公示文本不能由拟写人自己审核")
    return None


def harms_nobody(act: Act) -> str | None:
    """Minors and accusers are never made public, and whoever approves says that they looked (domain.md §8.8)."""
    if act.asking or act.data.get("nobody_is_harmed"):
        return None
    return say("核对以后勾选：涉及未成年人、检举控告人或者能认出本人的，不能公示")


# --- what follows from the matter ------------------------------------------------------------------------------------


def its_matter_is_sealed(act: Act) -> str | None:
    """A review goes behind the wall with its matter, never alone."""
    return None if review_of(act).matter.sealed else say("随信访事项按检举控告保密时自动办理")


def its_matter_goes(act: Act) -> str | None:
    """A review is disposed of with its matter."""
    newest = select(Event.action).where(Event.case_id == act.case.about_id).order_by(Event.id.desc()).limit(1)
    return None if db.session().scalar(newest) == "dispose" else say("复查、复核案件随信访事项一并匿名化")


def unit_has_gone(act: Act) -> str | None:
    """Only what a unit leaves behind is taken over: by one that was named its successor, or by another desk (第30条)."""
    case, accused = act.case, review_of(act).matter.respondents
    there = {case.office_id, case.unit_id, case.sender_id, *parts.everybody(case)} - {None}
    gone = {one for one in there if one is not None and past.direct_heirs(one)}
    if case.sealed:
        gone |= {one for one in there if one is not None and why_not_kept(one, accused)}
    if not gone or (not act.asking and act.data["former_unit"] not in gone):
        return say("此件所在的单位没有合并、拆分，不用承接")
    if case.sealed and not act.asking:
        return why_not_kept(act.data["successor"], accused)
    if act.asking or act.data["successor"] in past.direct_heirs(act.data["former_unit"]):
        return None
    return say("只能由指定的承接单位承接")


_OWN: tuple[Guard, ...] = (
    stands_apart, handler_may_work, late_is_decided, refusal_fits, something_changes, may_be_published, names_nobody,
    publication_is_proposed, publication_is_there, publisher_is_not_proposer, harms_nobody, its_matter_is_sealed,
    its_matter_goes, unit_has_gone,
)  # fmt: skip

_SHARED = (
    "is_not_recused panel_is_not_recused has_unserved_paper has_open_paper nobody_is_appointed somebody_is_named has_handler"
    " not_declared_yet approver_is_not_drafter freely_withdrawn not_sealed clocks_move something_presses not_urged_today unit_is_overdue"
    " supervision_is_open"
)

GUARDS: dict[str, Guard] = {
    **{name: OF_MATTERS[name] for name in _SHARED.split()},
    **hearing.GUARDS,
    **service.GUARDS,
    **{guard.__name__: guard for guard in _OWN},
}
