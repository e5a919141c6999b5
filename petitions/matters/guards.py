"""The guards of the table: each gives the reason why not, in Chinese, or None.

A guard is also asked before anything is typed, to decide whether the button is shown; then `act.data` is empty
and a guard that looks at what was typed has nothing against it.
"""

from datetime import date, timedelta

from sqlalchemy import select

from petitions import db
from petitions.cases import codes
from petitions.cases.kinds import Act, Guard
from petitions.cases.limits import LIMITS
from petitions.cases.models import Deadline, Event
from petitions.matters.lists import SERVED_PAPERS, unserved_papers
from petitions.matters.models import Dispatch, Matter, Recusal
from petitions.words import say

UNDO_MINUTES = 10
"""Joining a repeat can be undone so long: longer than the ten seconds of the page, for a second look."""


def matter_of(act: Act) -> Matter:
    """The matter an act is about."""
    assert isinstance(act.case, Matter)
    return act.case


def last_event(act: Act, *names: str) -> Event | None:
    """The latest event of these actions."""
    if act.latest is not None:
        return max((act.latest[name] for name in names if name in act.latest), key=lambda event: event.id, default=None)
    return db.session().scalar(
        select(Event).where(Event.case_id == act.case.id, Event.action.in_(names)).order_by(Event.id.desc()).limit(1)
    )


def deadline_of(act: Act, code: str, unit_id: int | None = None) -> Deadline | None:
    """The latest clock of this code, of all units or of the one named."""
    of_code = [row for row in act.case.deadlines if row.code == code and unit_id in (None, row.unit_id)]
    return of_code[-1] if of_code else None


def current_dispatch(act: Act) -> Dispatch | None:
    """The lead dispatch the holder works under."""
    mine = [row for row in matter_of(act).dispatches if row.unit_id == act.case.unit_id and row.part == "lead"]
    return next((row for row in reversed(mine) if row.ended_at is None), None)


def is_classified(act: Act) -> str | None:
    """Nature, place and class decide where a matter goes."""
    matter = matter_of(act)
    if matter.nature and matter.place and matter.class_code:
        return None
    return say("选择问题属地和问题类别后才能分办。先做“分类”")


def not_sealed(act: Act) -> str | None:
    """An accusation takes the sealed way only."""
    if act.case.sealed:
        return say("此件是检举控告，按《信访工作条例》第三十条只能由受限岗转送纪检监察机关")
    return None


def is_accusation(act: Act) -> str | None:
    """Only accusations go to the discipline body."""
    if matter_of(act).nature == "accusation":
        return None
    return say("只有检举控告类事项转送纪检监察机关。先把性质分为“检举控告类”")


def nature_stays_open(act: Act) -> str | None:
    """What a unit holds is sealed by taking it back, not by renaming it under the unit's eyes (第30条)."""
    nature = codes.entry("nature", act.data.get("nature", ""))
    if nature is not None and nature.extra.get("confidential"):
        return say("此件已经转给单位。检举控告由受限岗“按检举控告收回”，再转送纪检监察机关（第30条）")
    return None


def wakes_in_time(act: Act) -> str | None:
    """Nothing is laid aside past the day by which it must be sent on."""
    term, until = deadline_of(act, "T1"), act.data.get("until")
    if term is None or term.ended_on is not None or not until or date.fromisoformat(until) <= term.due_on:
        return None
    if act.on > term.due_on:
        return say("转送、交办期限（{due}）已过，不能再搁置", due=term.due_on.isoformat())
    return say("不能搁置到转送、交办期限（{due}）之后", due=term.due_on.isoformat())


def came_by_ledger(act: Act) -> str | None:
    """Only an old ledger may say that a matter was answered before it came here; ours are answered by the procedure."""
    return None if act.case.events[0].action == "bring_in" else say("此件不是从台账补录的，按程序办理和答复")


def seals_match(act: Act) -> str | None:
    """A sealed matter and an ordinary one are never joined (第30条)."""
    other = act.data.get("matter")
    if other is None:
        return None
    target = db.session().get(Matter, other)
    return say("保密件和普通件不能合并（第30条）") if target is None or target.sealed != act.case.sealed else None


def other_matter_is_open(act: Act) -> str | None:
    """第19条第三款 speaks of a matter that is accepted or being handled."""
    other = act.data.get("matter")
    if other is None:
        return None
    target = db.session().get(Matter, other)
    if target is not None and target.closed_on is None:
        return None
    return say("原信访事项已经结束，不适用“正在办理”的情形")


