"""签收或异议: what a receiving desk does with what arrived, each as one unit of work."""

from collections.abc import Mapping
from typing import Any

from petitions import db
from petitions.access.models import User
from petitions.access.policy import may
from petitions.cases.models import Event
from petitions.cases.perform import perform
from petitions.matters.models import Matter
from petitions.matters.workflow import FLOW


def take_in(
    matter: Matter, data: Mapping[str, Any], actor: User, *, version: int | None = None, submission: str | None = None
) -> Event:
    """Sign, and name the handler at once where one was chosen. All or nothing; raises what `perform` raises."""
    with db.session().begin_nested():
        signed = perform(matter, "sign", {}, actor, version=version, submission=submission)
        names = data.get("handler") and may(actor, "case:appoint", matter)
        # A retry of the same form finds its signature here, and the handler named.
        if names and matter.handler_id is None:
            perform(matter, "appoint", data, actor)
        return signed


def object_to(
    matter: Matter, data: Mapping[str, Any], actor: User, *, version: int | None = None, submission: str | None = None
) -> Event:
    """Object, signing first where nobody has: whoever objects has received it. Raises what `perform` raises."""
    with db.session().begin_nested():
        if matter.state in FLOW.before("sign"):
            perform(matter, "sign", {}, actor, version=version)
            version = None
        return perform(matter, "object", data, actor, version=version, submission=submission)
