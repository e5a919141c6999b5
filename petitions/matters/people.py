"""The people of a petition as they are typed: reading the lines of the counter form."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from petitions import clock
from petitions.cases import checks
from petitions.words import FieldErrors, say

REPRESENTATIVES_AT_MOST = 5
"""第20条第三款: 推选代表，代表人数不得超过5人."""

NAME_AT_MOST = 100
"""Characters of a name: the longest names of units are about half of it."""

# Full-width letters, digits and signs as an input method leaves them; a rare character of a name stays untouched,
# which a normalisation of the whole line would not promise.
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_COUNTED = re.compile(r"^\(?[0-9]{1,2}[.、)]\s*")
_IDENTITY = re.compile(r"(?<![0-9A-Za-z])[0-9]{17}[0-9Xx](?![0-9A-Za-z])")
_PHONE = re.compile(r"\+?\(?[0-9][0-9()\-. ]{5,}[0-9](?:\s*(?:转|分机|#)\s*[0-9]{1,5})?")
_BETWEEN = re.compile(r"[,、;:。()/\s]+")
_LABELS = frozenset(("姓名", "电话", "联系电话", "手机", "手机号", "座机", "身份证", "身份证号", "证件号", "关系"))
"""What people write before a value; it says nothing by itself."""


@dataclass(frozen=True)
class Someone:
    """A person of a petition in clear, as long as it is being written down; who.py keeps them."""

    part: str
    name: str = ""
    phone: str = ""
    id_number: str = ""
    region: str = ""
    address: str = ""
    calling_number: str = ""
    contact_notes: str = ""
    relation: str = ""


def people_from(values: Mapping[str, Any]) -> list[Someone]:
    """The petitioner, representatives and agents of a cleaned registration.

    Raises FieldErrors for a sixth representative or a line that names nobody.
    """
    errors: dict[str, str] = {}
    people = [
        Someone("petitioner", **{name: values[name] for name in _OF_THE_PETITIONER if values.get(name)}),
    ]
    for field, part in (("representatives", "representative"), ("agents", "agent")):
        try:
            people += people_of_lines(values.get(field, ""), part)
        except checks.Unreadable as refusal:
            errors[field] = refusal.sentence
    count = sum(person.part == "representative" for person in people)
    if count > REPRESENTATIVES_AT_MOST:
        errors["representatives"] = say("代表不能超过5人（第20条第三款），现在填了{count}人。请推选后重填", count=count)
    if errors:
        raise FieldErrors(errors)
    return people


_OF_THE_PETITIONER = ("name", "phone", "id_number", "region", "address", "calling_number", "contact_notes")


def people_of_lines(text: str, part: str) -> list[Someone]:
    """One person a line: name, then telephone, identity number and relation in any order and with any separator.

    Raises Unreadable with the number of the line that cannot be read.
    """
    lines = [line for line in map(checks.tidy_line, text.splitlines()) if line]
    people = []
    for number, line in enumerate(lines, 1):
        try:
            people.append(_person(line, part))
        except checks.Unreadable as refusal:
            if len(lines) == 1:
                raise
            raise checks.Unreadable(say("第{row}行：{problem}", row=number, problem=refusal.sentence)) from refusal
    return people


def _person(line: str, part: str) -> Someone:
    rest = _COUNTED.sub("", line.translate(_NARROW))
    rest, identity = _without(_IDENTITY, rest)
    rest, phone = _without(_PHONE, rest)
    words = [word for word in _BETWEEN.split(rest) if word and word not in _LABELS]
    strange = next((word for word in words if any(character.isdigit() for character in word)), None)
    if strange is not None:
        raise checks.Unreadable(say("“{word}”不是完整的电话或身份证号", word=checks.shown(strange)))
    if not words:
        raise checks.Unreadable(say("“{line}”里没有姓名", line=checks.shown(line)))
    if len(words[0]) > NAME_AT_MOST:
        raise checks.Unreadable(say("姓名最多{most}个字", most=NAME_AT_MOST))
    return Someone(
        part, words[0], checks.phone(phone), checks.id_number(identity, clock.today()), relation=" ".join(words[1:])
    )


def _without(pattern: re.Pattern[str], line: str) -> tuple[str, str]:
    """The line without the first match, and the match."""
    found = pattern.search(line)
    return (f"{line[: found.start()]} {line[found.end() :]}", found.group()) if found else (line, "")
