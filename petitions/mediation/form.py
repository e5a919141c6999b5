"""The form that opens a mediation: the fields of the three rows of the table, and a block for each party."""

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from werkzeug.datastructures import MultiDict

from petitions import clock, db
from petitions.access.models import User
from petitions.cases import checks
from petitions.cases.fields import Choice, Field, Hinge, Kind, from_form
from petitions.cases.kinds import KINDS
from petitions.cases.models import Case, Event
from petitions.mediation import parties
from petitions.mediation.lists import KINDS as PARTY_KINDS
from petitions.mediation.lists import PARTS, SIDES
from petitions.mediation.models import Mediation
from petitions.mediation.opening import OPENINGS, around, register
from petitions.mediation.workflow import FLOW
from petitions.web.inputs import Input, Option, options
from petitions.words import FieldErrors, Refused, say

MOST_PARTIES = 60
"""Blocks of one form; a dispute of more people names their representatives."""

_LEAST = 2

_SUBMISSION = re.compile(r"[0-9a-f]{32}")

WAY = Field("way", Kind.CHOICE, say("怎样来的"))

RECEIVED = Field("received_on", Kind.DATE, say("收到日期"), past=True)

PERSON: Mapping[str, Input] = {
    one.name: one
    for one in (
        Input("side", say("一方"), "choice"),
        Input("kind", say("类型"), "choice"),
        Input("part", say("身份"), "choice"),
        Input("name", say("姓名或者名称"), max_length=parties.NAME_AT_MOST),
        Input("phone", say("联系电话"), "phone"),
        Input("id_number", say("证件号码"), "id_number"),
        Input("address", say("住址"), max_length=200),
        Input("sex", say("性别"), "choice"),
        Input("ethnicity", say("民族"), max_length=20),
        Input("age", say("年龄"), "integer", max_length=3),
        Input("occupation", say("职业或者职务"), max_length=50),
        Input("workplace", say("单位"), max_length=100),
        Input("legal_representative", say("法定代表人、负责人"), max_length=50),
    )
}
"""What is asked of a party, by its name in parties.py."""

REASON = Input("reason", say("更正的理由"), "long", rows=2)

USUAL: Mapping[str, str] = {"kind": "natural", "part": "party"}

ALWAYS = ("side", "name", "phone", "kind", "part")
"""Asked in sight; the rest stands behind a line that opens."""

SEXES = [Option("男", say("男")), Option("女", say("女"))]

CHOICES: Mapping[str, Sequence[Option]] = {
    "side": options(SIDES), "kind": options(PARTY_KINDS), "part": options(PARTS), "sex": SEXES,
}  # fmt: skip

WAYS = [Choice(name, FLOW.action[name].label) for name in OPENINGS]


@dataclass(frozen=True)
class AskedOnce:
    """A field of the dispute as the page asks it."""

    field: Field
    required: bool
    hidden: bool
    choices: Sequence[Choice] | None
    value: Any


@dataclass(frozen=True)
class Page:
    """What the template draws."""

    submission: str
    values: Mapping[str, Any]
    people: Sequence[Mapping[str, str]]
    errors: Mapping[str, str] = field(default_factory=dict)
    notes: Sequence[tuple[str, str]] = ()

    def person(self, prefix: str) -> Mapping[str, str]:
        """What was typed of the party whose inputs begin so; the template's own block has none."""
        number = prefix.removeprefix("people-").removesuffix("-")
        return self.people[int(number)] if number.isdecimal() and int(number) < len(self.people) else USUAL


def blank() -> dict[str, Any]:
    """What the form starts with: most disputes are applied for by word of mouth, today."""
    return {"way": "apply", "application_form": "oral", "received_on": clock.today().isoformat()}


def nobody() -> list[dict[str, str]]:
    """One block a side."""
    return [{"side": side, **USUAL} for side in SIDES]


def new_submission() -> str:
    """An id for a form that was not sent yet."""
    return uuid.uuid4().hex


def submission_of(form: Mapping[str, str]) -> str:
    """The form's own id; a form without one gets one."""
    given = form.get("submission", "")
    return given if _SUBMISSION.fullmatch(given) else new_submission()


