"""同意或退回: the decision of the person in charge on what waits, in the words it was asked in."""

from collections.abc import Mapping
from typing import Any

from petitions import db
from petitions.access.models import User
from petitions.cases.models import Event
from petitions.cases.perform import perform
from petitions.matters.models import Matter
from petitions.matters.present import PRESENT
from petitions.words import Refused, say

DECISIONS = ("extend", "refuse_extension", "approve_opinion", "return_opinion")


def decide_request(
    matter: Matter, action: str, data: Mapping[str, Any], actor: User, *, version: int | None = None,
    submission: str | None = None,
) -> Event:  # fmt: skip
    """Grant a request as it was asked (its days, its reason), or send it back with `note`.

    Raises what `perform` raises, and Refused for anything that is no decision.
    """
    if action not in DECISIONS:
        raise Refused(say("这里只办理审批，选择“同意”或“退回”"))
    asked = PRESENT[action](matter, actor) if action in PRESENT else {}
    with db.session().begin_nested():
        return perform(matter, action, {**data, **asked}, actor, version=version, submission=submission)
