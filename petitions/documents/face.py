"""What a paper shows, the same on the screen, in Word and in print: plain texts, in the order a reader meets them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

VOID = "作废"
"""Stands over a paper that was taken back; its number stays in the register with the reason."""

PREVIEW = "预览"
"""Stands over what is not issued yet."""

CONFIDENTIAL = "保密"
"""密级 of every paper of an accusation (第30条)."""

_FIRST = re.compile(r"[一二三四五六七八九十]、")
_SECOND = re.compile(r"（[一二三四五六七八九十]+）.*[^。；，：、]$")
_LONGEST_HEAD = 30
"""Characters. A paragraph that begins like a heading and is longer is a sentence of its own."""


@dataclass(frozen=True)
class Face:
    """A paper as it is read. Frozen texts only: nothing is asked of the case it belongs to."""

    title: str
    number: str
    recipient: str
    lines: Sequence[str]
    """The text, a paragraph each."""
    unit: str
    """Who issued it, by the name of that day."""
    day: str
    """成文日期, in arabic figures."""
    level: str = ""
    """密级; empty for most."""
    signed_by: str = ""
    """签发人."""
    case: str = ""
    """The number of the case."""
    mark: str = ""
    """VOID or PREVIEW."""
    mark_note: str = ""
    """What stands below the mark: since when, and why."""

    @property
    def signature(self) -> tuple[str, str]:
        """What stands at the lower right: who, then when."""
        return self.unit, self.day

    def marked(self, mark: str) -> "Face":
        """The same with another mark over it."""
        return replace(self, mark=mark)


def rank(line: str) -> int:
    """1 for a heading of the first level (一、), 2 for one of the second (（一）), 0 for what is no heading (GB/T 9704 7.3.3)."""
    if len(line) >= _LONGEST_HEAD:
        return 0
    if _FIRST.match(line):
        return 1
    return 2 if _SECOND.match(line) else 0
