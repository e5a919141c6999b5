"""办理清单: what an inquiry has done and what is still missing, read from what was recorded; nothing is ticked by hand."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import lazyload

from petitions import db
from petitions.access.models import User
from petitions.cases.models import Case, Event
from petitions.cases.panels import Panel, Place
from petitions.cases.perform import may_do
from petitions.matters.models import Matter
from petitions.matters.workflow import FLOW
from petitions.words import Sentence, say

_STATES = FLOW.before("discontinue")


@dataclass(frozen=True)
class Item:
    """One thing an inquiry does."""

    label: Sentence
    article: Sentence
    done: Event | None
    """What shows that it was done."""
    optional: bool
    action: str
    """The act that records it, where the reader may do it now; empty otherwise."""


def checklist(case: Case, user: User) -> Panel | None:
    """The checklist of a matter that is being handled; nothing before and after."""
    if not isinstance(case, Matter) or case.state not in _STATES:
        return None
    events = _recorded(case.id)
    items = _suggestion(case, user, events) if case.nature == "suggestion" else _request(case, user, events)
    return Panel(
        say("办理清单"), "handling/_checklist.html", Place.SIDE, "checklist",
        {"items": items, "missing": sum(item.done is None and not item.optional for item in items)},
    )  # fmt: skip


_ACTS = ("inquire", "close_hearing", "negotiate", "submit_opinion", "note", "attach")
"""What an inquiry consists of, and where files come in."""

Found = Callable[[Event], bool]


def _recorded(case_id: int) -> list[Event]:
    query = select(Event).where(Event.case_id == case_id, Event.action.in_(_ACTS)).order_by(Event.id)
    return list(db.session().scalars(query.options(lazyload(Event.actor), lazyload(Event.unit))))


def _item(
    case: Case, user: User, events: list[Event], label: Sentence, article: str, action: str, is_it: Found, *,
    optional: bool = False,
) -> Item:  # fmt: skip
    done = next((event for event in reversed(events) if is_it(event)), None)
    return Item(label, say(article), done, optional, action if may_do(user, FLOW.action[action], case) else "")


def _request(case: Matter, user: User, events: list[Event]) -> list[Item]:
    """第31条第六项: hear, investigate, and a hearing where it is grave, complicated or doubtful; 第32条: the basis."""
    return [
        _item(case, user, events, say("听取信访人陈述"), "第31条第六项", "inquire", _heard),
        _item(case, user, events, say("调查核实"), "第31条第六项", "inquire", _looked_into),
        _item(case, user, events, say("证据材料"), "第31条第六项", "attach", lambda event: bool(event.data.get("files"))),
        _item(case, user, events, say("听证（重大、复杂、疑难的可以举行）"), "第31条第六项", "ask_hearing",
              lambda event: event.action == "close_hearing", optional=True),
        _item(case, user, events, say("法律法规依据"), "第32条", "submit_opinion", _founded),
    ]  # fmt: skip


def _suggestion(case: Matter, user: User, events: list[Event]) -> list[Item]:
    """第29条: a suggestion is studied and weighed, and answered."""
    return [
        _item(case, user, events, say("研究论证"), "第29条", "inquire", _looked_into),
        _item(case, user, events, say("答复的依据"), "第29条", "submit_opinion", _founded),
    ]


def _heard(event: Event) -> bool:
    return event.action == "inquire" and event.data.get("inquiry_kind") == "hearing_of_petitioner"


def _looked_into(event: Event) -> bool:
    return event.action == "inquire" and not _heard(event)


def _founded(event: Event) -> bool:
    drafted: Mapping[str, object] = event.data if event.action == "submit_opinion" else {}
    return bool(drafted.get("basis"))
