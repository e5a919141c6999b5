"""The mediation as a kind of case: its table with everything the table names."""

from petitions.cases.kinds import CaseKind, register
from petitions.matters import to_mediation
from petitions.mediation import confidence as _confidence  # noqa: F401 - it adds its condition to every query
from petitions.mediation.agreeing import is_owed
from petitions.mediation.audiences import AUDIENCES
from petitions.mediation.confirming import is_confirmed
from petitions.mediation.effects import EFFECTS
from petitions.mediation.fields import FIELDS
from petitions.mediation.guards import GUARDS
from petitions.mediation.handing_over import open_for_matter
from petitions.mediation.lists import CHOICES
from petitions.mediation.papers import PAPER_KINDS, PAPERS
from petitions.mediation.terms import TERMS
from petitions.mediation.wording import label_of
from petitions.mediation.workflow import FLOW
from petitions.words import say

MEDIATION = register(
    CaseKind(
        name="mediation",
        label=say("人民调解"),
        law=say("《人民调解法》"),
        flow=FLOW,
        fields=FIELDS,
        guards=GUARDS,
        effects=EFFECTS,
        audiences=AUDIENCES,
        papers=PAPERS,
        paper_kinds=PAPER_KINDS,
        choices=CHOICES,
        look_ups={},
        applies={**TERMS, "is_owed": is_owed, "is_confirmed": is_confirmed},
        label_of=label_of,
        withheld=frozenset(("hold_session", "investigate", "invite")),
    )
)

to_mediation.OPENERS.append(open_for_matter)
