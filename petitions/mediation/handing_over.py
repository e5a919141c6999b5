"""A matter is handed over to a committee: the petitioner is the applicant, the other side what the act says."""

from petitions import db
from petitions.access.models import Unit
from petitions.cases.kinds import KINDS, Act
from petitions.matters import who
from petitions.matters.course import matter_of
from petitions.mediation.opening import opened
from petitions.mediation.parties import Given, why_not_together
from petitions.words import FieldErrors, say


def open_for_matter(act: Act) -> None:
    """The committee gets what the act says and how to reach the petitioner, who agreed to that; nothing else of the file.

    Raises FieldErrors where the other side is somebody who petitions.
    """
    matter, data = matter_of(act), act.data
    committee = db.session().get_one(Unit, data["committee"])
    row = KINDS["mediation"].flow.action["receive_matter"]
    people = [
        Given(
            "applicant",
            "natural",
            "party" if one.part == "petitioner" else one.part,
            one.name,
            who.handed_on(one, matter),
        )
        for one in matter.petitioners
        if one.part in ("petitioner", "representative", "agent") and one.name
    ]
    other = Given("respondent", data.get("other_side_kind", "natural"), "party", data["other_side"])
    problem = why_not_together([*people, other])
    if problem is not None:
        raise FieldErrors({"other_side": problem})
    told = {
        "dispute_type": data["dispute_type"], "dispute_facts": data["mediation_facts"],
        "dispute_title": str(say("{one}与{other}纠纷", one=people[0].name, other=other.name)),
        "sent_by": act.unit.name, "letter_number": matter.number,
    }  # fmt: skip
    if "mediation_requests" in data:
        told["dispute_requests"] = data["mediation_requests"]
    opened(row, told, [*people, other], committee, act.actor, act.at, act.on, about=matter, sender_id=act.actor.unit_id)
