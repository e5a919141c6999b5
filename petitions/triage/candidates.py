"""The earlier matters a new one may repeat, as the clerk is shown them."""

from petitions.access.models import User
from petitions.matters.models import Matter
from petitions.matters.paper_values import people_of, petition_of
from petitions.matters.repeats import Asked, Person, Suspect, suspects

SHOWN = 8
"""Beyond these nobody reads on; whoever knows better names the number."""


def candidates(matter: Matter, viewer: User) -> list[Suspect]:
    """Likeliest first; only what `viewer` may see, and sealed with sealed, open with open (第30条).

    A matter this one was suspected to repeat when it was registered stands among them by its own likeness.
    """
    petition, people = petition_of(matter), people_of(matter)
    first = next((row for row in people if row.part == "petitioner"), None)
    accused = matter.respondents[0] if matter.respondents else None
    asked = Asked(
        office_id=matter.office_id,
        name=first.name if first else "",
        phone=first.phone if first else "",
        id_number=first.id_number if first else "",
        place=matter.place,
        text=petition.text,
        but=matter.id,
        beside=tuple(
            Person(row.name, row.phone, row.id_number) for row in people if row.part in ("representative", "agent")
        ),
        respondent=accused.name if accused and matter.sealed else "",
        respondent_unit=accused.unit_id if accused and matter.sealed else None,
        viewer=viewer,
    )
    found = suspects(asked, limit=SHOWN * 3)
    fitting = [one for one in found if one.matter.sealed == matter.sealed and one.matter.office_id == matter.office_id]
    return fitting[:SHOWN]
