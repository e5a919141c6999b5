"""The people of a matter: reading the lines of the counter form, and naming them on papers and screens."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from petitions import clock
from petitions.cases import checks
from petitions.cases.codes import initials
from petitions.matters.models import Petitioner
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


def petitioners_from(values: Mapping[str, Any]) -> list[Petitioner]:
    """The petitioner, representatives and agents of a cleaned registration.

    Raises FieldErrors for a sixth representative or a line that names nobody.
    """
    errors: dict[str, str] = {}
    people = [
        Petitioner(
            part="petitioner",
            **_known(values.get("name", ""), values.get("phone", "")),
            id_number=values.get("id_number", ""),
            region=values.get("region", ""),
            address=values.get("address", ""),
            details={},
        )
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


def people_of_lines(text: str, part: str) -> list[Petitioner]:
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


def _person(line: str, part: str) -> Petitioner:
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
    return Petitioner(
        part=part,
        **_known(words[0], checks.phone(phone)),
        id_number=checks.id_number(identity, clock.today()),
        details={"relation": " ".join(words[1:])} if words[1:] else {},
    )


def _without(pattern: re.Pattern[str], line: str) -> tuple[str, str]:
    """The line without the first match, and the match."""
    found = pattern.search(line)
    return (f"{line[: found.start()]} {line[found.end() :]}", found.group()) if found else (line, "")


def _known(name: str, phone: str) -> dict[str, str]:
    return {"name": name, "initials": initials(name), "phone": phone, "phone_tail": phone_tail(phone)}


def phone_tail(phone: str) -> str:
    """The last four digits of a stored number, its extension aside: what people remember."""
    area, _, rest = phone.partition("-")
    return (rest.partition("-")[0] or area)[-4:]


def masked_name(name: str) -> str:
    """张*; 欧阳** keeps one character only, so that a rare surname of two is not given away further."""
    return name[:1] + "*" * max(1, len(name) - 1) if name else ""


def masked_phone(phone: str) -> str:
    """199****1234; of a landline all but the last two digits."""
    return (
        phone[:3] + "****" + phone[-4:]
        if len(phone) == 11 and phone.isdigit()
        else "****" + phone[-2:]
        if phone
        else ""
    )


def masked_id(number: str) -> str:
    """Three first and four last characters (ux.md §9)."""
    return number[:3] + "*" * (len(number) - 7) + number[-4:] if len(number) > 7 else "*" * len(number)


def names_of(people: Iterable[Petitioner]) -> str:
    """The petitioners' names as a paper addresses them; 信访人 when nobody signed."""
    names = list(dict.fromkeys(person.name for person in people if person.part == "petitioner" and person.name))
    return "、".join(names) or "信访人"
