"""文书 of a hearing (domain.md §5A 17, 18): what they say beside the common values of their kind of case."""

from collections.abc import Callable, Mapping
from typing import Any

from petitions.cases.kinds import Act
from petitions.matters.hearing.lists import FIXED
from petitions.matters.hearing.models import current
from petitions.matters.wording import formal

TITLES: Mapping[str, tuple[str, str]] = {
    # kind: title, word of its number
    "hearing_notice": ("信访事项听证通知书", "信听"),
    "hearing_refusal": ("信访事项不予听证告知书", "信不听"),
    "hearing_cancellation": ("信访事项取消听证告知书", "信消听"),
    "hearing_minutes": ("信访事项听证笔录", "信听录"),
    "hearing_conclusion": ("信访事项听证结论", "信听结"),
}

TO_BE_SIGNED = frozenset(("hearing_minutes", "hearing_conclusion"))
"""No letters: whoever took part signs them."""


def word(choices: str, code: str) -> str:
    """The Chinese word of an entry of a fixed list."""
    return next((str(one.label) for one in FIXED[choices] if one.value == code), code)


def told(act: Act) -> dict[str, Any]:
    """The hearing as its papers tell it; days are dates."""
    hearing = current(act.case)
    assert hearing is not None
    return {
        "basis": formal(act.action.article),
        "hearing": {
            "asked_by_petitioner": hearing.asked_by == "petitioner",
            "asked_on": hearing.asked_on,
            "reason": hearing.reason,
            "subject": hearing.subject,
            "openness": word("opennesses", hearing.openness) if hearing.openness else "",
            "set_on": hearing.set_on,
            "set_before": act.extra.get("set_before"),
            "time": hearing.at_time,
            "place": hearing.place,
            "chair": hearing.chair,
            "members": "、".join(hearing.members),
            "clerk": hearing.clerk,
            "opened_on": hearing.opened_on,
            "closed_on": hearing.closed_on,
            "recusals": hearing.recusals,
            "signed": word("minutes_signings", act.data["minutes_signed"]) if "minutes_signed" in act.data else "",
        },
    }


EXTRA: Mapping[str, Callable[[Act], dict[str, Any]]] = dict.fromkeys(TITLES, told)