def asked(values: Mapping[str, Any], actor: User) -> list[AskedOnce]:
    """The fields of the three rows, each once; those of one way only are shown when that way is chosen."""
    kind = KINDS["mediation"]
    surroundings = around(actor, clock.today(), clock.today())
    rows = [FLOW.action[name] for name in OPENINGS]
    found = []
    for name in dict.fromkeys(name for row in rows for name in (*row.requires, *row.accepts)):
        asking = tuple(row.name for row in rows if name in row.fields)
        one = kind.fields[name]
        hinge = Hinge("way", asking) if len(asking) < len(rows) else None
        found.append(
            AskedOnce(
                replace(one, hinge=hinge),
                required=all(name in row.requires for row in rows if row.name in asking),
                hidden=hinge is not None and not hinge.asks(values.get("way")),
                choices=surroundings.choices(one.choices) if one.choices else None,
                value=values.get(name),
            )
        )
    # What only one way asks comes first, after the way itself.
    return sorted(found, key=lambda one: one.field.hinge is None)


def typed(form: "MultiDict[str, str]") -> tuple[dict[str, Any], list[dict[str, str]]]:
    """The dispute and the parties as they were typed, nothing lost."""
    fields = [
        one for one in KINDS["mediation"].fields.values() if any(one.name in FLOW.action[w].fields for w in OPENINGS)
    ]
    values = {**from_form([*fields, RECEIVED], form), "way": form.get("way", "")}
    numbers = sorted(
        {int(m[1]) for key in form if (m := re.fullmatch(r"people-([0-9]{1,3})-[a-z_]+", key))}
    )[:MOST_PARTIES]  # fmt: skip
    people = [{name: checks.visible(form.get(f"people-{n}-{name}", "")) for name in PERSON} for n in numbers]
    while len(people) < _LEAST:
        people.append({"side": list(SIDES)[len(people)], **USUAL})
    return values, people


def send(
    values: Mapping[str, Any], people: Sequence[Mapping[str, str]], files: Sequence[Mapping[str, Any]], actor: User, submission: str,
) -> Mediation:  # fmt: skip
    """One form is one case. Raises FieldErrors by the names of the form, NotPermitted or Refused."""
    done = _made_by(submission, actor)
    if done is not None:
        return done
    errors = _wrong_people(people)
    day, way = clock.today(), str(values.get("way", ""))
    try:
        day = checks.day(str(values.get("received_on") or ""))
    except checks.Unreadable as refusal:
        errors["received_on"] = refusal.sentence
    if way not in OPENINGS:
        raise FieldErrors({**errors, "way": say("选择怎样来的")})
    wanted = {name: value for name, value in values.items() if name in FLOW.action[way].fields}
    blocks = [{**one, "kind": one.get("kind") or "natural", "part": one.get("part") or "party"} for one in people]
    try:
        # As with petitions: of two that come at the same moment the later one takes back all it wrote, its number too.
        with db.session().begin_nested():
            mediation = register(way, {**wanted, "files": list(files)}, blocks, actor, day, submission=submission)
            if errors:
                raise FieldErrors(errors)
            return mediation
    except IntegrityError:
        done = _made_by(submission, actor)
        if done is None:
            raise
        return done
    except FieldErrors as refusal:
        own = {name: text for name, text in refusal.errors.items() if name != "parties" or not _of_blocks(errors)}
        raise FieldErrors({**own, **errors}) from refusal


def _of_blocks(errors: Mapping[str, str]) -> bool:
    return any(name.startswith("people-") for name in errors)


def _wrong_people(people: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """What cannot be read of the parties, by the names of their inputs; blocks left empty are passed over."""
    errors: dict[str, str] = {}
    for number, one in enumerate(people):
        if is_empty(one):
            continue
        try:
            parties.read(one)
        except FieldErrors as refusal:
            errors |= {f"people-{number}-{name}": text for name, text in refusal.errors.items()}
    return errors


def is_empty(one: Mapping[str, str]) -> bool:
    """Nothing was typed; what is chosen from a list says nothing by itself."""
    return not any(one.get(name, "").strip() for name in PERSON if name not in ("side", "kind", "part"))


def _made_by(submission: str, actor: User) -> Mediation | None:
    found = db.session().scalar(select(Event).where(Event.submission == submission))
    if found is None:
        return None
    if found.actor_id != actor.id or found.action not in OPENINGS:
        raise Refused(say("这张登记表已由他人提交。重新打开“登记调解”再填写"))
    made = db.session().get_one(Case, found.case_id)
    assert isinstance(made, Mediation)
    return made