def was_joined_lately(act: Act) -> str | None:
    """Undoing is for slips of the hand."""
    joined = last_event(act, "join_as_repeat")
    if joined is None or matter_of(act).joined_to_id is None:
        return say("此件没有并入其他件")
    if act.at - joined.recorded_at > timedelta(minutes=UNDO_MINUTES):
        return say("并入已超过{minutes}分钟，不能撤销", minutes=UNDO_MINUTES)
    return None


def office_sent_it(act: Act) -> str | None:
    """The unit got it from the petition office, so it goes back to sorting."""
    if act.case.sender_id == act.case.office_id and act.case.office.is_office:
        return None
    return say("此件由上级单位转派，退回的去处是上级单位")


def unit_sent_it(act: Act) -> str | None:
    """The unit got it from the unit above, so it goes back there."""
    return None if office_sent_it(act) else say("此件由信访部门转送，退回后重新转送")


def within_objection_term(act: Act) -> str | None:
    """第23条第三款: 5 工作日 from receipt, and only what was handed over can be objected to."""
    if act.case.sender_id is None:
        return say("此件是信访人直接向本单位提出的，不适用异议程序")
    given = current_dispatch(act)
    if given is not None and given.objected_at is not None:
        return say("本单位已提出过异议，发送单位没有同意退回")
    window = deadline_of(act, "T5", act.case.unit_id)
    if window is None or act.on > window.due_on:
        due = window.due_on.isoformat() if window else ""
        return say("异议期到{due}为止（收到后5个工作日，第23条第三款），已过期", due=due)
    return None


def decider_is_not_the_objector(act: Act) -> str | None:
    """Who asks never approves."""
    asked = last_event(act, "object")
    if asked is not None and asked.actor_id == act.actor.id:
        return say("异议不能由提出人自己决定")
    return None


def has_handler(act: Act) -> str | None:
    """Somebody must answer for the course."""
    return None if act.case.handler_id else say("先指定承办人")


def one_claim_is_ours(act: Act) -> str | None:
    """A matter is accepted when at least one claim belongs to the petition procedure (第31条第六项)."""
    routes = act.data.get("routes")
    if not routes or matter_of(act).nature == "suggestion" or "R6" in routes.values():
        return None
    return say("没有一项诉求适用信访程序（第31条第六项）。改用“导入法定途径”")


def identity_is_unclear(act: Act) -> str | None:
    """第23条第二款 waives the notice only where name or address is unclear."""
    people = [person for person in matter_of(act).petitioners if person.part == "petitioner"]
    if any(person.name and (person.address or person.region) for person in people):
        return say("信访人姓名、住址清楚，应当书面告知（第23条第二款）")
    return None


def not_declared_yet(act: Act) -> str | None:
    """One answer for each appointment."""
    appointed, declared = last_event(act, "appoint", "recuse"), last_event(act, "declare")
    if declared is None or declared.actor_id != act.actor.id:
        return None
    if appointed is not None and appointed.id > declared.id:
        return None
    return say("已经声明过没有利害关系")


def handler_may_work(act: Act) -> str | None:
    """第28条第三款: whoever recused stays away; the way back is a decision, not a choice in a list."""
    person = act.data.get("handler")
    if person is None:
        return None
    recused = db.session().scalar(
        select(Recusal.id).where(Recusal.matter_id == act.case.id, Recusal.user_id == person)
    )
    if recused or (act.action.name == "recuse" and person == act.case.handler_id):
        return say("此人应当回避此件（第28条第三款），另选承办人")
    return None


def extension_is_left(act: Act) -> str | None:
    """第34条: at most 30 日 in all."""
    clock = deadline_of(act, "T6")
    if clock is None or clock.ended_on is not None:
        return say("此件没有正在计算的60日办理期限，不需要延期")
    if clock.extension >= LIMITS["T6"].extension:
        return say("已延长30日，不能再延（第34条）")
    if act.on > clock.due_on:
        return say("办理期限已于{due}届满，届满后不能申请延期（第34条）", due=clock.due_on.isoformat())
    return None


def extension_fits(act: Act) -> str | None:
    """The days asked and those already given stay within 30 日."""
    clock, days = deadline_of(act, "T6"), int(act.data.get("days", 0))
    left = LIMITS["T6"].extension - (clock.extension if clock else 0)
    if days > left:
        return say("累计延长不得超过30日（第34条），还可以延长{left}日", left=left)
    return None


def no_more_than_asked(act: Act) -> str | None:
    """The person in charge may grant fewer days than were asked for, never more."""
    asked, days = pending_extension(act), int(act.data.get("days", 0))
    if asked is not None and days > int(asked.data["days"]):
        return say("申请的是{asked}日，批准的天数不能更多", asked=asked.data["days"])
    return None


