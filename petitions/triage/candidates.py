"""The earlier matters a new one may repeat, as the clerk is shown them."""

from petitions.access.models import User
from petitions.matters.models import Matter
from petitions.matters.repeats import Suspect, asked_of, suspects
from petitions.matters.workflow import FLOW
from petitions.matters.worklist import opened

SCREENING = FLOW.before("screen_as_first")
"""States in which nobody has said yet that it is no repeat."""

SHOWN = 8
"""Beyond these nobody reads on; whoever knows better names the number."""


def candidates(matter: Matter, viewer: User) -> list[Suspect]:
    """Likeliest first; only what `viewer` may see, and sealed with sealed, open with open (第30条).

    A matter this one was suspected to repeat when it was registered stands among them by its own likeness.
    """
    found = suspects(asked_of(matter, viewer), limit=SHOWN * 3)
    fitting = [one for one in found if one.matter.sealed == matter.sealed and one.matter.office_id == matter.office_id]
    return fitting[:SHOWN]


def remembered(matter: Matter, viewer: User) -> Matter | None:
    """The matter that somebody at the counter suspected, as long as nobody has compared the two."""
    if matter.state not in SCREENING or matter.related_to_id is None:
        return None
    return opened([matter.related_to_id], viewer).get(matter.related_to_id)
