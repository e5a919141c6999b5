"""The agreement: its plan, who signed, when it takes effect, and what is performed of it (第28条至第33条)."""

from datetime import date
from typing import Any

from petitions import db
from petitions.cases.kinds import Act, Effect, Guard
from petitions.mediation import next_session
from petitions.mediation.course import mediation_of
from petitions.mediation.models import Agreement, Mediation, Performance, cents, yuan
from petitions.mediation.workflow import FLOW
from petitions.words import Sentence, say

# --- guards ----------------------------------------------------------------------------------------------------------


def a_session_was_held(act: Act) -> Sentence | None:
    """An agreement is reached by mediating."""
    return None if mediation_of(act).sessions else say("还没有调解记录。先“记录调解”，再登记协议（第27条）")


def the_last_session_agreed(act: Act) -> Sentence | None:
    """The agreement is what comes next once they agree."""
    sessions = mediation_of(act).sessions
    return None if sessions and sessions[-1].outcome == "agreed" else say("最近一次调解没有达成一致")


def plan_is_sound(act: Act) -> Sentence | None:
    """A row of the plan is due on or after the day of the agreement; an oral one holds from the day it is reached."""
    if act.asking:
        return None
    last = max((one.held_on for one in mediation_of(act).sessions), default=act.on)
    reached = act.on if act.action.name == "agree_orally" else last
    if reached < last:
        return say("达成协议的日期不能早于最近一次调解的日期（{day}）", day=last.isoformat())
    return _due_since(act.data["performance_plan"], reached)


def _due_since(rows: list[dict[str, Any]], reached: date) -> Sentence | None:
    for number, row in enumerate(rows, 1):
        if date.fromisoformat(row["due_on"]) < reached:
            return say("履行计划第{row}行的履行期限早于达成协议的日期（{day}）", row=number, day=reached.isoformat())
        if row.get("amount") and cents(row["amount"]) == 0:
            return say("履行计划第{row}行的金额是0。不付款的不用填写金额", row=number)
    return None


def plan_starts_after_signing(act: Act) -> Sentence | None:
    """Nobody has to perform before the agreement takes effect (第29条第二款)."""
    agreement = mediation_of(act).agreement
    if act.asking or agreement is None:
        return None
    if act.on < max((one.held_on for one in mediation_of(act).sessions), default=act.on):
        return say("签署日期不能早于最近一次调解的日期")
    early = next((row for row in agreement.performances if row.due_on < act.on), None)
    if early is None:
        return None
    return say(
        "“{item}”的履行期限（{due}）早于协议生效的日期。先“退回修改协议”，改定期限再签署", item=early.item,
        due=early.due_on.isoformat(),
    )  # fmt: skip


def everybody_signed(act: Act) -> Sentence | None:
    """第29条第二款: 自各方当事人签名、盖章或者按指印，人民调解员签名并加盖人民调解委员会印章之日起生效."""
    if act.asking:
        return None
    mediation, signed = mediation_of(act), set(act.data["signed"])
    missing = [one.name for one in mediation.principals if not _signed(mediation, one.id, one.side, signed)]
    if missing:
        return say(
            "还没有签名、盖章或者按指印的当事人：{names}。各方都签了才生效（第29条第二款）", names="、".join(missing)
        )
    if not act.data.get("mediator_signed") or not act.data.get("sealed_by_committee"):
        return say("调解员签名并加盖人民调解委员会印章以后，协议书才生效（第29条第二款）")
    return None


def _signed(mediation: Mediation, party_id: int, side: str, signed: set[str]) -> bool:
    """The party itself, or its agent; of many on one side their representatives sign for all of them."""
    spoken_for = {"agent", "representative"}
    return str(party_id) in signed or any(
        one.side == side and one.part in spoken_for and str(one.id) in signed for one in mediation.parties
    )


def no_paper_is_wanted(act: Act) -> Sentence | None:
    """第28条: an oral agreement is for parties who hold a written one to be needless."""
    if act.asking or act.data.get("needs_no_paper"):
        return None
    return say("当事人认为需要协议书的，用“拟写协议书”（第28条）")


