"""What a matter knows of its 复查 and 复核 (第35条、第36条): whether one is open, what came of it, and the end.

The reviews are cases of their own (petitions/review), which this package does not know: one is opened through `OPENERS`,
and comes back through the door with acts that say which case they come of.
"""

import re
from collections.abc import Callable, Iterable
from datetime import date

from sqlalchemy import select

from petitions import db
from petitions.access.models import Unit
from petitions.cases.clocks import in_words
from petitions.cases.kinds import Act, Effect, Guard
from petitions.cases.models import Case, Deadline, Document, Event
from petitions.matters.above import bodies_above, name_above
from petitions.matters.course import deadline_of, last_event, matter_of, outcome_of
from petitions.matters.models import Matter
from petitions.words import say

OPENERS: list[Callable[[Act], None]] = []
"""Opens the review that an act asks for; filled by the package that owns reviews."""

WINDOWS = ("T8", "T10")
"""The petitioner's 30 日 to ask for a 复查 (第35条), and for a 复核 of it (第36条第一款). At most one of them runs."""

_ASKED = ("request_review", "request_rereview")
_ANSWERED = ("drop_review", "drop_rereview", "receive_review", "redo_opinion", "end")

_COMES_OF = {
    "drop_review": ("refuse", "withdraw", "recall_sealed"),
    "drop_rereview": ("refuse", "withdraw", "recall_sealed"),
    "receive_review": ("serve",),
    "redo_opinion": ("serve",),
    "end": ("serve",),
}
"""The acts of a review with which an act of its matter goes: by itself none of these can be done."""


def window_of(act: Act) -> Deadline | None:
    """The petitioner's window that counts now: T10 once a review was answered, T8 before."""
    if _reviewed(act) is not None:
        return deadline_of(act, "T10")
    return deadline_of(act, "T8")


def asked_in(act: Act) -> Deadline | None:
    """The window an act of asking stands in."""
    return deadline_of(act, "T10" if act.action.name == "request_rereview" else "T8")


def is_late(act: Act) -> bool:
    """Whether a request came after its window. What was posted before its end is in time (民事诉讼法第85条, by analogy)."""
    window = asked_in(act)
    return (
        window is not None
        and date.fromisoformat(act.data.get("request_posted_on") or act.on.isoformat()) > window.due_on
    )


def opinion_of(case: Case, kind: str = "opinion") -> Document | None:
    """The newest opinion paper that has reached the petitioner."""
    return next((paper for paper in reversed(case.papers) if paper.kind == kind and paper.services), None)


def issuer_of(case: Case) -> Unit | None:
    """The unit that gave the newest opinion."""
    paper = opinion_of(case)
    return paper.unit if paper else None


def answered_review(case: Case) -> Case | None:
    """The review of the newest opinion whose own opinion has reached the petitioner."""
    opinion = opinion_of(case)
    for one in reversed(case.followers):
        paper = opinion_of(one, "review_opinion")
        if paper is not None and opinion is not None:
            return one if paper.id > opinion.id else None
    return None


def ended_among(matter_ids: Iterable[int]) -> frozenset[int]:
    """Those of the matters that were finally reviewed."""
    ids = list(matter_ids)
    if not ids:
        return frozenset()
    return frozenset(db.session().scalars(select(Event.case_id).where(Event.case_id.in_(ids), Event.action == "end")))


def ending_of(matter_id: int) -> Event | None:
    """The act by which a matter was ended, with number and day of the final opinion."""
    wanted = select(Event).where(Event.case_id == matter_id, Event.action == "end").order_by(Event.id.desc()).limit(1)
    return db.session().scalar(wanted)


# --- guards ----------------------------------------------------------------------------------------------------------


def no_review_is_open(act: Act) -> str | None:
    """While a review runs the matter is neither asked about again nor ended."""
    last = last_event(act, *_ASKED, *_ANSWERED)
    if last is not None and last.action in _ASKED:
        return say("正在复查、复核，意见送达或者撤回申请以后才能办理")
    return None


def is_reviewable(act: Act) -> str | None:
    """第35条 is about opinions on what somebody asks for: an answer given here, and no reply to a suggestion (第29条)."""
    if matter_of(act).nature == "suggestion":
        return say("建议意见类事项由有关机关、单位研究回复（第29条），不适用复查、复核")
    if opinion_of(act.case) is None:
        return say("没有已经送达的信访处理意见书，不能申请复查、复核（第35条）")
    return None


def _reviewed(act: Act) -> Event | None:
    """The act by which the newest opinion's review reached the petitioner."""
    answered, served = last_event(act, "receive_review"), last_event(act, "serve")
    return answered if answered is not None and (served is None or answered.id > served.id) else None


def is_not_reviewed_yet(act: Act) -> str | None:
    """An opinion is reviewed once; what the review says goes to 复核."""
    if _reviewed(act) is not None:
        return say("该处理意见已经复查，对复查意见不服的用“登记复核申请”（第36条第一款）")
    return None


def is_reviewed_once(act: Act) -> str | None:
    """第36条第一款: 复核 is asked of somebody who has a 复查 opinion, and within the window which that one has opened."""
    if _reviewed(act) is None:
        return say("还没有送达的复查意见，先申请复查（第35条），对复查意见不服的才能申请复核")
    return None


def body_is_known(act: Act) -> str | None:
    """The body one level up keeps its own desk here; otherwise nobody could take the request up."""
    decided, answered = issuer_of(act.case), _reviewed(act)
    if act.action.name == "request_rereview" and answered is not None:
        decided = next((one.unit for one in act.case.followers if one.number == answered.data["review"]), None)
    if decided is None or bodies_above(decided.id):
        return None
    named = name_above(decided) or say("上一级机关、单位")
    return say("复查、复核机关是“{body}”，还没有录入为本系统的单位。请管理员录入以后再登记", body=named)


