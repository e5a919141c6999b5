"""The matter as a kind of case: its table with everything the table names."""

from typing import Any

from petitions.cases.fields import Field
from petitions.cases.kinds import CaseKind, register
from petitions.cases.models import Case
from petitions.cases.queries import WALLS
from petitions.matters import who
from petitions.matters.audiences import AUDIENCES
from petitions.matters.completeness import REQUIREMENTS, lackings
from petitions.matters.course import petition_procedure
from petitions.matters.effects import EFFECTS
from petitions.matters.endings import ENDING_CHOICES
from petitions.matters.fields import FIELDS
from petitions.matters.guards import GUARDS
from petitions.matters.lists import CHOICES, find_matter
from petitions.matters.models import Matter
from petitions.matters.papers import PAPER_KINDS, PAPERS
from petitions.matters.simple import SIMPLE, is_proposed
from petitions.matters.wall import walled_off
from petitions.matters.wording import label_of
from petitions.matters.workflow import FLOW
from petitions.words import say


def owes_sixty_days(case: Case) -> bool:
    """The petition procedure, where its clock does not run already: a correction starts no second one.

    What a review sent back has the day the review body gave it.
    """
    if isinstance(case, Matter) and case.procedure == SIMPLE:
        return False
    runs = any(row.code in ("T6", "T24") and row.ended_on is None for row in case.deadlines)
    return petition_procedure(case) and not runs


def may_be_reviewed(case: Case) -> bool:
    """第35条 is about opinions on what somebody asks for; a suggestion is studied and replied to (第29条)."""
    return isinstance(case, Matter) and case.nature != "suggestion"


def unnamed(case: Case, data: dict[str, Any]) -> dict[str, Any]:
    """第30条: what is written of an accusation names nobody who accuses. Files are what they are."""
    assert isinstance(case, Matter)
    return {name: value if name == "files" else who.with_tokens(case, value) for name, value in data.items()}


def named(field: Field, value: str) -> str:
    """The word for an entry; the requirements of a file are known to the list that asks for them."""
    if field.choices == "lackings" and value in REQUIREMENTS:
        return REQUIREMENTS[value].label
    return label_of(field, value)


MATTER = register(
    CaseKind(
        name="matter",
        label=say("信访事项"),
        flow=FLOW,
        fields=FIELDS,
        guards=GUARDS,
        effects=EFFECTS,
        audiences=AUDIENCES,
        papers=PAPERS,
        paper_kinds=PAPER_KINDS,
        choices={**CHOICES, **ENDING_CHOICES, "lackings": lackings},
        look_ups={"related_matters": find_matter},
        applies={"petition_procedure": owes_sixty_days, "review": may_be_reviewed, "simple_proposed": is_proposed},
        conceal=unnamed,
        label_of=named,
    )
)

WALLS.append(walled_off)
