"""办结报告: what the report already knows about the petitioner's view and about what was carried out."""

from typing import Any

from sqlalchemy import select

from petitions import db
from petitions.access.models import User
from petitions.cases.clocks import in_words
from petitions.cases.models import Case, Event
from petitions.matters.models import Matter
from petitions.matters.wording import in_words as worded

# The words become part of a paper, which is Chinese: no `say` here. The field refuses what is left to be filled in.
_NOTHING = "（写明）"


def known_for_report(case: Case, user: User) -> dict[str, Any]:  # noqa: ARG001
    """The report's own part, begun with what was recorded; the parts before it are filled by the paper itself."""
    assert isinstance(case, Matter)
    return {"report": f"信访人的意见：{_views(case)}\n处理意见的落实情况：{_performance(case)}"}


def _views(matter: Matter) -> str:
    visits = [visit for visit in matter.visits if visit.reached]
    if not visits:
        return _NOTHING
    last = visits[-1]
    rated = worded({"unit_rating": last.unit_rating}) if last.unit_rating else {}
    said = "；".join(filter(None, [rated.get("unit_rating", ""), last.said]))
    return f"{in_words(last.visited_on)}回访，{said or _NOTHING}"


def _performance(matter: Matter) -> str:
    query = select(Event).where(Event.case_id == matter.id, Event.action == "perform_opinion").order_by(Event.id)
    return "；".join(str(event.data.get("record", "")) for event in db.session().scalars(query)) or _NOTHING
