"""The one validator: whatever a program hands it, it answers with values or with sentences."""

from datetime import date
from typing import Any

import pytest

from petitions.cases.fields import Choice, Field, Kind, clean
from petitions.words import FieldErrors


class Nothing:
    """Surroundings with one entry in every list and no case."""

    today = date(2026, 3, 20)
    received_on = None

    def choices(self, name: str) -> list[Choice]:  # noqa: ARG002
        """One entry."""
        return [Choice("1", "甲")]

    def look_up(self, name: str, given: str) -> Choice | None:  # noqa: ARG002
        """No case is known."""
        return None


MISSHAPEN = [
    (kind, raw)
    for kind in Kind
    for raw in (["1"], {"1": "1"}, [["1"]], 7, True, "x", ("1",))
    if not (
        (kind in (Kind.TEXT, Kind.LONG, Kind.FLAG) and not isinstance(raw, list | tuple | dict))
        or (kind is Kind.INTEGER and raw == 7 and raw is not True)
        or (kind in (Kind.CHOICES, Kind.UNITS) and raw in (["1"], ("1",)))
        or (kind is Kind.PER_PART and raw == {"1": "1"})
    )
]
"""What a form never sends and a program may: several values for one, one for several, numbers for names."""


@pytest.mark.parametrize(("kind", "raw"), MISSHAPEN, ids=[f"{kind} {raw}" for kind, raw in MISSHAPEN])
def test_a_value_of_another_shape_is_answered_with_a_sentence(kind: Kind, raw: Any) -> None:
    field = Field("one", kind, "某项", choices="list", parts="list")
    with pytest.raises(FieldErrors) as refused:
        clean({"one": field}, ["one"], [], {"one": raw}, Nothing())
    assert refused.value.errors["one"]
