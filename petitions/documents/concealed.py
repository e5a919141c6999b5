"""Words that are kept out of a text and can be put back: a token stands for them, a reader sees （已保密）."""

import re
from collections.abc import Mapping
from typing import Any

CONCEALED = "（已保密）"
"""What stands for an accuser wherever anybody else reads (第30条第三款)."""

_TOKEN = re.compile(r"⟦([0-9]+:[a-z_]+)⟧")


def token(owner: int, word: str) -> str:
    """What stands for a word of somebody: their number and what it is of them (name, phone …)."""
    return f"⟦{owner}:{word}⟧"


def kept_out(value: Any, words: Mapping[str, str]) -> Any:
    """`value` (a text, or lists and dictionaries of texts) with every one of the words replaced by what stands for it.

    The longest are replaced first; a word of one character is no name to be recognised by.
    """
    if isinstance(value, str):
        for word in sorted(words, key=len, reverse=True):
            if len(word) > 1:
                value = value.replace(word, words[word])
        return value
    if isinstance(value, dict):
        return {key: kept_out(one, words) for key, one in value.items()}
    return [kept_out(one, words) for one in value] if isinstance(value, list) else value


def holds_any(text: str) -> bool:
    """Whether something was kept out of the text."""
    return _TOKEN.search(text) is not None


def readable(value: Any, words: Mapping[str, str] | None = None) -> Any:
    """`value` with the words put back by their tokens; （已保密） for those that are not given."""
    known = words or {}
    if isinstance(value, str):
        return _TOKEN.sub(lambda found: known.get(found[0], CONCEALED), value)
    if isinstance(value, dict):
        return {key: readable(one, words) for key, one in value.items()}
    return [readable(one, words) for one in value] if isinstance(value, list) else value
