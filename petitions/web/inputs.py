"""What a page of administration asks: inputs and options in the shape that templates/_macros/forms.html draws.

Acts on cases have richer fields with checks of their own (petitions/cases/fields.py); these two are only furniture.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pypinyin import Style, lazy_pinyin

from petitions.words import FieldErrors, Refused, say


@dataclass(frozen=True)
class Input:
    """One box of a form."""

    name: str
    label: str
    kind: str = "text"
    """A kind of the `field` macro: text, long, choice, choices, unit, date, phone, integer, flag, password …"""
    help: str = ""
    max_length: int = 100
    rows: int = 3
    suffix: str = ""
    autocomplete: str = ""


@dataclass(frozen=True)
class Option:
    """One entry to choose from."""

    value: str
    label: str
    group: str = ""
    keys: str = ""
    why_not: str = ""


def options(labels: Mapping[Any, str]) -> list[Option]:
    """The entries of a table value -> label, in its order."""
    return [Option(str(value), label) for value, label in labels.items()]


@lru_cache(maxsize=10_000)
def initials(words: str) -> str:
    """The pinyin initials of `words`, lower case, by which a box finds its entries: 张三 -> zs."""
    return "".join(lazy_pinyin(words, style=Style.FIRST_LETTER)).lower()


@lru_cache(maxsize=1_000)
def pinyin(words: str) -> str:
    """`words` spelt in pinyin without tones or blanks, lower case: 青禾 -> qinghe."""
    return "".join(lazy_pinyin(words)).lower()


def line(text: str) -> str:
    """One line as it is kept: nothing invisible, no spaces around, one space between."""
    return " ".join("".join(" " if c.isspace() else c for c in text if c.isspace() or c.isprintable()).split())


def insist_on_length(inputs: Iterable[Input], values: Mapping[str, str]) -> None:
    """Raise FieldErrors for every value that is longer than its box allows."""
    errors = {
        one.name: say(
            "{label}最多{most}个字，现在是{now}个字", label=one.label, most=one.max_length, now=len(values[one.name])
        )
        for one in inputs
        if len(values.get(one.name, "")) > one.max_length
    }
    if errors:
        raise FieldErrors(errors)


_ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)
_LONGEST = 254
"""Characters of an address (RFC 5321 §4.5.3.1.3, less the brackets)."""


def mail_address(typed: str) -> str:
    """An address as it is kept. Raises Refused for what is none; the part before the @ keeps its case."""
    given = typed.strip()
    local, _, domain = given.rpartition("@")
    dotted = "" in local.split(".")
    if len(given) > _LONGEST or dotted or not _ADDRESS.fullmatch(given):
        raise Refused(say("这不是邮箱地址，写成 name@example.cn 的样子，只用英文字母和符号"))
    return f"{local}@{domain.lower()}"
