"""The guards of the answer: what the unit tells, handles, approves and serves, and how a matter ends (guards.py)."""

from collections.abc import Sequence

from petitions.cases import local_limits
from petitions.cases.kinds import Act, Guard
from petitions.cases.models import Deadline
from petitions.matters.course import assignment, deadline_of, last_event, matter_of, pending_extension, report_of
from petitions.matters.lists import open_papers, unserved_papers
from petitions.matters.models import Petitioner
from petitions.matters.paper_values import people_of
from petitions.matters.reviewing import window_of
from petitions.matters.workflow import FLOW
from petitions.words import Sentence, say

_OURS = frozenset(("R4", "R5", "R6"))


def one_claim_is_ours(act: Act) -> str | None:
    """A matter is accepted when the unit itself must deal with at least one claim.

    Besides the petition procedure (第31条第六项) these are its own administrative procedures (第四项) and the duties it
    has to perform or answer about (第五项); only the sixth has the 60 日.
    """
    routes = act.data.get("routes")
    if not routes or matter_of(act).nature == "suggestion" or not _OURS.isdisjoint(routes.values()):
        return None
    return say("没有一项诉求由本单位办理（第31条第四、五、六项）。改用“导入法定途径”")


def identity_is_unclear(act: Act) -> str | None:
    """第23条第二款 waives the notice only where name or address is unclear, and is used once."""
    if last_event(act, "waive_notice") is not None:
        return say("已经记明免予告知")
    people = [person for person in people_of(matter_of(act)) if person.part == "petitioner"]
    if any(person.named and person.homed for person in people):
        return say("信访人姓名、住址清楚，应当书面告知（第23条第二款）")
    return None


def extension_is_left(act: Act) -> str | None:
    """第34条: at most 30 日 in all."""
    clock = deadline_of(act, "T6")
    if clock is None or clock.ended_on is not None:
        return say("此件没有正在计算的60日办理期限，不需要延期")
    if clock.extension >= local_limits.of(clock).extension:
        return say("已延长{given}日，不能再延（第34条）", given=clock.extension)
    if act.on > clock.due_on:
        return say("办理期限已于{due}届满，届满后不能申请延期（第34条）", due=clock.due_on.isoformat())
    return None


def extension_fits(act: Act) -> str | None:
    """The days asked and those already given stay within 30 日."""
    clock, days = deadline_of(act, "T6"), int(act.data.get("days", 0))
    most = local_limits.of(clock).extension if clock else 0
    left = most - (clock.extension if clock else 0)
    if days > left:
        return say("累计延长不得超过{most}日（第34条），还可以延长{left}日", most=most, left=left)
    return None


def no_more_than_asked(act: Act) -> str | None:
    """The person in charge may grant fewer days than were asked for, never more."""
    asked, days = pending_extension(act), int(act.data.get("days", 0))
    if asked is not None and days > int(asked.data["days"]):
        return say("申请的是{asked}日，批准的天数不能更多", asked=asked.data["days"])
    return None


def no_extension_pending(act: Act) -> str | None:
    """One request at a time."""
    return say("已有一份延期申请等待批准") if pending_extension(act) else None


def extension_is_pending(act: Act) -> str | None:
    """Approved is what was asked for."""
    return None if pending_extension(act) else say("没有等待批准的延期申请")


def approver_is_not_asker(act: Act) -> str | None:
    """Who asks never approves. Taking a request back needs no second person."""
    asked = pending_extension(act)
    if asked is not None and asked.is_in_hands_of(act.actor, act.behalf):
        return say("延期不能由申请人自己批准")
    return None


def approver_is_not_drafter(act: Act) -> str | None:
    """Who drafts an opinion never approves it."""
    drafted = last_event(act, "submit_opinion")
    if drafted is not None and drafted.is_in_hands_of(act.actor, act.behalf):
        return say("处理意见不能由起草人自己审核")
    return None


def opinion_stands(act: Act) -> str | None:
    """What is told of or handed over is the opinion that holds, not one that was taken back."""
    if any(paper.kind == "opinion" for paper in act.case.papers):
        return None
    return say("处理意见书已经作废，先重新出具")


def was_assigned(act: Act) -> str | None:
    """Only 交办 asks for a report back."""
    if assignment(act) is None:
        return say("此件是转送，不需要反馈办结报告")
    return say("办结报告已经反馈") if report_of(act) else None


def was_reported(act: Act) -> str | None:
    """A report must lie before it can go back."""
    return None if assignment(act) and report_of(act) else say("还没有收到办结报告")


def reported_if_assigned(act: Act) -> str | None:
    """第22条第三项: a matter given with a date ends with its report."""
    return say("此件是交办件，先反馈办结报告") if assignment(act) and not report_of(act) else None


def review_window_is_over(act: Act) -> str | None:
    """The petitioner's 30 日 for 复查 or 复核 (第35条、第36条) pass unused, or the petitioner accepts in writing."""
    window = window_of(act)
    if window is None or act.on > window.due_on or act.data.get("accepted_by_petitioner"):
        return None
    if act.asking:
        # The tick can still be made, so the button is shown.
        return None
    return say(
        "{name}到{due}为止。信访人书面表示接受的，勾选后可以办结", name=_called(window), due=window.due_on.isoformat()
    )


def review_window_has_passed(act: Act) -> str | None:
    """Before that only a written acceptance ends the matter: possible, and not what comes next."""
    window = window_of(act)
    if window is None or act.on > window.due_on:
        return None
    return say("{name}到{due}为止", name=_called(window), due=window.due_on.isoformat())


def _called(window: Deadline) -> Sentence:
    return say("复核申请期（第36条）") if window.code == "T10" else say("复查申请期（第35条）")


def _people(act: Act) -> Sequence[Petitioner]:
    """Those of the petition that was joined elsewhere are looked for only where none are left here."""
    return matter_of(act).petitioners or people_of(matter_of(act))


def has_unserved_paper(act: Act) -> str | None:
    """Something must be waiting to be received; the opinion has an act of its own."""
    return None if unserved_papers(act.case, act.actor) else say("没有等待送达的告知书")


def has_open_paper(act: Act) -> str | None:
    """Something waits to be received, the answer among it."""
    return None if open_papers(act.case, act.actor) else say("没有等待送达的文书")


def was_visited(act: Act) -> str | None:
    """A matter that was answered here is followed up before its file is closed."""
    matter = matter_of(act)
    owed = (
        matter.state in FLOW.after("conclude")
        and not matter.visits
        and any(person.reachable for person in _people(act))
    )
    if owed and last_event(act, "record_answer") is None:
        return say("还没有回访记录。回访后归档")
    return None


def visit_is_owed(act: Act) -> str | None:
    """The file waits for a visit; until the matter is concluded nothing does."""
    return None if was_visited(act) else say("还不需要回访")


def freely_withdrawn(act: Act) -> str | None:
    """A withdrawal counts only when it is the petitioner's own will, in writing."""
    if not act.asking and not act.data.get("free_will"):
        return say("撤回须由信访人自愿书面提出")
    return None


ANSWER_GUARDS: tuple[Guard, ...] = (
    opinion_stands,
    one_claim_is_ours,
    identity_is_unclear,
    extension_is_left,
    extension_fits,
    no_more_than_asked,
    no_extension_pending,
    extension_is_pending,
    approver_is_not_asker,
    approver_is_not_drafter,
    was_assigned,
    was_reported,
    reported_if_assigned,
    review_window_is_over,
    review_window_has_passed,
    has_unserved_paper,
    has_open_paper,
    was_visited,
    visit_is_owed,
    freely_withdrawn,
)
