"""The four verdicts of a comparison: which act each one is, and what it says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from petitions import db
from petitions.access.models import User
from petitions.cases.models import Event
from petitions.cases.perform import perform
from petitions.matters.models import Matter
from petitions.matters.workflow import FLOW
from petitions.words import Refused, Sentence, say


@dataclass(frozen=True)
class Verdict:
    """One answer to “is it the same?”."""

    key: str
    label: Sentence
    action: str
    field: str
    """The field of the act that names the other matter; empty when it is not named."""
    leaves: bool
    """Whether the case leaves the queue with it."""


VERDICTS = (
    Verdict("1", say("相同信访事项（作重复件并入）"), "join_as_repeat", "matter", True),
    Verdict("2", say("相同信访人、不同事项（关联）"), "screen_as_first", "related", False),
    Verdict("3", say("无关"), "screen_as_first", "", False),
    Verdict("4", say("群发、联名（归入集体件）"), "file_as_copy", "matter", True),
)

BY_KEY: Mapping[str, Verdict] = {verdict.key: verdict for verdict in VERDICTS}


def open_verdicts(matter: Matter) -> list[Verdict]:
    """The verdicts that can still be given: one that was judged a first-time matter is not judged so again."""
    return [verdict for verdict in VERDICTS if matter.state in FLOW.action[verdict.action].sources]


def give(
    matter: Matter, other: Matter, key: str, actor: User, *, version: int | None = None, submission: str | None = None
) -> Event:
    """Carry out the verdict `key` about `matter` and the earlier `other`. Raises what `perform` raises."""
    verdict = BY_KEY.get(key)
    if verdict is None:
        raise Refused(say("没有这个判重结论，重新选择"))
    data: dict[str, Any] = {verdict.field: other.number} if verdict.field else {}
    if "note" in FLOW.action[verdict.action].requires:
        data["note"] = say("与{number}内容相同，归入该件一并办理和答复", number=other.number)
    with db.session().begin_nested():
        return perform(matter, verdict.action, data, actor, version=version, submission=submission)
