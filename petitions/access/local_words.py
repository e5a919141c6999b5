"""What anybody here would try first: the name of the product, of the house and its region, and of the person.

ASVS 6.1.2 wants these words written down; here they are rules, and `PETITIONS_PASSWORD_WORDS` adds what an installation
knows of itself.
"""

import re
import unicodedata
from collections.abc import Iterable

from petitions import db
from petitions.access.models import Unit, User
from petitions.web.inputs import pinyin

PRODUCT = ("petitions", "信访", "xinfang")
"""What this software and its trade are called."""

_REGION = re.compile(r"(\w{2,3}?)[省市县区州旗盟镇乡]")
"""青禾 at the head of 青禾县信访局: of what a region is called people leave the rank away."""

_SPELT_AT_LEAST = 5
"""Letters: 李 is li, which half of all passwords contain. Groups of four, of which we make passwords, are never met."""


def folded(text: str) -> str:
    """A text as it is compared: narrow, small letters, no blanks."""
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def words_for(person: User, more: Iterable[str]) -> frozenset[str]:
    """The words, folded, that the password of `person` may not contain; `more`: those of the installation."""
    named = [person.name or "", *_places(person)]
    spelt = (folded(pinyin(name)) for name in named)
    return frozenset(
        {folded(word) for word in (*PRODUCT, *named, *more) if len(folded(word)) > 1}
        | {word for word in spelt if len(word) >= _SPELT_AT_LEAST}
    )


def _places(person: User) -> list[str]:
    """The unit and those above it, and the regions they are named after."""
    names: list[str] = []
    unit = db.session().get(Unit, person.unit_id) if person.unit_id else None
    while unit is not None and unit.name not in names:
        names.append(unit.name)
        unit = unit.parent
    return names + [found.group(1) for found in map(_REGION.match, names) if found is not None]
