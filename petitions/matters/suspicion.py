"""What suggests that a petition accuses somebody (检举控告) although nobody has said so yet.

People write "请求解决" over a letter that accuses; what is not sealed reaches the very unit it accuses (第30条第三款).
A sign is a question to whoever registers or sorts it, never an answer: nothing is sealed by it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from petitions.cases import codes
from petitions.settings import Settings
from petitions.words import Sentence, say

_NAMED = 3
"""Words that are named: enough to find the place in the letter."""


@dataclass(frozen=True)
class Signs:
    """Which words, titles and classes raise the question; settings of the installation."""

    words: Sequence[str]
    titles: Sequence[str]
    classes: Sequence[str]

    @classmethod
    def of(cls, settings: Settings) -> "Signs":
        """As the installation has set them."""
        return cls(settings.accusation_words, settings.accusation_titles, settings.accusation_classes)


def hints(signs: Signs, text: str, class_code: str, respondent: str) -> list[Sentence]:
    """Why this may be an accusation, a sentence for each sign; none when nothing suggests it."""
    found: list[Sentence] = []
    row = codes.entry("content_class", class_code) if class_code else None
    if row is not None and {row.code, row.parent} & {*signs.classes}:
        found.append(say("内容分类是“{label}”", label=say(row.label)))
    if words := [word for word in signs.words if word in text][:_NAMED]:
        found.append(say("文中有“{words}”", words="”“".join(words)))
    if titles := [title for title in signs.titles if title in respondent]:
        found.append(say("被反映的人有“{title}”的职务", title=titles[0]))
    return found
