"""司法确认: within 30 日, both together, at the court that is competent (第33条、民事诉讼法第205条, domain.md §3.3)."""

from petitions import db
from petitions.cases.kinds import Act, Effect, Guard
from petitions.matters.course import deadline_of
from petitions.mediation.agreeing import last_day_of_performance
from petitions.mediation.course import day, mediation_of
from petitions.mediation.lists import FIXED, WHY_NOT_CONFIRMED
from petitions.mediation.models import Confirmation, Mediation
from petitions.words import Sentence, say

_ALWAYS_NEEDED = ("request", "agreement", "presided", "identity")
"""民事诉讼法解释第354条; proof of property and a power of attorney are needed where there is something to prove."""


def effective_for_confirmation(act: Act) -> Sentence | None:
    """What has taken effect is asked about, once."""
    mediation = mediation_of(act)
    if mediation.effective_on is None:
        return say("协议还没有生效")
    asked = mediation.confirmation
    if asked is not None and asked.result in ("", "valid") and asked.agreement_id == _agreement_id(mediation):
        return say("已经申请司法确认")
    return None


def window_is_open(act: Act) -> Sentence | None:
    """第33条: 自调解协议生效之日起三十日内."""
    window, effective = deadline_of(act, "M9"), mediation_of(act).effective_on
    if effective is not None and act.on < effective:
        return say("申请日期不能早于协议生效的日期（{day}）", day=effective.isoformat())
    if window is None or act.on <= window.due_on:
        return None
    return say(
        "申请司法确认的期限到{day}为止，已经超过（第33条：自协议生效之日起30日内共同申请）",
        day=window.due_on.isoformat(),
    )


def asked_together(act: Act) -> Sentence | None:
    """第33条: 双方当事人共同申请."""
    if act.asking:
        return None
    missing = [one.name for one in mediation_of(act).principals if str(one.id) not in act.data["together"]]
    return say("应当由双方当事人共同申请，还缺：{names}（第33条）", names="、".join(missing)) if missing else None


def may_be_confirmed(act: Act) -> Sentence | None:
    """民事诉讼法解释第355条: what a court does not take up, said before anybody travels."""
    return WHY_NOT_CONFIRMED.get(act.data.get("confirmation_checks", "none"))


def papers_are_complete(act: Act) -> Sentence | None:
    """民事诉讼法解释第354条."""
    if act.asking:
        return None
    labels = {choice.value: str(choice.label) for choice in FIXED["confirmation_materials"]}
    missing = [labels[name] for name in materials_of(mediation_of(act)) if name not in act.data["materials"]]
    return say("还缺材料：{missing}（《民事诉讼法解释》第354条）", missing="、".join(missing)) if missing else None


def materials_of(mediation: Mediation) -> tuple[str, ...]:
    """What must come along: entries of the list `confirmation_materials`; of an agent the power of attorney too."""
    return (*_ALWAYS_NEEDED, "power") if _by_agent(mediation) else _ALWAYS_NEEDED


def _by_agent(mediation: Mediation) -> bool:
    return any(one.part == "agent" and one.left_on is None for one in mediation.parties)


def court_has_it(act: Act) -> Sentence | None:
    """There is a request that waits for the court."""
    asked = mediation_of(act).confirmation
    return None if asked is not None and not asked.result else say("没有正在办理的司法确认申请")


def court_has_not_accepted(act: Act) -> Sentence | None:
    """Accepted is accepted once."""
    asked = mediation_of(act).confirmation
    return say("法院已经受理") if asked is not None and asked.accepted_on is not None else None


def accepted_after_asking(act: Act) -> Sentence | None:
    """A court takes up what it was asked for."""
    asked = mediation_of(act).confirmation
    if act.asking or asked is None or act.on >= asked.asked_on:
        return None
    return say("法院受理的日期早于申请的日期（{day}）", day=asked.asked_on.isoformat())


def ruling_is_in_order(act: Act) -> Sentence | None:
    """A court rules on what it has accepted, and a ruling is received on its day or later."""
    asked = mediation_of(act).confirmation
    if act.asking or asked is None:
        return None
    ruled = day(act.data["ruled_on"])
    assert ruled is not None
    if ruled < (asked.accepted_on or asked.asked_on):
        return say("裁定日期早于申请或者受理的日期")
    if act.data["ruling"] == "valid" and asked.accepted_on is None:
        return say("先登记“法院受理”")
    return say("收到裁定的日期早于裁定日期") if act.on < ruled else None


def confirmation_was_rejected(act: Act) -> Sentence | None:
    """民事诉讼法第206条: only then the agreement may be changed by mediating once more."""
    mediation = mediation_of(act)
    asked = mediation.confirmation
    if (
        asked is not None
        and asked.result in ("rejected", "not_accepted")
        and asked.agreement_id == _agreement_id(mediation)
    ):
        return None
    return say("人民法院裁定驳回或者不予受理司法确认申请后，才能重新调解（第33条第三款）")


def _agreement_id(mediation: Mediation) -> int:
    return mediation.agreement.id if mediation.agreement is not None else 0


GUARDS: tuple[Guard, ...] = (
    effective_for_confirmation, window_is_open, asked_together, may_be_confirmed, papers_are_complete, court_has_it,
    court_has_not_accepted, accepted_after_asking, ruling_is_in_order, confirmation_was_rejected,
)  # fmt: skip


# --- effects ---------------------------------------------------------------------------------------------------------


def ask_confirmation(act: Act) -> None:
    """Both have asked: the court has three days (司法确认规定第4条)."""
    mediation, data = mediation_of(act), act.data
    mediation.confirmations.append(
        Confirmation(
            agreement_id=_agreement_id(mediation), court=data["court"], court_rule=data["court_rule"], asked_on=act.on
        )
    )


def _asked(act: Act) -> Confirmation:
    asked = mediation_of(act).confirmation
    assert asked is not None
    return asked


def court_accepts(act: Act) -> None:
    """The court has it."""
    asked = _asked(act)
    asked.accepted_on, asked.ruling_number = act.on, act.data.get("court_number", "")


def court_rules(act: Act) -> None:
    """Valid it can be enforced for two years from the last day of performance, and is open to objection for 15 日.

    What was not accepted or rejected starts no clock: there is nothing to enforce.
    """
    asked, mediation = _asked(act), mediation_of(act)
    asked.result, asked.result_on, asked.received_on = act.data["ruling"], day(act.data["ruled_on"]), act.on
    asked.ruling_number = act.data.get("court_number") or asked.ruling_number
    last = last_day_of_performance(mediation)
    act.extra["starts_on"] = {"M13": last or act.on}
    db.session().flush()


def withdraw_confirmation(act: Act) -> None:
    """司法确认规定第5条第二款. Asking again is possible as long as the 30 日 last."""
    asked = _asked(act)
    asked.result, asked.result_on = "withdrawn", act.on


def is_confirmed(case: object) -> bool:
    """A ruling says that the agreement is valid (a condition of the limits M12 and M13)."""
    return isinstance(case, Mediation) and case.confirmation is not None and case.confirmation.result == "valid"


EFFECTS: dict[str, Effect] = {
    effect.__name__: effect for effect in (ask_confirmation, court_accepts, court_rules, withdraw_confirmation)
}
