"""What the acts of a hearing write on its row."""

from datetime import date
from typing import Any

from petitions.cases.kinds import Act, Effect
from petitions.cases.models import Case
from petitions.matters.hearing.models import Hearing, Stage, going_on, hearings_of
from petitions.matters.hearing.names import named_people


def _at_work(case: Case) -> Hearing:
    found = going_on(case)
    assert found is not None
    return found


def _day(act: Act, name: str) -> date:
    return date.fromisoformat(act.data[name])


def ask_hearing(act: Act) -> None:
    """Somebody asks for a hearing."""
    hearings_of(act.case).append(
        Hearing(
            asked_by=act.data["hearing_asked_by"],
            asked_on=_day(act, "hearing_asked_on"),
            reason=act.data["hearing_reason"],
        )
    )


def grant_hearing(act: Act) -> None:
    """It will be held."""
    _at_work(act.case).stage = Stage.GRANTED


def refuse_hearing(act: Act) -> None:
    """It will not."""
    _at_work(act.case).stage = Stage.REFUSED


def call_hearing(act: Act) -> None:
    """Day, place and panel are fixed, and the petitioner is told."""
    hearing, data = _at_work(act.case), act.data
    hearing.stage = Stage.CALLED
    hearing.subject, hearing.openness = data["hearing_subject"], data["openness"]
    hearing.set_on, hearing.at_time, hearing.place = (
        _day(act, "hearing_on"),
        data["hearing_time"],
        data["hearing_place"],
    )
    hearing.chair, hearing.members = data["chair"], named_people(data["members"])
    hearing.clerk = data.get("clerk", "")


def adjourn_hearing(act: Act) -> None:
    """Another day, before it has begun or in the middle of it."""
    hearing, data = _at_work(act.case), act.data
    act.extra["set_before"] = hearing.set_on
    hearing.set_on = _day(act, "hearing_again_on")
    hearing.at_time = data.get("hearing_time", hearing.at_time)
    hearing.place = data.get("hearing_place", hearing.place)


def cancel_hearing(act: Act) -> None:
    """It does not take place, or not to its end."""
    _at_work(act.case).stage = Stage.CANCELLED


def lapse_hearing(act: Act) -> None:
    """The case has ended, and with it a hearing that had not."""
    hearing = going_on(act.case)
    if hearing is not None:
        hearing.stage = Stage.CANCELLED


def replace_panel_member(act: Act) -> None:
    """Whoever must stay away leaves the panel, and somebody else sits there."""
    hearing, leaves, comes = _at_work(act.case), act.data["panel_member"], act.data["replacement"]
    _remember(act, hearing, granted=True)
    if hearing.chair == leaves:
        hearing.chair = comes
    else:
        hearing.members = [comes if name == leaves else name for name in hearing.members]


def keep_panel_member(act: Act) -> None:
    """The request is refused: whoever was named stays."""
    _remember(act, _at_work(act.case), granted=False)


def _remember(act: Act, hearing: Hearing, *, granted: bool) -> None:
    told: dict[str, Any] = {
        "name": act.data["panel_member"], "asked_by": act.data["panel_asked_by"], "ground": act.data["panel_ground"],
        "decided_by": act.who, "decided_on": act.on.isoformat(), "granted": granted,
        "replacement": act.data.get("replacement", ""),
    }  # fmt: skip
    hearing.recusals = [*hearing.recusals, told]


def open_hearing(act: Act) -> None:
    """The first day: a clock that rests for a hearing rests from here."""
    hearing = _at_work(act.case)
    hearing.stage, hearing.opened_on = Stage.OPENED, act.on


def close_hearing(act: Act) -> None:
    """The last day, itself still part of the hearing; the minutes stand in the history and on their paper."""
    hearing = _at_work(act.case)
    hearing.stage, hearing.closed_on = Stage.CLOSED, act.on


def conclude_hearing(act: Act) -> None:
    """What the panel found."""
    hearing = _at_work(act.case)
    hearing.stage, hearing.finding = Stage.CONCLUDED, act.data["finding"]


EFFECTS: dict[str, Effect] = {
    effect.__name__: effect
    for effect in (
        ask_hearing, grant_hearing, refuse_hearing, call_hearing, adjourn_hearing, cancel_hearing, lapse_hearing,
        replace_panel_member, keep_panel_member, open_hearing, close_hearing, conclude_hearing,
    )
}  # fmt: skip