def payment_fits(act: Act) -> Sentence | None:
    """Money is paid in parts or whole, never more than is owed, and not before the agreement."""
    if act.asking:
        return None if _owed(mediation_of(act)) else say("没有等待履行的事项")
    agreement = mediation_of(act).agreement
    row = _row(act)
    assert agreement is not None
    if agreement.effective_on is not None and act.on < agreement.effective_on:
        return say("履行日期不能早于协议生效的日期（{day}）", day=agreement.effective_on.isoformat())
    paid = cents(act.data.get("paid"))
    if row.amount is None:
        return say("这一项不是付款，不填写金额") if paid else None
    if not paid:
        return say("填写本次履行金额")
    if paid > row.left:
        return say("本次履行金额超过还应履行的{left}元", left=yuan(row.left))
    return None


def everything_is_performed(act: Act) -> Sentence | None:
    """Performed is performed whole."""
    left = _owed(mediation_of(act))
    return say("还有{count}项没有履行", count=len(left)) if left else None


def something_is_owed(act: Act) -> Sentence | None:
    """Whoever is told to go to court is owed something."""
    return None if _owed(mediation_of(act)) else say("各项都已履行")


def _owed(mediation: Mediation) -> list[Performance]:
    return mediation.agreement.owed if mediation.agreement else []


def _row(act: Act) -> Performance:
    wanted = int(act.data["performance_row"])
    return next(row for row in _owed(mediation_of(act)) if row.id == wanted)


GUARDS: tuple[Guard, ...] = (
    a_session_was_held, the_last_session_agreed, plan_is_sound, plan_starts_after_signing, everybody_signed,
    no_paper_is_wanted, payment_fits, everything_is_performed, something_is_owed,
)  # fmt: skip


# --- effects ---------------------------------------------------------------------------------------------------------


def written_down(act: Act, form: str) -> Agreement:
    """The agreement as it was typed, with its plan; a draft that was sent back is written anew in its place."""
    mediation, data, event_id = mediation_of(act), act.data, _event_id(act)
    agreement = mediation.agreement
    if agreement is None or agreement.effective_on is not None:
        agreement = Agreement(form=form)
        mediation.agreements.append(agreement)
    agreement.event_id = event_id
    agreement.form, agreement.facts, agreement.points = form, data["agreed_facts"], data["disputed_points"]
    agreement.responsibility, agreement.content = data["responsibility"], data["agreed_content"]
    agreement.way = data.get("performance_way", "")
    for row in list(agreement.performances):
        db.session().delete(row)
    agreement.performances[:] = [
        Performance(
            debtor_id=int(row["debtor"]), item=row["item"], amount=cents(row.get("amount")) or None,
            due_on=date.fromisoformat(row["due_on"]),
        )
        for row in sorted(data["performance_plan"], key=lambda row: row["due_on"])
    ]  # fmt: skip
    return agreement


def _event_id(act: Act) -> int:
    assert act.event is not None
    db.session().flush()
    return act.event.id


def takes_effect(act: Act) -> None:
    """第29条、第30条: from this day it binds; the first thing that is due is what the committee watches (第31条第二款)."""
    mediation = mediation_of(act)
    agreement = mediation.agreement
    assert agreement is not None
    agreement.effective_on = mediation.effective_on = mediation.result_on = act.on
    mediation.result, mediation.form = "agreed", agreement.form
    next_session.let_go(mediation)
    watch_next(act)


def watch_next(act: Act) -> None:
    """The clock of performance runs to the earliest row that is still owed; with none it does not run at all."""
    owed = _owed(mediation_of(act))
    if owed:
        act.extra["due_on"] = owed[0].due_on


def record_performance(act: Act) -> None:
    """What was paid or done. A row that is whole is done."""
    row = _row(act)
    row.proof = act.data["proof"]
    row.paid += cents(act.data.get("paid")) or 0
    if row.amount is None or row.paid >= row.amount:
        row.done_on = act.on
    watch_next(act)


def last_day_of_performance(mediation: Mediation) -> date | None:
    """From where the two years for enforcement run (民事诉讼法第250条)."""
    agreement = mediation.agreement
    return max((row.due_on for row in agreement.performances), default=None) if agreement else None


def is_owed(case: Any) -> bool:
    """Whether the clock of performance has something to run to (a condition of the limit MP).

    Once the parties were told to sue (第32条) nobody is reminded any more, also when a part is paid all the same.
    """
    given_up = isinstance(case, Mediation) and case.state in FLOW.after("give_up_performance")
    return isinstance(case, Mediation) and not given_up and bool(_owed(case)) and case.effective_on is not None


EFFECTS: dict[str, Effect] = {"record_performance": record_performance}
