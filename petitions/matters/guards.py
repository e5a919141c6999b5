"""The guards of the table: each gives the reason why not, in Chinese, or None.

A guard is also asked before anything is typed, to decide whether the button is shown; then `act.data` is empty
and a guard that looks at what was typed has nothing against it.
"""

from datetime import date, timedelta

from petitions import db
from petitions.cases import readers, recount, voiding
from petitions.cases.calendar import load_calendar
from petitions.cases.kinds import Act, Guard
from petitions.matters.answer_guards import ANSWER_GUARDS
from petitions.matters.completeness import COMPLETENESS_GUARDS
from petitions.matters.conflicts import panel_is_not_recused
from petitions.matters.correcting import CORRECTING_GUARDS
from petitions.matters.course import came_from_a_sender, current_dispatch, deadline_of, last_event, matter_of
from petitions.matters.endings import ENDING_GUARDS
from petitions.matters.erasure import ERASURE_GUARDS
from petitions.matters.follow_up import FOLLOW_UP_GUARDS
from petitions.matters.hearing import guards as hearing
from petitions.matters.instruments.effects import INSTRUMENT_GUARDS
from petitions.matters.models import Matter
from petitions.matters.performance import PERFORMANCE_GUARDS
from petitions.matters.reviewing import REVIEWING_GUARDS
from petitions.matters.sealing import is_sealing, named_in, why_not_kept
from petitions.matters.service import guards as service
from petitions.matters.simple import SIMPLE_GUARDS
from petitions.matters.succeeding import SUCCESSION_GUARDS
from petitions.matters.supervising import SUPERVISION_GUARDS
from petitions.matters.to_mediation import MEDIATION_GUARDS
from petitions.words import say

UNDO_MINUTES = 10
"""Joining a repeat can be undone so long: longer than the ten seconds of the page, for a second look."""


def is_classified(act: Act) -> str | None:
    """Nature, place and class decide where a matter goes."""
    matter = matter_of(act)
    if matter.nature and matter.place and matter.class_code:
        return None
    return say("先做“分类”：诉求性质、问题属地和内容分类确定以后，才能往下办理")


def is_unclassified(act: Act) -> str | None:
    """What is classified may be classified anew, but nothing waits for it."""
    return say("已经分类") if is_classified(act) is None else None


def not_sealed(act: Act) -> str | None:
    """An accusation takes the sealed way only."""
    if act.case.sealed:
        return say("此件是检举控告，按《信访工作条例》第三十条只能由受限岗转送纪检监察机关")
    return None


def wall_can_stand(act: Act) -> str | None:
    """What is about to be sealed must be seen by somebody, and never by the accused."""
    nature = act.data.get("nature")
    if act.asking or (nature is not None and not is_sealing(nature)):
        return None
    given = (act.data.get(name) for name in ("respondent_unit", "respondent_person"))
    named = named_in(act.data.get("respondent", ""), *given)
    return why_not_kept(act.case.office_id, [*matter_of(act).respondents, *named])


def is_sealed(act: Act) -> str | None:
    """Only accusations have a need-to-know list and a wall."""
    return None if act.case.sealed else say("此件没有按检举控告保密，不设知情名单")


def desk_stays(act: Act) -> str | None:
    """Somebody of the restricted desk answers for it, by name."""
    leaving = act.data.get("listed_reader")
    if leaving is None or any(person.id != leaving for person in readers.at_desk(act.case)):
        return None
    return say("名单上至少要有一名受限岗人员。先增加别人，再移出")


def somebody_is_accused(act: Act) -> str | None:
    """An empty form names nobody."""
    if act.asking or any(act.data.get(name) for name in ("respondent", "respondent_unit", "respondent_person")):
        return None
    return say("填写被检举的单位或个人")


def is_not_joined(act: Act) -> str | None:
    """The petitions of a matter that was joined are handled with the other one."""
    other = matter_of(act).joined_to
    return say("此件已并入{number}，在那一件上办理", number=other.number) if other is not None else None


def is_not_recused(act: Act) -> str | None:
    """第28条第三款: whoever must stay away may read, and does nothing more."""
    hands = {act.actor.id, act.behalf.id if act.behalf else act.actor.id}
    if any(row.user_id in hands for row in matter_of(act).recusals):
        return say("你应当回避此件（第28条第三款），可以查看，不能办理")
    return None


def belongs_here(act: Act) -> str | None:
    """What is counted as a repeat lies with this matter: the act follows a registration or a joining."""
    given = act.data.get("petition")
    if given is None or any(petition.number == given for petition in matter_of(act).petitions):
        return None
    return say("信访件“{number}”没有登记在此件之下", number=given)


