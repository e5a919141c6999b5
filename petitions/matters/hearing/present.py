"""What the forms of a hearing hold before anybody types."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from petitions import clock, db
from petitions.access.models import User
from petitions.cases.models import Case
from petitions.cases.panels import Presenter
from petitions.matters.hearing.models import going_on


def asking(case: Case, user: User) -> dict[str, Any]:  # noqa: ARG001
    """Most are asked for by the petitioner, and written down the same day."""
    return {"hearing_asked_by": "petitioner", "hearing_asked_on": clock.today()}


def calling(case: Case, user: User) -> dict[str, Any]:
    """What the case is about; the first day that leaves the petitioner their time; whoever is not the handler presides."""
    first = clock.today() + timedelta(days=db.hearing_notice_days())
    return {
        "hearing_subject": case.title,
        "hearing_on": first,
        "openness": "public",
        "clerk": user.name if case.handler_id != user.id else "",
    }


def adjourning(case: Case, user: User) -> dict[str, Any]:  # noqa: ARG001
    """The same hour and place."""
    hearing = going_on(case)
    return {"hearing_time": hearing.at_time, "hearing_place": hearing.place} if hearing else {}


def recusing(case: Case, user: User) -> dict[str, Any]:  # noqa: ARG001
    """It is the petitioner's right to ask."""
    return {"panel_asked_by": "petitioner"}


def opening(case: Case, user: User) -> dict[str, Any]:  # noqa: ARG001
    """The day that was told."""
    hearing = going_on(case)
    return {"opened_on": hearing.set_on if hearing and hearing.set_on else clock.today()}


def closing(case: Case, user: User) -> dict[str, Any]:  # noqa: ARG001
    """Most end the day they begin, or the day they were adjourned to."""
    hearing = going_on(case)
    return {"ended_on": hearing.set_on if hearing and hearing.set_on else clock.today(), "minutes_signed": "all"}


PRESENT: Mapping[str, Presenter] = {
    "ask_hearing": asking,
    "call_hearing": calling,
    "adjourn_hearing": adjourning,
    "replace_panel_member": recusing,
    "keep_panel_member": recusing,
    "open_hearing": opening,
    "close_hearing": closing,
}
