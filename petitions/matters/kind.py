"""The matter as a kind of case: its table with everything the table names."""

from petitions.cases.kinds import CaseKind, register
from petitions.cases.models import Case
from petitions.matters.audiences import AUDIENCES
from petitions.matters.effects import EFFECTS
from petitions.matters.fields import FIELDS
from petitions.matters.guards import GUARDS
from petitions.matters.lists import CHOICES, find_matter
from petitions.matters.models import Matter
from petitions.matters.papers import PAPERS
from petitions.matters.wording import label_of
from petitions.matters.workflow import FLOW
from petitions.words import say


def petition_procedure(case: Case) -> bool:
    """第34条 sets its 60 日 for claims of 第31条第六项 only; suggestions (第29条) have no such term."""
    return (
        isinstance(case, Matter)
        and case.nature != "suggestion"
        and any(claim.route == "R6" for claim in case.claims)
    )


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
        choices=CHOICES,
        look_ups={"related_matters": find_matter},
        applies={"petition_procedure": petition_procedure},
        label_of=label_of,
    )
)
