"""The guards of the table of mediations: each gives the reason why not, in Chinese with its article, or None.

Asked before anything is typed (`act.asking`), a guard that looks at what is typed has nothing against it.
"""

from sqlalchemy import select

from petitions import db
from petitions.access import past
from petitions.access.models import User
from petitions.cases import disposal, parts, voiding
from petitions.cases.kinds import Act, Guard
from petitions.matters.guards import GUARDS as OF_MATTERS
from petitions.mediation import agreeing, confirming, filing, next_session
from petitions.mediation.audiences import chair
from petitions.mediation.course import hands, mediation_of, party_of
from petitions.mediation.lists import SIDES, WHY_NOT_MEDIATED
from petitions.mediation.workflow import FLOW
from petitions.words import say


def is_not_recused(act: Act) -> str | None:
    """Whoever had to leave may read, and does nothing more."""
    if any(seat.recused and seat.user_id in hands(act) for seat in mediation_of(act).seats):
        return say("你应当回避此件（《人民调解工作若干规定》第26条），不能办理")
    return None


# --- parties and their consent ---------------------------------------------------------------------------------------


def two_sides(act: Act) -> str | None:
    """A dispute has two sides."""
    if all(mediation_of(act).sides.values()):
        return None
    return say("双方当事人都要登记：申请人和被申请人各至少一人")


def a_side_stays(act: Act) -> str | None:
    """Once it is accepted nobody leaves a side empty; then the mediation is ended instead."""
    mediation = mediation_of(act)
    if mediation.accepted_on is None:
        return None
    there = [one for one in mediation.parties if one.left_on is None]
    chosen = there if act.asking else [party_of(act)]
    if any({one.side for one in mediation.principals if one is not gone} == {*SIDES} for gone in chosen):
        return None
    return say("一方没有其他当事人了，不能退出；当事人不愿继续的，登记“拒绝、要求终止”（第17条）")


def the_draft_names_all(act: Act) -> str | None:
    """Who is written in an agreement signs it: another party, or one less, is another agreement. An agent may still come."""
    if act.asking or act.case.state not in FLOW.before("sign_agreement") or party_of(act).part != "party":
        return None
    return say("协议书已写好，当事人有变动的，先“退回修改协议”")


def everybody_consents(act: Act) -> str | None:
    """第17条: 当事人一方明确拒绝调解的，不得调解; of each party apart, so that it can be shown."""
    waiting = [one.name for one in mediation_of(act).principals if one.consent != "given"]
    if not waiting:
        return None
    return say("还没有登记同意调解的当事人：{names}（第17条：一方明确拒绝的，不得调解）", names="、".join(waiting))


def somebody_is_to_be_asked(act: Act) -> str | None:
    """Whoever has agreed is not asked again."""
    if any(one.consent != "given" for one in mediation_of(act).principals):
        return None
    return say("各方当事人都已同意调解") if mediation_of(act).principals else say("先添加当事人")


def party_is_to_be_asked(act: Act) -> str | None:
    """Consent is a party's own; who speaks for it says it in its name."""
    if act.asking:
        return None
    party = party_of(act)
    if party.part != "party":
        return say("代表、代理人不单独登记同意，选择当事人本人")
    return say("{name}已经同意调解", name=party.name) if party.consent == "given" else None


def it_is_a_party_itself(act: Act) -> str | None:
    """第17条: the will is the party's own; who speaks for it is no party that could refuse."""
    if act.asking or party_of(act).part == "party":
        return None
    return say("选择表示拒绝的当事人本人；由代表、代理人转达的，在说明里写明")


def whoever_is_there_consents(act: Act) -> str | None:
    """第17条: who joined later is asked before it is mediated with."""
    if act.asking:
        return None
    there = [one for one in mediation_of(act).principals if str(one.id) in act.data["present"]]
    waiting = [one.name for one in there if one.consent != "given"]
    if not waiting:
        return None
    return say("到场的当事人还没有登记同意调解：{names}。先“登记同意调解”（第17条）", names="、".join(waiting))


def may_be_mediated(act: Act) -> str | None:
    """若干规定第20条、第22条: what another organ has taken up, or only it may decide, is not for a committee."""
    return WHY_NOT_MEDIATED.get(act.data.get("elsewhere", "none"))


def everybody_is_told(act: Act) -> str | None:
    """若干规定第30条: each party knows its rights and duties before it begins."""
    if act.asking:
        return None
    missing = [one.name for one in mediation_of(act).principals if str(one.id) not in act.data["told_to"]]
    if missing:
        return say(
            "还没有告知的当事人：{names}。调解开始前应当告知各方权利义务（《人民调解工作若干规定》第30条）",
            names="、".join(missing),
        )
    return None


# --- mediators -------------------------------------------------------------------------------------------------------


def nobody_mediates(act: Act) -> str | None:
    """What comes next is to choose a mediator, while there is none."""
    return say("已经确定调解员") if mediation_of(act).mediator_ids else None


def somebody_mediates(act: Act) -> str | None:
    """第19条."""
    return None if mediation_of(act).mediator_ids else say("先确定调解员（第19条）")


def mediators_are_apart(act: Act) -> str | None:
    """Kin of a party, or anybody else with an interest, does not mediate between the parties."""
    if act.asking:
        return None
    if act.data["kinship"] != "none":
        return say(
            "与当事人有近亲属等利害关系的，不能担任此件的调解员，另选一人（第19条、《人民调解工作若干规定》第26条）"
        )
    named = {one.name for one in mediation_of(act).parties if one.left_on is None}
    chosen = db.session().scalars(select(User).where(User.id.in_([int(one) for one in act.data["mediators"]]))).unique()
    own = next((one.name for one in chosen if one.name in named), None)
    return say("调解员“{name}”与当事人同名：本人是当事人的，不能调解", name=own) if own else None


