"""What the fields of a review offer to choose from."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import exists, select

from petitions import db
from petitions.access.models import User, UserRole
from petitions.access.roles import Role
from petitions.cases.fields import Choice
from petitions.cases.models import Case, Event
from petitions.matters.conflicts import why_away
from petitions.matters.hearing import lists as hearing
from petitions.matters.lists import CHOICES as OF_MATTERS
from petitions.matters.service import lists as service
from petitions.review.models import Review
from petitions.web.inputs import initials
from petitions.words import Sentence, say

FIXED: Mapping[str, tuple[Choice, ...]] = {
    "review_results": (
        Choice("uphold", say("维持")),
        Choice("change", say("变更")),
        Choice("annul", say("撤销，责令限期重新作出")),
    ),
    "review_refusals": (
        Choice("late", say("超过申请期，没有正当理由")),
        Choice("not_ours", say("本机关不是作出意见的机关、单位的上一级")),
        Choice("new_facts", say("提出的是新的事实和理由，或者超出原诉求")),
        Choice("not_concerned", say("申请人不是原信访人或者其代理人")),
        Choice("other_way", say("已经或者依法应当通过诉讼、仲裁、行政复议等途径解决")),
    ),
}
"""Within what the law gives: whom it gives the right (第35条、第36条), until when, and about what."""

REFUSAL_ARTICLES: Mapping[str, str] = {
    "late": "第35条、第36条第一款", "not_ours": "第35条、第36条第一款", "new_facts": "第36条第三款",
    "not_concerned": "第35条、第36条第一款", "other_way": "第31条",
}  # fmt: skip

_DECIDING = ("inquire", "submit_opinion", "approve_opinion")


def involved_in(review: Review) -> set[int]:
    """Everybody who had a hand in what is reviewed: the answer, and of a 复核 the 复查 before it."""
    if review.involved is not None:
        return review.involved
    before = [review.about_id, *([review.previous_id] if review.previous_id else [])]
    hands = select(Event.actor_id, Event.behalf_id).where(Event.case_id.in_(before), Event.action.in_(_DECIDING))
    return {one for row in db.session().execute(hands) for one in row if one is not None}


def why_not_here(person: User, review: Review, involved: set[int]) -> Sentence | None:
    """Why somebody may not work on a review, or None."""
    if person.id in involved:
        return say("{name}参加过原意见的办理，不能再办理对它的复查、复核", name=person.name)
    return why_away(person, review.matter)


def handlers(case: Case | None, actor: User) -> Sequence[Choice]:  # noqa: ARG001
    """The people of the reviewing body who may work on it."""
    if not isinstance(case, Review):
        return []
    involved, able = involved_in(case), [Role.HANDLER.value, Role.REVIEWER.value]
    wanted = select(User).where(
        User.unit_id == case.unit_id, User.active,
        exists().where(UserRole.user_id == User.id, UserRole.role.in_(able)),
    ).order_by(User.id)  # fmt: skip
    return [
        Choice(str(one.id), one.name, keys=initials(one.name), why_not=why_not_here(one, case, involved) or "")
        for one in db.session().scalars(wanted)
    ]


def colleagues(case: Case | None, actor: User) -> Sequence[Choice]:
    """The people of one's own unit, of whom some may have to stay away."""
    return OF_MATTERS["colleagues"](case.matter if isinstance(case, Review) else None, actor)


def claims(case: Case | None, actor: User) -> list[Choice]:  # noqa: ARG001
    """The claims it is about: those of the matter, and no others (domain.md §8.7)."""
    if not isinstance(case, Review):
        return []
    return [Choice(str(claim.id), claim.text) for claim in case.matter.claims if str(claim.id) in case.claims]


def outcomes(case: Case | None, actor: User) -> Sequence[Choice]:
    """The outcomes that fit the matter."""
    return OF_MATTERS["outcomes"](case.matter if isinstance(case, Review) else None, actor)


def _constant(listed: tuple[Choice, ...]) -> Callable[[Case | None, User], Sequence[Choice]]:
    def offered(case: Case | None, actor: User) -> Sequence[Choice]:  # noqa: ARG001
        return listed

    return offered


_SHARED = (
    "late_grounds",
    "recusal_askers",
    "inquiry_kinds",
    "service_methods",
    "every_unit",
    "unserved_papers",
    "open_papers",
    *hearing.CHOICES,
    *service.CHOICES,
)

CHOICES: Mapping[str, Any] = {
    **{name: OF_MATTERS[name] for name in _SHARED},
    **{name: _constant(listed) for name, listed in FIXED.items()},
    "handlers": handlers,
    "colleagues": colleagues,
    "claims": claims,
    "outcomes": outcomes,
}
