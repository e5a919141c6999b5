"""What may be typed, defined once: the form, the API and the import all read these definitions.

What a person or a file gave is checked in cleaning.py.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Protocol

from petitions.cases import checks


class Kind(StrEnum):
    """How a field is typed, checked and drawn."""

    TEXT = "text"
    LONG = "long"
    DATE = "date"
    INTEGER = "integer"
    FLAG = "flag"
    CHOICE = "choice"
    CHOICES = "choices"
    UNIT = "unit"
    UNITS = "units"
    USER = "user"
    CASE = "case"
    PHONE = "phone"
    ID_NUMBER = "id_number"
    PER_PART = "per_part"
    """One choice for each part of the case (each claim its route, each claim its outcome)."""
    TOLD = "told"
    """A text for each part of the case: what each party said."""
    ROWS = "rows"
    """A short table, row by row: what an agreement promises, with amount and last day."""
    TIME = "time"
    """A time of day, 14:30."""
    MONEY = "money"
    """元, kept as it is written without thousands: 1200, 1200.50."""
    FILES = "file"
    """Files that lie in the store already (cases/files.py): what they are called and their digests."""


NUMBERED = (Kind.UNIT, Kind.USER)


@dataclass(frozen=True)
class Choice:
    """One entry of a list to choose from."""

    value: str
    label: str
    group: str = ""
    keys: str = ""
    """Pinyin initials for the search box."""
    why_not: str = ""
    """A reason why it cannot be chosen here; it is shown, greyed."""


@dataclass(frozen=True)
class Hinge:
    """On what another field of the act says it depends whether a field is asked: each method of service has its own proof."""

    on: str
    """The field that decides. It stands before the others in the row of the table, and is required there."""
    asked: tuple[str, ...]
    """Its values for which the field is asked; `*`: whatever is chosen."""
    needed: tuple[str, ...] = ()
    """Of these the ones for which it must be filled."""
    never: tuple[str, ...] = ()
    """Taken out of `*`."""

    def asks(self, value: Any) -> bool:
        """Whether the field is asked while the other one says `value`."""
        return bool(value) and value not in self.never and ("*" in self.asked or value in self.asked)

    def needs(self, value: Any) -> bool:
        """Whether it must be filled then."""
        return self.asks(value) and ("*" in self.needed or value in self.needed)


@dataclass(frozen=True)
class Field:
    """One thing that may be filled, wherever it is asked."""

    name: str
    kind: Kind
    label: str
    help: str = ""
    choices: str = ""
    """Name of the list the kind of case offers."""
    parts: str = ""
    """Name of the list of parts a PER_PART field asks about."""
    min_length: int = 0
    max_length: int = 2000
    least: int | None = None
    most: int | None = None
    past: bool = False
    """The day lies not after today."""
    future: bool = False
    """The day lies not before today."""
    since_receipt: bool = False
    """The day lies not before the petition's own."""
    written: bool = False
    """The office's own words, which become part of a paper: a place that was left to be filled in is refused."""
    rows: int = 4
    suffix: str = ""
    columns: "tuple[Field, ...]" = ()
    """Of ROWS: what each row says."""
    row_needs: tuple[str, ...] = ()
    """The columns that every row must fill."""
    most_rows: int = 60
    after: str = ""
    """On a form it stands after this one, though the row of the table asks first for all that must be filled."""
    hinge: Hinge | None = None
    """Asked only when another field says so; filled in all the same, it is let go."""


class Context(Protocol):
    """What a check may ask about the surroundings."""

    @property
    def today(self) -> date:
        """Today in China."""
        ...

    @property
    def received_on(self) -> date | None:
        """When the petition came in, if there is one yet."""
        ...

    def choices(self, name: str) -> Sequence[Choice]:
        """The entries of a named list."""
        ...

    def look_up(self, name: str, given: str) -> Choice | None:
        """The case a person named by its number or id, if it is one they may name."""
        ...


def from_form(fields: Iterable[Field], form: Mapping[str, Any]) -> dict[str, Any]:
    """Pick what a posted form says about `fields`: lists for the kinds that take several, parts by `name.part`.

    What was typed stays as it was typed, but for control characters, which no page can show again.
    """
    picked: dict[str, Any] = {}
    for field in fields:
        if field.kind in (Kind.CHOICES, Kind.UNITS):
            picked[field.name] = form.getlist(field.name) if hasattr(form, "getlist") else form.get(field.name)
        elif field.kind is Kind.FILES:
            continue  # what a form carries are bytes: the face stores them first
        elif field.kind in (Kind.PER_PART, Kind.TOLD):
            head = field.name + "."
            picked[field.name] = {
                key[len(head) :]: checks.visible(value) for key, value in form.items() if key.startswith(head)
            }
        elif field.kind is Kind.ROWS:
            picked[field.name] = _rows_of(field, form)
        else:
            given = form.get(field.name)
            picked[field.name] = checks.visible(given) if isinstance(given, str) else given
    return picked


def _rows_of(field: Field, form: Mapping[str, Any]) -> list[dict[str, str]]:
    """The rows of a posted table in their order: `terms.0.item`, `terms.0.amount`, `terms.1.item` …"""
    named = re.compile(rf"{re.escape(field.name)}\.([0-9]{{1,4}})\.([a-z_]+)")
    rows: dict[int, dict[str, str]] = {}
    for key, value in form.items():
        if found := named.fullmatch(key):
            rows.setdefault(int(found[1]), {})[found[2]] = checks.visible(value)
    return [rows[number] for number in sorted(rows)]
