"""更正登记: what the counter took down wrongly is put right, with before and after in the history.

What came in is never touched: the text of the petition, its number, code and day (T1 runs from it). Nature, purpose,
class and place are put right by classifying. Of an accusation only the summary is: who accuses lies behind the wall.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from petitions import db
from petitions.cases import codes, search
from petitions.cases.kinds import Act, Effect, Guard
from petitions.matters import who
from petitions.matters.course import matter_of
from petitions.matters.models import Matter, Petition, Petitioner
from petitions.matters.paper_values import people_of, petition_of
from petitions.matters.registration import FIELDS
from petitions.words import Sentence, say

OF_THE_LETTER = ("channel", "headcount", "original_number")
PARTICULARS = ("postmark_on", "letter_number", "window")
OF_THE_PERSON = ("name", "phone", "id_number", "region", "address")


@dataclass(frozen=True)
class Change:
    """One value that is put right, as the history tells it: numbers and addresses masked."""

    field: str
    before: str
    after: str


def letter_of(matter: Matter, data: Mapping[str, Any]) -> Petition:
    """The petition that is meant: the one that was chosen, else the first."""
    own = matter.petitions or [petition_of(matter)]
    return next((one for one in own if str(one.id) == str(data.get("letter", ""))), own[0])


def person_of(matter: Matter, letter: Petition) -> Petitioner | None:
    """Who brought it; representatives and agents speak for them."""
    return next((row for row in people_of(matter) if row.petition_id == letter.id and row.part == "petitioner"), None)


def present(matter: Matter) -> dict[str, Any]:
    """What stands in the register. Who brought it is not shown for the asking: an empty box leaves it as it is."""
    letter = letter_of(matter, {})
    return {"letter": letter.id, "title": matter.title, **_letter_values(letter)}


def _letter_values(letter: Petition) -> dict[str, Any]:
    return {
        **{name: getattr(letter, name) for name in OF_THE_LETTER},
        **{name: letter.particulars.get(name, "") for name in PARTICULARS},
    }


def changes(act: Act) -> list[Change]:
    """What the act would put right. A box that says what stands there, or nothing, changes nothing."""
    matter = matter_of(act)
    letter = letter_of(matter, act.data)
    found = []
    if act.data.get("title") not in (None, matter.title):
        found.append(Change("title", matter.title, act.data["title"]))
    if matter.sealed:
        return found
    for name, before in _letter_values(letter).items():
        if name in act.data and act.data[name] != before:
            found.append(Change(name, _worded(name, before), _worded(name, act.data[name])))
    person = person_of(matter, letter)
    if person is not None:
        words = {name: act.data[name] for name in OF_THE_PERSON if act.data.get(name)}
        found += [Change(*one) for one in who.differing(person, words)]
    return found


def _worded(name: str, value: Any) -> str:
    return str(codes.label("channel", value)) if name == "channel" and value else str(value or "")


# --- guards ----------------------------------------------------------------------------------------------------------


def something_is_corrected(act: Act) -> Sentence | None:
    """A form that changes nothing leaves no line in the history."""
    return None if act.asking or changes(act) else say("没有改动。填写要更正的项目，再保存")


def register_stays_sound(act: Act) -> Sentence | None:
    """What the counter would not have taken is not taken now."""
    matter = matter_of(act)
    if act.asking or matter.sealed:
        return None
    letter = letter_of(matter, act.data)
    speakers = sum(row.petition_id == letter.id and row.part == "representative" for row in people_of(matter))
    if act.data.get("headcount", letter.headcount) < speakers:
        return say("代表有{count}人，人数不能少于{count}", count=speakers)
    given = act.data.get("original_number", "")
    if given and given != letter.original_number:
        same = select(Petition.id).where(Petition.office_id == letter.office_id, Petition.original_number == given)
        if db.session().scalar(same):
            return say("原编号“{given}”已经登记过", given=given)
    return None


def may_be_corrected(act: Act) -> Sentence | None:
    """第30条: of an accusation the summary alone, by an act of its own."""
    return say("此件按检举控告保密，只能更正概况（第30条）") if act.case.sealed else None


CORRECTING_GUARDS: tuple[Guard, ...] = (may_be_corrected, something_is_corrected, register_stays_sound)


# --- the effect ------------------------------------------------------------------------------------------------------


def correct(act: Act) -> None:
    """Put it right. The history keeps before and after, never a number or an address in clear."""
    matter, found = matter_of(act), _note(act)
    letter = letter_of(matter, act.data)
    if "title" in found:
        matter.title = act.data["title"]
        search.put("case", matter.id, matter.id, matter.title)
    for name in {*OF_THE_LETTER} & {*found}:
        setattr(letter, name, act.data[name])
    if kept := {name: act.data[name] for name in PARTICULARS if name in found}:
        letter.particulars = {**letter.particulars, **kept}
    words = {name: act.data[name] for name in OF_THE_PERSON if name in found}
    person = person_of(matter, letter)
    if words and person is not None:
        who.amend(person, words, sealed=False)
        if "name" in words:
            letter.signed = "real"


def _note(act: Act) -> list[str]:
    """The names of what changes; what was typed leaves the event before anything is written."""
    assert act.event is not None
    act.event.data = {"reason": act.data["reason"]}
    found = changes(act)
    told = [f"{FIELDS[one.field].label}：{one.before or '（空）'} → {one.after}" for one in found]
    act.event.data = {"changes": "\n".join(told), "reason": act.data["reason"]}
    return [one.field for one in found]


CORRECTING: dict[str, Effect] = {"correct": correct}
