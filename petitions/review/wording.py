"""What is stored of a review, as people read it."""

from collections.abc import Mapping
from typing import Any

from petitions.cases.fields import Field
from petitions.matters.wording import in_words as in_words_of_matters
from petitions.matters.wording import label_of as label_of_matters
from petitions.review.fields import FIELDS
from petitions.review.lists import FIXED
from petitions.words import say

LEVELS = {"review": say("复查"), "rereview": say("复核")}


def label_of(field: Field, value: str) -> str:
    """The word for an entry chosen in `field`."""
    if field.choices in FIXED:
        return next((str(choice.label) for choice in FIXED[field.choices] if choice.value == value), value)
    return label_of_matters(field, value)


def in_words(data: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of an act as papers say them."""
    told = in_words_of_matters(data)
    own = {name: label_of(FIELDS[name], data[name]) for name in ("review_refusal", "review_result") if name in data}
    return {**told, **own}