def is_accusation(act: Act) -> str | None:
    """Only accusations go to the discipline body."""
    if matter_of(act).nature == "accusation":
        return None
    return say("只有检举控告类事项转送纪检监察机关。先把性质分为“检举控告类”")


def nature_stays_open(act: Act) -> str | None:
    """What a unit holds is sealed by taking it back, not by renaming it under the unit's eyes (第30条)."""
    if is_sealing(act.data.get("nature", "")):
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


def came_directly(act: Act) -> str | None:
    """第23条第一款: of what was addressed to the unit itself the petitioner is told where it goes."""
    return None if not came_from_a_sender(act) else say("此件是转送、交办来的，用“转派下级”")


def came_by_dispatch(act: Act) -> str | None:
    """What came from a sender has its way told by the unit that accepts it."""
    return None if came_from_a_sender(act) else say("此件是信访人直接提出的，用“转送下级并告知”")


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
    if asked is not None and asked.is_in_hands_of(act.actor, act.behalf):
        return say("异议不能由提出人自己决定")
    return None


def nobody_is_appointed(act: Act) -> str | None:
    """Another handler may be appointed, but nothing waits for it."""
    return say("已经指定承办人") if act.case.handler_id else None


def has_handler(act: Act) -> str | None:
    """Somebody must answer for the course."""
    return None if act.case.handler_id else say("先指定承办人")


def not_declared_yet(act: Act) -> str | None:
    """One answer for each appointment."""
    appointed, declared = last_event(act, "appoint", "recuse"), last_event(act, "declare")
    if declared is None or declared.actor_id != act.actor.id:
        return None
    if appointed is not None and appointed.id > declared.id:
        return None
    return say("已经声明过没有利害关系")


def somebody_is_named(act: Act) -> str | None:
    """A recusal is of the handler, or of whoever is named: the article covers everybody who works on the matter."""
    if act.asking or act.data.get("recused"):
        return None
    if act.case.handler_id is None or act.actor.unit_id != act.case.unit_id:
        return say("选择应当回避的人")
    return None


def handler_may_work(act: Act) -> str | None:
    """第28条第三款: whoever recused stays away; the way back is a decision, not a choice in a list."""
    person = act.data.get("handler")
    if person is None:
        return None
    away = {row.user_id for row in matter_of(act).recusals}
    if act.action.name == "recuse":
        away.add(act.data.get("recused") or act.case.handler_id or 0)
    if person in away:
        return say("此人应当回避此件（第28条第三款），另选承办人")
    return None


def clocks_move(act: Act) -> str | None:
    """Clocks are counted again only where a day moves by the calendar as it stands, and the history says exactly which."""
    act.extra["moves"] = moves = list(recount.moves(load_calendar(), act.case.id))
    seen = [move for move in moves if move.is_seen]
    if not seen:
        return say("此件的期限与放假安排相符，不用重新计算")
    if not act.asking and act.data["recounted"] != recount.said(seen):
        return say("此件的期限刚刚有变动，重新预览后再确认")
    return None


_OWN: tuple[Guard, ...] = (
    wall_can_stand,
    is_sealed,
    desk_stays,
    somebody_is_accused,
    is_not_joined,
    is_not_recused,
    belongs_here,
    came_directly,
    came_by_dispatch,
    somebody_is_named,
    is_classified,
    is_unclassified,
    not_sealed,
    is_accusation,
    nature_stays_open,
    wakes_in_time,
    came_by_ledger,
    other_matter_is_open,
    was_joined_lately,
    office_sent_it,
    unit_sent_it,
    within_objection_term,
    decider_is_not_the_objector,
    has_handler,
    nobody_is_appointed,
    not_declared_yet,
    handler_may_work,
    clocks_move,
    panel_is_not_recused,
)

GUARDS: dict[str, Guard] = {
    **{
        guard.__name__: guard
        for guard in (
            *_OWN,
            *ANSWER_GUARDS,
            *COMPLETENESS_GUARDS,
            *CORRECTING_GUARDS,
            *ENDING_GUARDS,
            *INSTRUMENT_GUARDS,
            *FOLLOW_UP_GUARDS,
            *MEDIATION_GUARDS,
            *PERFORMANCE_GUARDS,
            *SIMPLE_GUARDS,
            *SUCCESSION_GUARDS,
            *SUPERVISION_GUARDS,
            *REVIEWING_GUARDS,
            *voiding.GUARDS,
        )
    },
    **ERASURE_GUARDS,
    **hearing.GUARDS,
    **service.GUARDS,
}