def presider_is_one_of_them(act: Act) -> str | None:
    """One of those chosen presides."""
    if act.asking or act.data.get("presider") is None or act.data["presider"] in act.data.get("mediators", ()):
        return None
    return say("主持人从选定的调解员中指定")


def replacement_is_sound(act: Act) -> str | None:
    """若干规定第26条: whoever takes the place of one who left is held to what any mediator is held to."""
    asked = ("mediators", "presider", "chosen_by", "kinship")
    given = [name for name in asked if act.data.get(name)]
    if act.asking or not given:
        return None
    if len(given) < len(asked):
        return say("同时更换调解员的，调解员、主持人、产生方式和利害关系都要填写；也可以先回避，再“确定调解员”")
    if act.data["recused_mediator"] in act.data["mediators"]:
        return say("应当回避的人不能再担任此件的调解员，另选一人")
    return mediators_are_apart(act) or presider_is_one_of_them(act)


def somebody_carries_on(act: Act) -> str | None:
    """Where the chair leaves there is nobody who could choose the next mediator afterwards."""
    if act.asking or act.data.get("mediators"):
        return None
    mediation = mediation_of(act)
    gone = {int(act.data["recused_mediator"]), *(seat.user_id for seat in mediation.seats if seat.recused)}
    if {*mediation.mediator_ids, *chair(act)} - gone:
        return None
    return say("主任回避以后没有人可以确定调解员，回避时同时更换调解员")


# --- sessions --------------------------------------------------------------------------------------------------------


def session_is_after_acceptance(act: Act) -> str | None:
    """Nobody mediates before it is accepted and everybody is told; what is written down later keeps its true day."""
    begun = mediation_of(act).begun_on
    if not act.asking and begun is not None and act.on < begun:
        return say("调解日期不能早于受理并告知权利义务的日期（{day}）", day=begun.isoformat())
    return None


def both_sides_have_a_say(act: Act) -> str | None:
    """Each side is there itself or by who speaks for it; one alone is visited, which is an inquiry."""
    if act.asking:
        return None
    there = {one.side for one in mediation_of(act).parties if str(one.id) in act.data["present"]}
    if there == {"applicant", "respondent"} or act.data["session_outcome"] != "agreed":
        return None
    return say("只有一方到场，不能登记为达成一致")


def times_are_in_order(act: Act) -> str | None:
    """14:30 to 16:00."""
    began, ended = act.data.get("began_at", ""), act.data.get("ended_at", "")
    if act.asking:
        return None
    return say("结束时间早于开始时间") if ended and ended < began else None


def guests_are_agreed_to(act: Act) -> str | None:
    """第20条: 在征得当事人的同意后."""
    return _all_agree(act, say("邀请他人参与调解，应当征得各方当事人同意（第20条）"))


def extension_is_agreed(act: Act) -> str | None:
    """The term is the parties' own to lengthen."""
    return _all_agree(act, say("延长调解期限应当经各方当事人同意"))


def _all_agree(act: Act, sentence: str) -> str | None:
    if act.asking:
        return None
    agreed = set(act.data["consented_to"])
    return None if all(str(one.id) in agreed for one in mediation_of(act).principals) else sentence


def a_term_runs(act: Act) -> str | None:
    """There is something to lengthen."""
    if any(row.code in act.action.extends and row.ended_on is None for row in act.case.deadlines):
        return None
    return say("没有正在计算的调解期限")


# --- what follows from elsewhere -------------------------------------------------------------------------------------


def its_matter_is_sealed(act: Act) -> str | None:
    """A mediation goes behind the wall with its matter, never alone."""
    about = mediation_of(act).about
    return None if about is not None and about.sealed else say("随信访事项按检举控告保密时自动办理")


def unit_has_gone(act: Act) -> str | None:
    """Only what a unit leaves behind is taken over, by one that was named its successor."""
    case = act.case
    there = {case.office_id, case.unit_id, case.sender_id, *parts.everybody(case)} - {None}
    gone = {one for one in there if one is not None and past.direct_heirs(one)}
    if not gone or (not act.asking and act.data["former_unit"] not in gone):
        return say("此件所在的单位没有合并、拆分，不用承接")
    if act.asking or act.data["successor"] in past.direct_heirs(act.data["former_unit"]):
        return None
    return say("只能由指定的承接单位承接")


def approved_for_disposal(act: Act) -> str | None:
    """Who asked never approves, and nothing is disposed of that stands on no approved list.

    The dossier is the committee's own and kept by its own term, whatever becomes of the matter behind it.
    """
    return disposal.why_not_approved(act.case, act.actor)


_OWN: tuple[Guard, ...] = (
    is_not_recused, two_sides, a_side_stays, the_draft_names_all, everybody_consents, it_is_a_party_itself,
    whoever_is_there_consents, replacement_is_sound, somebody_carries_on, somebody_is_to_be_asked, party_is_to_be_asked,
    may_be_mediated, everybody_is_told, nobody_mediates, somebody_mediates, mediators_are_apart, presider_is_one_of_them,
    session_is_after_acceptance, both_sides_have_a_say, times_are_in_order, guests_are_agreed_to, extension_is_agreed,
    a_term_runs, its_matter_is_sealed, unit_has_gone, approved_for_disposal,
)  # fmt: skip

_SHARED = ("not_sealed", "clocks_move", "something_presses", "not_urged_today")

GUARDS: dict[str, Guard] = {
    **{name: OF_MATTERS[name] for name in _SHARED},
    **{guard.__name__: guard for guard in (*_OWN, *voiding.GUARDS)},
    **{guard.__name__: guard for guard in (*agreeing.GUARDS, *confirming.GUARDS, *filing.GUARDS, *next_session.GUARDS)},
}
