"""The guards of a hearing: in which order it goes, who may sit on it, how early it is told. Each gives a reason or None."""

from datetime import date, timedelta

from petitions import db
from petitions.cases.kinds import Act, Guard
from petitions.matters.course import last_event
from petitions.matters.hearing.models import Stage, current, going_on
from petitions.matters.hearing.names import named_people
from petitions.words import Sentence, say

LEAST_PANEL = 3
"""A panel decides by majority, so it is odd and more than one person (domain.md §5A 17: local practice)."""


def _is_at(act: Act, *stages: Stage) -> bool:
    hearing = current(act.case)
    return hearing is not None and hearing.stage in stages


def _given(act: Act, name: str) -> date | None:
    value = act.data.get(name)
    return date.fromisoformat(value) if value else None


# --- the order -------------------------------------------------------------------------------------------------------


def no_hearing_goes_on(act: Act) -> str | None:
    """One at a time; and nothing is decided in the case while one goes on."""
    return say("有一次听证还没有结束：先作出听证结论，或者取消") if going_on(act.case) else None


def hearing_is_asked(act: Act) -> str | None:
    """A request waits for its answer."""
    return None if _is_at(act, Stage.ASKED) else say("没有等待决定的听证申请")


def petitioner_asked_for_it(act: Act) -> str | None:
    """Only a request of the petitioner is answered with a notice; what the unit proposed itself it drops."""
    hearing = current(act.case)
    if hearing is not None and hearing.asked_by != "petitioner":
        return say("听证是本单位提出的，不举行时用“撤回听证申请”")
    return None


def hearing_is_granted(act: Act) -> str | None:
    """It was decided to hold it."""
    return None if _is_at(act, Stage.GRANTED) else say("还没有同意举行听证")


def hearing_is_not_called(act: Act) -> str | None:
    """A request can be taken back until the petitioner was told the day."""
    return None if _is_at(act, Stage.ASKED, Stage.GRANTED) else say("没有可以撤回的听证申请")


def hearing_is_called(act: Act) -> str | None:
    """The petitioner was told the day."""
    return None if _is_at(act, Stage.CALLED) else say("没有已经通知、等待举行的听证")


def hearing_is_not_over(act: Act) -> str | None:
    """It was called and has not come to its end."""
    return None if _is_at(act, Stage.CALLED, Stage.OPENED) else say("没有已经通知、还没有结束的听证")


def hearing_is_open(act: Act) -> str | None:
    """It has begun."""
    return None if _is_at(act, Stage.OPENED) else say("听证还没有开始")


def hearing_is_closed(act: Act) -> str | None:
    """Everybody was heard."""
    return None if _is_at(act, Stage.CLOSED) else say("听证还没有结束")


def hearing_day_has_come(act: Act) -> str | None:
    """Until then other things come next."""
    hearing = going_on(act.case)
    if hearing is not None and hearing.set_on is not None and act.on >= hearing.set_on:
        return None
    return say("听证日期还没有到")


# --- the decision ----------------------------------------------------------------------------------------------------


def decider_is_not_the_proposer(act: Act) -> str | None:
    """Who asks never approves: a hearing the unit proposes is decided by somebody else of it."""
    hearing, asked = current(act.case), last_event(act, "ask_hearing")
    own = hearing is not None and hearing.asked_by == "unit"
    if own and asked is not None and asked.is_in_hands_of(act.actor, act.behalf):
        return say("听证是你提出的，由本单位另一位负责人决定")
    return None


# --- the panel -------------------------------------------------------------------------------------------------------


