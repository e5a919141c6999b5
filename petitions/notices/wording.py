"""Sentences as rows: what a message says is kept in Chinese and as pattern with values, so that it can be translated."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from petitions.words import Sentence, say


def pack(words: str) -> dict[str, Any]:
    """A sentence as plain JSON; empty for a text that is no sentence."""
    if not isinstance(words, Sentence):
        return {}
    return {"pattern": words.pattern, "values": {name: _packed(value) for name, value in words.values.items()}}


def around(words: Sentence, name: str) -> tuple[str, str]:
    """A packed sentence as JSON without its empty value `name`: what stands before that and what after it."""
    begin, end = json.dumps(pack(words), ensure_ascii=False).split(f'"{name}": ""', 1)
    return f'{begin}"{name}": ', end


def unpack(kept: Mapping[str, Any], text: str) -> str:
    """The sentence that was packed, or `text` where there was none."""
    if "pattern" not in kept:
        return text
    return say(kept["pattern"], **{name: _unpacked(value) for name, value in kept["values"].items()})


def _packed(value: Any) -> Any:
    if isinstance(value, Sentence):
        return pack(value)
    return {"day": value.isoformat()} if isinstance(value, date) else value


def _unpacked(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return date.fromisoformat(value["day"]) if "day" in value else unpack(value, "")