def posted_by_then(act: Act) -> str | None:
    """Nothing is received before it was posted, nor asked for before the answer was received."""
    if act.asking:
        return None
    posted, window = act.data.get("request_posted_on"), asked_in(act)
    if posted and date.fromisoformat(posted) > act.on:
        return say("邮戳日期不能晚于收到申请的日期")
    if window is not None and act.on < window.start_on:
        return say("收到申请的日期不能早于书面答复送达的日期（{day}）", day=window.start_on.isoformat())
    return None


def late_has_ground(act: Act) -> str | None:
    """A late request is recorded all the same, with the reason it gives: a person decides, never this line."""
    if act.asking or not is_late(act) or act.data.get("late_ground"):
        return None
    window = asked_in(act)
    assert window is not None
    return say(
        "申请期到{due}为止，这份申请已经逾期。选择“逾期的原因”再登记，由复查、复核机关决定", due=in_words(window.due_on)
    )


def comes_of_its_review(act: Act) -> str | None:
    """These acts go with an act of the review: with its newest one, once."""
    if act.asking:
        return say("这一步随复查、复核案件的办理自动记录，不能单独办理")
    named = next((case for case in act.case.followers if case.number == act.data["review"]), None)
    newest = select(Event).where(Event.case_id == (named.id if named else 0)).order_by(Event.id.desc()).limit(1)
    done, told = db.session().scalar(newest), last_event(act, *_ANSWERED)
    goes = done is not None and done.action in _COMES_OF[act.action.name] and (told is None or told.id < done.id)
    return None if goes else say("这一步随复查、复核案件的办理自动记录，不能单独办理")


def not_the_same_again(act: Act) -> str | None:
    """What was annulled is not decided the same way once more: other outcomes, or another basis. Nobody may say otherwise."""
    annulled, drafted = last_event(act, "redo_opinion"), last_event(act, "submit_opinion")
    data = act.data if act.action.name == "submit_opinion" else drafted.data if drafted else {}
    if annulled is None or "outcomes" not in data:
        return None
    wanted = (
        select(Event)
        .where(Event.case_id == act.case.id, Event.action == "submit_opinion", Event.id < annulled.id)
        .order_by(Event.id.desc())
        .limit(1)
    )
    before = db.session().scalar(wanted)
    if (
        before is None
        or before.data["outcomes"] != data["outcomes"]
        or _bare(before.data["basis"]) != _bare(data["basis"])
    ):
        return None
    return say("原处理意见已被撤销，不得以同一依据作出与原意见相同或者基本相同的处理意见。重新调查核实后再拟写")


def _bare(text: str) -> str:
    return re.sub(r"\W", "", text)


def was_not_ended(act: Act) -> str | None:
    """第36条第三款: what was finally reviewed takes no more petitions in."""
    other = act.data.get("matter")
    ended = ending_of(other) if other is not None else None
    if ended is None:
        return None
    return say(
        "{number}已经复核终结，不再并入。仍以同一事实和理由提出的用“不再受理”（第36条第三款）", number=ended.case.number
    )


def final_opinion_is_known(act: Act) -> str | None:
    """第36条第三款 rests on a 复核 opinion: of a matter that ended here, or by its number where it was given elsewhere."""
    if act.asking:
        return None
    other = act.data.get("matter")
    if other is None:
        return (
            None
            if act.data.get("review_number")
            else say("填写已经复核终结的原信访事项；在本系统外复核的，填写复核意见书文号")
        )
    if ending_of(other) is None:
        return say("原信访事项还没有复核终结，不适用“不再受理”（第36条第三款）")
    return None


REVIEWING_GUARDS: tuple[Guard, ...] = (
    no_review_is_open, is_reviewable, is_not_reviewed_yet, is_reviewed_once, body_is_known, posted_by_then, late_has_ground,
    comes_of_its_review, not_the_same_again, was_not_ended, final_opinion_is_known,
)  # fmt: skip


# --- effects ---------------------------------------------------------------------------------------------------------


def open_review(act: Act) -> None:
    """The request is a case of its own; its number stands in the history of the matter."""
    for opener in OPENERS:
        opener(act)


def change_outcomes(act: Act) -> None:
    """变更: what the review decided about the claims takes the place of what was decided."""
    matter, changed = matter_of(act), act.data.get("outcomes", {})
    for claim in matter.claims:
        claim.outcome = changed.get(str(claim.id), claim.outcome)
    matter.outcome = outcome_of(claim.outcome for claim in matter.claims)


def redo_opinion(act: Act) -> None:
    """Back to the unit, which has to answer anew by the day it was given; what was annulled decides nothing any more."""
    matter = matter_of(act)
    act.extra["due_on"] = date.fromisoformat(act.data["redo_until"])
    for claim in matter.claims:
        claim.outcome = ""
    matter.outcome = ""


def link_ended(act: Act) -> None:
    """The new petition points to the matter it says again."""
    other = act.data.get("matter")
    if other is not None:
        matter_of(act).related_to_id = other


REVIEWING: dict[str, Effect] = {
    effect.__name__: effect for effect in (open_review, change_outcomes, redo_opinion, link_ended)
}


def is_ended(matter: Matter) -> bool:
    """Whether it was finally reviewed, in the archive or not."""
    return matter.closed_on is not None and ending_of(matter.id) is not None
