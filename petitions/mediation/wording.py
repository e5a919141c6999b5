"""What is stored of a mediation, as people read it."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from petitions import db
from petitions.access.models import User
from petitions.cases import codes
from petitions.cases.fields import Field, Kind
from petitions.matters.wording import unit_name
from petitions.mediation.dossier_parts import BY_CODE
from petitions.mediation.fields import FIELDS
from petitions.mediation.lists import FIXED, file_name, owed_row_text
from petitions.mediation.models import Party
from petitions.words import say

_NAMED: Mapping[str, Callable[[str], str]] = {
    "owed_rows": owed_row_text,
    "case_files": file_name,
    "missing_parts": lambda code: str(BY_CODE[code].label) if code in BY_CODE else code,
}

_PEOPLE = ("mediators_of_committee", "mediators_of_case")
_PARTIES = ("parties", "everybody")


def label_of(field: Field, value: str) -> str:
    """The word for an entry chosen in `field`, also when it is no longer offered."""
    if field.choices in FIXED:
        return next((str(choice.label) for choice in FIXED[field.choices] if choice.value == value), value)
    if field.choices == "dispute_types":
        return codes.label("dispute_type", value)
    if field.choices in _PARTIES:
        party = db.session().get(Party, int(value))
        return party.name if party is not None else ""
    if field.choices in _PEOPLE:
        person = db.session().get(User, int(value))
        return person.name if person is not None else ""
    named = _NAMED.get(field.choices)
    return named(value) if named is not None else value


def in_words(data: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of an act as papers say them."""
    return {name: _worded(FIELDS[name], value) for name, value in data.items() if name in FIELDS and name != "files"}


def _worded(field: Field, value: Any) -> Any:
    if field.kind is Kind.ROWS:
        return [
            {column.name: _worded(column, row[column.name]) for column in field.columns if column.name in row}
            for row in value
        ]
    if field.kind is Kind.TOLD:
        return {label_of(_PARTY, part): text for part, text in value.items()}
    if field.kind in (Kind.CHOICE, Kind.CHOICES):
        return _each(value, lambda one: label_of(field, one))
    if field.kind is Kind.UNIT:
        return unit_name(value)
    if field.kind is Kind.FLAG:
        return str(say("是") if value else say("否"))
    return date.fromisoformat(value) if field.kind is Kind.DATE else value


_PARTY = FIELDS["party"]


def _each(value: Any, word: Callable[[Any], str]) -> Any:
    return "、".join(word(one) for one in value) if isinstance(value, list) else word(value)
