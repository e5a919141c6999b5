"""Fields that hold several things, as lines that people read: what each party said, and the rows of a short table."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from petitions.cases.fields import Field, Kind
from petitions.words import Sentence, say

Word = Callable[[Field, Any], str | Sentence]


def in_lines(field: Field, value: Any, word: Word, parts: Mapping[str, str]) -> str | Sentence:
    """One line for each part that said something, or for each row. `word` says a value of a column in words."""
    if field.kind is Kind.TOLD:
        return joined(
            "{first}\n{rest}", [say("{part}：{text}", part=parts.get(k, k), text=v) for k, v in value.items()]
        )
    return joined("{first}\n{rest}", [_row(field, row, word) for row in value])


def _row(field: Field, row: Mapping[str, Any], word: Word) -> str | Sentence:
    told = [
        say("{label}：{value}", label=column.label, value=word(column, row[column.name]))
        for column in field.columns
        if column.name in row
    ]
    return joined("{first}；{rest}", told)


def joined(pattern: str, told: Sequence[str | Sentence]) -> str | Sentence:
    """One after another, as a sentence that can still be translated part by part."""
    if not told:
        return ""
    first, *others = told
    return say(pattern, first=first, rest=joined(pattern, others)) if others else first