def panel_is_sound(act: Act) -> str | None:
    """Odd, at least three, nobody twice, and the handler does not preside over what they inquired into."""
    if not act.data.get("chair"):
        return None
    people = [act.data["chair"], *named_people(act.data["members"])]
    twice = next((name for name in people if people.count(name) > 1), None)
    if twice:
        return say("“{name}”写了两次，主持人和听证员各写一次", name=twice)
    if len(people) < LEAST_PANEL or len(people) % 2 == 0:
        return say(
            "主持人和听证员一共应当是单数，不少于{least}人，现在是{count}人", least=LEAST_PANEL, count=len(people)
        )
    return _handler_presides(act, act.data["chair"])


def replacement_is_sound(act: Act) -> str | None:
    """Whoever takes the place sits there not already, and is not the handler where it is the chair's."""
    hearing, comes = going_on(act.case), act.data.get("replacement")
    if hearing is None or not comes:
        return None
    if comes in hearing.panel:
        return say("“{name}”已经在听证组里，另选接替的人", name=comes)
    return _handler_presides(act, comes) if act.data["panel_member"] == hearing.chair else None


def _handler_presides(act: Act, chair: str) -> Sentence | None:
    handler = act.case.handler
    if handler is not None and handler.name == chair:
        return say("承办人不能担任听证主持人，另选一人")
    return None


def not_heard_twice(act: Act) -> str | None:
    """What was decided about somebody's place on the panel is decided on the same ground once."""
    hearing, named = going_on(act.case), act.data.get("panel_member")
    if hearing is None or not named:
        return None
    for told in hearing.recusals:
        if (told["name"], told["ground"]) == (named, act.data["panel_ground"]):
            return say("以同一事由申请{name}回避，已经作过决定", name=named)
    return None


# --- the days --------------------------------------------------------------------------------------------------------


def told_early_enough(act: Act) -> str | None:
    """The petitioner has time to prepare; how much is local (settings.py, `hearing_notice_days`)."""
    day, notice = _given(act, "hearing_on"), db.hearing_notice_days()
    if day is not None and day < act.on + timedelta(days=notice):
        return say("听证应当提前{days}日通知信访人，最早是{first}", days=notice,
                   first=(act.on + timedelta(days=notice)).isoformat())  # fmt: skip
    return None


def adjourned_to_a_later_day(act: Act) -> str | None:
    """Never earlier than the petitioner was told: their time to prepare would shrink."""
    hearing, day = going_on(act.case), _given(act, "hearing_again_on")
    if hearing is None or day is None or hearing.set_on is None or day > hearing.set_on:
        return None
    return say("改到的日子应当晚于原定的{day}", day=hearing.set_on.isoformat())


def opened_as_told(act: Act) -> str | None:
    """It begins on the day the petitioner was told, or was adjourned before."""
    hearing, day = going_on(act.case), _given(act, "opened_on")
    if hearing is None or day is None or hearing.set_on in (None, day):
        return None
    assert hearing.set_on is not None
    return say("通知的听证日期是{day}。改期的先办“听证延期”", day=hearing.set_on.isoformat())


def closed_after_it_opened(act: Act) -> str | None:
    """Its last day is not before its first, nor before the day it was adjourned to."""
    hearing, day = going_on(act.case), _given(act, "ended_on")
    if hearing is None or day is None or hearing.opened_on is None:
        return None
    first = max(hearing.opened_on, hearing.set_on or hearing.opened_on)
    if day < first:
        return say("听证结束日期不能早于{first}", first=first.isoformat())
    return None


_OWN: tuple[Guard, ...] = (
    no_hearing_goes_on,
    hearing_is_asked,
    petitioner_asked_for_it,
    hearing_is_granted,
    hearing_is_not_called,
    hearing_is_called,
    hearing_is_not_over,
    hearing_is_open,
    hearing_is_closed,
    hearing_day_has_come,
    decider_is_not_the_proposer,
    panel_is_sound,
    replacement_is_sound,
    not_heard_twice,
    told_early_enough,
    adjourned_to_a_later_day,
    opened_as_told,
    closed_after_it_opened,
)

GUARDS: dict[str, Guard] = {guard.__name__: guard for guard in _OWN}
