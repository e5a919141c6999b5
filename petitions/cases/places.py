"""Where a case stands in the list it was opened from: 上一件, 下一件, and the way back to the same rows.

The list travels in the address of the case page as one parameter, `list`, which holds the list's own parameters.
Nothing is remembered on the server, so a second window or an address copied into it works alike; what somebody typed is
covered in it (access/covered.py) and read by the same login only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import parse_qsl, urlencode

from flask import url_for

from petitions.access.covered import cover, uncover
from petitions.access.models import User
from petitions.cases import listing
from petitions.cases.facets import WORDS, Chosen, chosen_from
from petitions.words import FieldErrors, Sentence, say

WHOLE = "all"
"""What `list` says for the list without any condition."""


def carried(chosen: Chosen) -> str:
    """A list as the parameter `list` of a case's address."""
    return urlencode(_covered(chosen)) or WHOLE


def chosen_in(parameter: str) -> Chosen:
    """The list that a parameter `list` means."""
    return chosen_of(dict(parse_qsl(parameter[:2000])))


def chosen_of(args: Mapping[str, str]) -> Chosen:
    """The list that the parameters of an address mean."""
    return chosen_from({**args, WORDS: uncover(str(args.get(WORDS) or ""))}, listing.SORTS)


def _covered(chosen: Chosen) -> dict[str, str]:
    args = chosen.args
    return {**args, WORDS: cover(args[WORDS])} if WORDS in args else args


def list_url(chosen: Chosen, **position: Any) -> str:
    """The address of a list; `position` is at, after or before."""
    return url_for("cases.index", **cast(dict[str, Any], {**_covered(chosen), **position}))


@dataclass(frozen=True)
class Place:
    """The place of a case in a list."""

    previous_url: str
    next_url: str
    """Empty at an end."""
    back_url: str
    """The page of the list that shows the case."""
    words: Sentence
    """第3件，共128件."""


def place_of(case_id: int, user: User, args: Mapping[str, str]) -> Place | None:
    """The place of a case in the list its address names; None when it names none, or the case is not in it any more.

    At most four queries.
    """
    parameter = args.get("list", "")
    if not parameter:
        return None
    chosen = chosen_in(parameter)
    try:
        found = listing.neighbours(user, chosen, case_id)
    except FieldErrors:
        return None
    if found is None:
        return None
    words = say("共{total}件", total=found.total_words)
    if found.place is not None:
        words = say("第{place}件，共{total}件", place=found.place, total=found.total_words)
    return Place(
        _url(found.previous_id, chosen), _url(found.next_id, chosen),
        list_url(chosen, at=case_id), words,
    )  # fmt: skip


def _url(case_id: int | None, chosen: Chosen) -> str:
    return url_for("cases.show", case_id=case_id, list=carried(chosen)) if case_id is not None else ""
