"""卷宗 on the page of a case and on a page of its own (M6): how complete it is, what lies where, how long it is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import url_for

from petitions import db
from petitions.access.models import User
from petitions.cases import disposal
from petitions.cases.disposal import Term
from petitions.cases.dossier import Item, total_pages
from petitions.cases.models import Case
from petitions.cases.panels import Panel, Place
from petitions.cases.perform import may_do
from petitions.mediation.dossier import Part, looked_through
from petitions.mediation.dossier_parts import BACK
from petitions.mediation.models import Mediation
from petitions.mediation.retention import term_of
from petitions.mediation.workflow import FLOW
from petitions.words import say

_ADDS = FLOW.action["attach"]


@dataclass(frozen=True)
class Meter:
    """n of m 必须. The last sheet is made with the archive and so no part of it."""

    parts: Sequence[Part]

    @property
    def needed(self) -> int:
        """How many parts must be there."""
        return sum(one.needed and one.section is not BACK for one in self.parts)

    @property
    def there(self) -> int:
        """How many of them are, or are accounted for."""
        return sum(one.needed and one.section is not BACK and not one.is_missing for one in self.parts)

    @property
    def missing(self) -> Sequence[Part]:
        """Those that keep it from the archive."""
        return [one for one in self.parts if one.is_missing]


def panel(case: Case, user: User) -> Panel | None:
    """卷宗: what must be there, what is, and where what is missing is added."""
    if not isinstance(case, Mediation):
        return None
    parts, items = looked_through(case)
    return Panel(
        say("卷宗"), "mediation/_dossier.html", Place.SIDE, "dossier",
        {
            "meter": Meter(parts), "pages": total_pages(items), "count": len(items), "adds": may_do(user, _ADDS, case),
            "url": url_for("mediation_dossier.show", case_id=case.id),
        },
    )  # fmt: skip


@dataclass(frozen=True)
class DossierPage:
    """What the page draws."""

    mediation: Mediation
    state: str
    meter: Meter
    items: Sequence[Item]
    pages: int
    term: Term | None
    """None until it is settled with the archive."""
    due_from: date | None
    adds: bool
    """The reader may bring what is missing."""


def dossier_page(mediation: Mediation, user: User) -> DossierPage:
    """The dossier of a mediation its reader sees."""
    parts, items = looked_through(mediation)
    term = term_of(mediation.retention, db.mediation_retention_years()) if mediation.retention else None
    return DossierPage(
        mediation, FLOW.state[mediation.state].label, Meter(parts), items, total_pages(items), term,
        disposal.due_from(mediation.closed_on, term) if term and mediation.closed_on else None,
        may_do(user, _ADDS, mediation),
    )  # fmt: skip
