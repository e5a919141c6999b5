"""What is stored, as people read it: the fields of an act and the articles of the law, for papers and timelines."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from petitions import db
from petitions.access import units
from petitions.access.models import User
from petitions.cases import codes, voiding
from petitions.cases.fields import Field, Kind
from petitions.cases.limits import FOREIGN
from petitions.cases.models import Document
from petitions.matters import fields, registration
from petitions.matters.lists import FIXED
from petitions.matters.models import Claim, Matter
from petitions.matters.performance import text_of
from petitions.words import say

REGULATION = "《信访工作条例》"

_FIELDS: Mapping[str, Field] = {**registration.FIELDS, **fields.FIELDS}

_CODE_LISTS = {
    "dispute_types": "dispute_type",
    "natures": "nature", "purposes": "purpose", "classes": "content_class", "urgencies": "urgency", "flags": "flag",
    "channels": "channel", "source_levels": "source_level", "routes": "route", "foreign_routes": "route",
    "refusal_reasons": "refusal", "file_reasons": "file_reason", "service_methods": "service_method",
    "visit_ways": "return_visit_way", "ratings": "satisfaction", "outcomes": "outcome",
}  # fmt: skip
"""What a field offers to choose from -> the code list that holds the labels."""


def in_words(data: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of an act as people read them: units, people, cases and codes by their names, days as dates.

    A field asked for every claim stays a dict by the claim's id. A name that is no field (any more) keeps its value.
    """
    return {name: _worded(_FIELDS[name], value) if name in _FIELDS else value for name, value in data.items()}


def unit_name(unit_id: int | None) -> str:
    """The name of a unit, closed ones included; empty for none."""
    return next((unit.name for unit in units.every() if unit.id == unit_id), "")


def person_name(user_id: int | None) -> str:
    """The name of a person with an account; empty for none."""
    person = db.session().get(User, user_id) if user_id else None
    return person.name if person else ""


def numeral(number: int) -> str:
    """一, 十二, 一百零五: how the law counts its articles. For 1 to 999."""
    digits = "零一二三四五六七八九"
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    words = digits[hundreds] + "百" if hundreds else ""
    if tens:
        words += ("" if tens == 1 and not hundreds else digits[tens]) + "十"
    elif hundreds and ones:
        words += "零"
    return words + (digits[ones] if ones else "")


def formal(article: str) -> str:
    """An article as papers cite it: 第31条第（六）项 -> 《信访工作条例》第三十一条第六项. Other laws keep their name."""
    cited = re.sub(r"第(\d{1,3})条", lambda found: f"第{numeral(int(found[1]))}条", article)
    cited = re.sub(r"第((?:（[一二三四五六七八九十]+）)+)项", lambda found: _items(found[1]), cited)
    return cited if not cited or cited.startswith("《") else REGULATION + cited


def _items(bracketed: str) -> str:
    return "、".join(f"第{item}项" for item in bracketed.strip("（）").split("）（"))


_PAPER_LISTS = ("unserved_papers", "open_papers", "opinions_to_review", "reviews_to_review", *voiding.CHOICES)


def label_of(field: Field, value: str) -> str:
    """The word for an entry chosen in `field`, also when it is no longer offered; an unknown one as it stands."""
    if field.choices in _CODE_LISTS:
        return codes.label(_CODE_LISTS[field.choices], value)
    if field.choices in FIXED:
        return next((str(choice.label) for choice in FIXED[field.choices] if choice.value == value), value)
    if field.choices == "foreign_limits":
        return FOREIGN[value].text if value in FOREIGN else value
    if field.choices == "open_promises":
        return text_of(value)
    if field.choices == "claims":
        claim = db.session().get(Claim, int(value))
        return claim.text if claim else ""
    return _paper(int(value)) if field.choices in _PAPER_LISTS else value


def _worded(field: Field, value: Any) -> Any:
    if field.kind in (Kind.CHOICE, Kind.CHOICES, Kind.PER_PART):
        return _each(value, lambda code: label_of(field, code))
    if field.kind in (Kind.UNIT, Kind.UNITS):
        return _each(value, unit_name)
    if field.kind is Kind.USER:
        return person_name(value)
    if field.kind is Kind.CASE:
        found = db.session().get(Matter, value)
        return found.number if found else ""
    if field.kind is Kind.FLAG:
        return str(say("是") if value else say("否"))
    return date.fromisoformat(value) if field.kind is Kind.DATE else value


def _each(value: Any, word: Callable[[Any], str]) -> Any:
    if isinstance(value, dict):
        return {key: word(one) for key, one in value.items()}
    return "、".join(word(one) for one in value) if isinstance(value, list) else word(value)


def _paper(document_id: int) -> str:
    found = db.session().get(Document, document_id)
    return f"{found.title} {found.number}" if found else ""
