"""同意或退回: the decision of the person in charge on what waits, in the words it was asked in."""

from collections.abc import Mapping
from typing import Any

from petitions import db
from petitions.access.models import User
from petitions.cases.kinds import kind_of
from petitions.cases.models import Case, Event
from petitions.cases.panels import furniture
from petitions.cases.perform import perform
from petitions.flow import Action
from petitions.words import Refused, say

NOTE = "note"
"""What sending back is told with: it stands on the page. Whatever asks for more has its own form."""


def is_one_click(row: Action, case: Case, actor: User) -> bool:
    """Whether an answer asks for nothing that the request has not said, but for why it is sent back."""
    return bool(row.answers) and set(row.requires) <= {NOTE, *_known(row, case, actor)}


def _known(row: Action, case: Case, actor: User) -> Mapping[str, Any]:
    present = furniture[case.kind].present.get(row.name)
    return present(case, actor) if present else {}


def decide_request(
    case: Case, action: str, data: Mapping[str, Any], actor: User, *, version: int | None = None,
    submission: str | None = None,
) -> Event:  # fmt: skip
    """Grant a request as it was asked (its days, its reason), or send it back with `note`.

    Raises what `perform` raises, and Refused for anything that is no answer to a request or has a form of its own.
    """
    row = kind_of(case).flow.action.get(action)
    if row is None or not is_one_click(row, case, actor):
        raise Refused(say("这里只办理审批，选择“同意”或“退回”"))
    with db.session().begin_nested():
        return perform(
            case, action, {**data, **_known(row, case, actor)}, actor, version=version, submission=submission
        )