def pending_extension(act: Act) -> Event | None:
    """The request that waits for a decision."""
    last = last_event(act, "request_extension", "extend", "refuse_extension", "accept")
    return last if last is not None and last.action == "request_extension" else None


def no_extension_pending(act: Act) -> str | None:
    """One request at a time."""
    return say("已有一份延期申请等待批准") if pending_extension(act) else None


def extension_is_pending(act: Act) -> str | None:
    """Approved is what was asked for."""
    return None if pending_extension(act) else say("没有等待批准的延期申请")


def approver_is_not_asker(act: Act) -> str | None:
    """Who asks never approves."""
    asked = pending_extension(act)
    if asked is not None and asked.actor_id == act.actor.id:
        return say("延期不能由申请人自己批准")
    return None


def approver_is_not_drafter(act: Act) -> str | None:
    """Who drafts an opinion never approves it."""
    drafted = last_event(act, "submit_opinion")
    if drafted is not None and drafted.actor_id == act.actor.id:
        return say("处理意见不能由起草人自己审核")
    return None


def served_after_issue(act: Act) -> str | None:
    """A paper cannot be received before it exists."""
    issued = last_event(act, "approve_opinion")
    given = act.data.get("served_on")
    if issued and given and date.fromisoformat(given) < issued.at.date():
        return say("送达日期不能早于意见书的日期（{issued}）", issued=issued.at.date().isoformat())
    return None


def was_assigned(act: Act) -> str | None:
    """Only 交办 asks for a report back."""
    clock = deadline_of(act, "T12")
    if clock is None:
        return say("此件是转送，不需要反馈办结报告")
    return say("办结报告已经反馈") if clock.ended_on is not None else None


def was_reported(act: Act) -> str | None:
    """A report must lie before it can go back."""
    clock = deadline_of(act, "T12")
    return None if clock is not None and clock.ended_on is not None else say("还没有收到办结报告")


def reported_if_assigned(act: Act) -> str | None:
    """第22条第三项: a matter given with a date ends with its report."""
    clock = deadline_of(act, "T12")
    return say("此件是交办件，先反馈办结报告") if clock is not None and clock.ended_on is None else None


def review_window_is_over(act: Act) -> str | None:
    """The petitioner's 30 日 for 复查 (第35条) pass unused, or the petitioner accepts in writing."""
    window = deadline_of(act, "T8")
    if window is None or act.on > window.due_on or act.data.get("accepted_by_petitioner"):
        return None
    if act.asking:
        # The tick can still be made, so the button is shown.
        return None
    return say("复查申请期到{due}为止（第35条）。信访人书面表示接受的，勾选后可以办结", due=window.due_on.isoformat())


def papers_are_served(act: Act) -> str | None:
    """The file is complete when every paper owed to the petitioner has its date of receipt."""
    waived = last_event(act, "waive_notice") is not None
    open_ones = [p.title for p in act.case.documents if p.kind in SERVED_PAPERS and not p.services]
    if open_ones and not waived and any(person.name for person in matter_of(act).petitioners):
        return say("还有文书没有送达记录：{papers}", papers="、".join(open_ones))
    return None


def has_unserved_paper(act: Act) -> str | None:
    """Something must be waiting to be received; the opinion has an act of its own."""
    return None if unserved_papers(act.case, act.actor) else say("没有等待送达的告知书")


def was_visited(act: Act) -> str | None:
    """A matter that was answered is followed up before its file is closed."""
    matter = matter_of(act)
    if matter.state == "concluded" and not matter.visits and any(person.phone for person in matter.petitioners):
        return say("还没有回访记录。回访后归档")
    return None


def freely_withdrawn(act: Act) -> str | None:
    """A withdrawal counts only when it is the petitioner's own will, in writing."""
    if not act.asking and not act.data.get("free_will"):
        return say("撤回须由信访人自愿书面提出")
    return None


GUARDS: dict[str, Guard] = {
    guard.__name__: guard
    for guard in (
        came_by_ledger, is_classified, not_sealed, is_accusation, nature_stays_open, wakes_in_time, seals_match, other_matter_is_open, was_joined_lately,
        office_sent_it, unit_sent_it, within_objection_term, decider_is_not_the_objector, has_handler,
        not_declared_yet, one_claim_is_ours, identity_is_unclear, handler_may_work, extension_is_left, extension_fits,
        no_more_than_asked,
        no_extension_pending, extension_is_pending, approver_is_not_asker, approver_is_not_drafter,
        served_after_issue, was_assigned, was_reported, reported_if_assigned, review_window_is_over,
        papers_are_served, has_unserved_paper, was_visited, freely_withdrawn,
    )
}  # fmt: skip
