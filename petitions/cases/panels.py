"""What others put on the pages of a case. The kernel draws the page and knows no petition: panels are handed over."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from petitions.access.models import User
from petitions.cases.models import Case, Document


class Place(StrEnum):
    """Where a panel stands."""

    TOP = "top"
    """Left, first: what is asked for."""
    READING = "reading"
    """Left, beside an opened file: the text to compare it with."""
    MAIN = "main"
    """Left, below the course."""
    SIDE = "side"
    """The right column."""


@dataclass(frozen=True)
class Panel:
    """A framed part of a page, drawn by a template that is given `panel` and `case`."""

    title: str
    template: str
    place: Place = Place.SIDE
    id: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    drafts: bool = False
    """Beside a form: it shows the paper that is being written, so it can be asked for anew."""


PanelMaker = Callable[[Case, User], Panel | None]
"""Makes a panel of a case for a reader, or None where there is nothing to show."""

Presenter = Callable[[Case, User], Mapping[str, Any]]
"""What the form of an act holds before anybody types."""

Draftsman = Callable[[Case, User, Mapping[str, Any]], Panel | None]
"""What stands beside the form of an act, given what is typed so far."""


def _none(case: Case, user: User) -> Mapping[str, str]:  # noqa: ARG001
    return {}


@dataclass(frozen=True)
class Furniture:
    """What the package that owns a kind of case puts on its pages."""

    load: Callable[[Case], None]
    """Reads with few queries what its panels and guards ask of a case."""
    panels: Sequence[PanelMaker]
    present: Mapping[str, Presenter]
    """By action."""
    beside: Mapping[str, Draftsman]
    """By action."""
    unserved: Callable[[Case], Sequence[Document]]
    """The papers that still have to reach somebody."""
    words: Callable[[Case, User], Mapping[str, str]] = _none
    """What was kept out of its papers (documents/concealed.py), as far as the reader may have it printed now."""


furniture: dict[str, Furniture] = {}
"""By kind of case; filled by app.py."""

panels: list[PanelMaker] = []
"""Panels of capabilities, shown on every kind of case they recognise; filled by app.py."""
