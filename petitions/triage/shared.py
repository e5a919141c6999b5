"""Which phrases two texts have in common, for the eye that compares them. Pure: texts in, segments out."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

LEAST = 4
"""Characters of a phrase worth underlining: shorter ones (承包, 要求) are common to half of all petitions."""


@dataclass(frozen=True)
class Segment:
    """A stretch of a text that the other text has too, or has not."""

    text: str
    shared: bool


def shared_phrases(one: str, other: str, least: int = LEAST) -> tuple[list[Segment], list[Segment]]:
    """Both texts cut into segments; a phrase of at least `least` characters that stands in both is shared.

    Spaces, line breaks, width and case do not matter, and neither does the order of the sentences. Joining the
    segments of a text gives the text back, character by character.
    """
    left, right = _letters(one), _letters(other)
    return _cut(one, left, _runs(right, least), least), _cut(other, right, _runs(left, least), least)


def underlined(segments: Sequence[Segment]) -> Markup:
    """The segments as HTML, the shared ones in <u>; everything else in them is escaped."""
    return Markup("").join(Markup("<u>{}</u>").format(s.text) if s.shared else escape(s.text) for s in segments)


def _letters(text: str) -> list[tuple[str, int]]:
    """What is compared: the letters and digits in one width and case, each with its place in the text."""
    found = []
    for place, character in enumerate(text):
        for letter in unicodedata.normalize("NFKC", character).lower():
            if letter.isalnum():
                found.append((letter, place))
    return found


def _runs(letters: list[tuple[str, int]], least: int) -> set[str]:
    line = "".join(letter for letter, _ in letters)
    return {line[at : at + least] for at in range(len(line) - least + 1)}


def _cut(text: str, letters: list[tuple[str, int]], known: set[str], least: int) -> list[Segment]:
    line, marked = "".join(letter for letter, _ in letters), [False] * len(text)
    for at in range(len(line) - least + 1):
        if line[at : at + least] in known:
            # From the first character of the run to its last, with the commas and spaces between them.
            for place in range(letters[at][1], letters[at + least - 1][1] + 1):
                marked[place] = True
    segments: list[Segment] = []
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or marked[place] != marked[start]:
            segments.append(Segment(text[start:place], marked[start]))
            start = place
    return segments
