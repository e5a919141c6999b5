"""The permission table in words: for the administrators' page and docs/permissions.md, which are made from nothing else."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from petitions.access.policy import RULES, TABLE
from petitions.access.predicates import PREDICATES
from petitions.access.roles import Role
from petitions.words import Sentence, say


@dataclass(frozen=True)
class Way:
    """One alternative."""

    words: Sentence
    roles: frozenset[Role]
    """The roles it asks for; none where it asks for no role."""


@dataclass(frozen=True)
class Line:
    """One permission."""

    permission: str
    meaning: Sentence
    ways: Sequence[Way]


def lines() -> list[Line]:
    """The whole table, in its order."""
    return [
        Line(permission, meaning, [_way(words) for words in RULES[permission]])
        for permission, (meaning, _) in TABLE.items()
    ]


def found(role: str, typed: str, tr: Callable[[Sentence], str]) -> list[Line]:
    """The lines in which somebody of `role` is allowed something (only by those alternatives) and that say `typed`.

    `tr` says a sentence in the language of whoever reads it; both languages are searched.
    """
    wanted, shown = typed.casefold(), list[Line]()
    for line in lines():
        ways = [way for way in line.ways if not role or not way.roles or role in way.roles]
        said = [line.permission, *(words for way in ways for words in (way.words, tr(way.words)))]
        if ways and wanted in "\n".join([*said, line.meaning, tr(line.meaning)]).casefold():
            shown.append(Line(line.permission, line.meaning, ways))
    return shown


def _way(words: Sequence[str]) -> Way:
    roles = frozenset(Role(word) for word in words if word in set(Role))
    return Way(_joined([PREDICATES[word].label for word in words]), roles)


def _joined(parts: Sequence[Sentence]) -> Sentence:
    first, *rest = parts
    return say("{first}，{rest}", first=first, rest=_joined(rest)) if rest else first
