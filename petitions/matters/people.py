"""The people of a matter: reading the lines of the counter form, and naming them on papers and screens."""

import re
from collections.abc import Iterable
from typing import Any

from petitions.cases import checks
from petitions.cases.codes import initials
from petitions.matters.models import Petitioner
from petitions.words import FieldErrors, say

REPRESENTATIVES_AT_MOST = 5
"""第20条第三款: 推选代表，代表人数不得超过5人."""

_NUMBER = re.compile(r"[0-9０-９+()（）\-－ ]{7,}")


def petitioners_from(values: dict[str, Any]) -> list[Petitioner]:
    """The petitioner, representatives and agents of a cleaned registration.

    Raises FieldErrors for a sixth representative or a line that names nobody.
    """
    people = [
        Petitioner(
            part="petitioner",
            **_known(values.get("name", ""), values.get("phone", "")),
            id_number=values.get("id_number", ""),
            region=values.get("region", ""),
            address=values.get("address", ""),
        )
    ]
    people += _lines(values.get("representatives", ""), "representatives", "representative")
    people += _lines(values.get("agents", ""), "agents", "agent")
    count = sum(person.part == "representative" for person in people)
    if count > REPRESENTATIVES_AT_MOST:
        raise FieldErrors(
            {"representatives": say("代表不能超过5人（第20条第三款），现在填了{count}人。请推选后重填", count=count)}
        )
    return people


def _known(name: str, phone: str) -> dict[str, str]:
    return {"name": name, "initials": initials(name), "phone": phone, "phone_tail": phone[-4:] if phone else ""}


def _lines(text: str, field: str, part: str) -> list[Petitioner]:
    people = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        found = _NUMBER.search(line)
        try:
            phone = checks.phone(found.group()) if found else ""
        except checks.Unreadable as refusal:
            raise FieldErrors({field: refusal.sentence}) from refusal
        words = re.split(r"[,，、;；\s]+", line.replace(found.group(), " ") if found else line)
        name, *rest = [word for word in words if word] or [""]
        if not name:
            raise FieldErrors({field: say("“{line}”里没有姓名", line=line)})
        people.append(Petitioner(part=part, **_known(name, phone), details={"relation": " ".join(rest)} if rest else {}))
    return people


def masked_name(name: str) -> str:
    """张*; 欧阳** keeps one character only, so that a rare surname of two is not given away further."""
    return name[:1] + "*" * max(1, len(name) - 1) if name else ""


def masked_phone(phone: str) -> str:
    """199****1234; of a landline all but the last two digits."""
    return phone[:3] + "****" + phone[-4:] if len(phone) == 11 and phone.isdigit() else "****" + phone[-2:] if phone else ""


def masked_id(number: str) -> str:
    """Three first and four last characters (ux.md §9)."""
    return number[:3] + "*" * (len(number) - 7) + number[-4:] if len(number) > 7 else "*" * len(number)


def names_of(people: Iterable[Petitioner]) -> str:
    """The petitioners' names as a paper addresses them; 信访人 when nobody signed."""
    names = list(dict.fromkeys(person.name for person in people if person.part == "petitioner" and person.name))
    return "、".join(names) or "信访人"
