"""Sentences for people: written in Chinese where the rule stands, translated by the face that shows them.

A rule must be able to say why it refuses without knowing Flask or the reader's language. `say()` gives
the Chinese sentence at once (so the command line, the logs of an import and the tests read it as a plain
string) and remembers its pattern and values, so that a page can show the same sentence in English.
"""

from collections.abc import Mapping
from typing import Any


class Sentence(str):
    """A Chinese sentence that remembers the pattern and the values it was made from."""

    pattern: str
    values: Mapping[str, Any]

    def __new__(cls, pattern: str, values: Mapping[str, Any]) -> "Sentence":
        sentence = super().__new__(cls, pattern.format(**values) if values else pattern)
        sentence.pattern = pattern
        sentence.values = values
        return sentence


def say(pattern: str, /, **values: Any) -> Sentence:
    """The sentence `pattern` with `values` filled in; `pattern` is what the catalogue translates."""
    return Sentence(pattern, values)


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not a fault
    """Something that is answered with a sentence instead of being done. It has changed nothing."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Refused(Refusal):
    """The act may not be done now: a wrong state, a guard that says no, a passed term."""


class NotPermitted(Refusal):
    """This person may not do this, although the object is visible to them."""


class OutOfSight(Refusal):
    """The object is not to be seen by this person: answered as if there were none."""


class Stale(Refused):
    """Somebody changed the case after this page was opened."""


class FieldErrors(Refusal):
    """What was typed cannot be taken: one sentence per field."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("；".join(errors.values()))
        self.errors = dict(errors)
