"""What the forms of a mediation hold before anybody types: the usual, so that a telephone needs few touches."""

from collections.abc import Mapping
from typing import Any

from petitions import clock
from petitions.access.models import User
from petitions.cases.models import Case
from petitions.cases.panels import Presenter
from petitions.mediation.lists import mediators_of_case, mediators_of_committee
from petitions.mediation.models import Mediation, yuan

Values = dict[str, Any]


def _mediation(case: Case) -> Mediation:
    assert isinstance(case, Mediation)
    return case


def _all(case: Mediation) -> list[str]:
    """Every party itself."""
    return [str(one.id) for one in case.principals]


def _everybody(case: Mediation) -> list[str]:
    """The parties and who speaks for them."""
    return [str(one.id) for one in case.parties if one.left_on is None]


def _on(*names: str) -> Presenter:
    """Today, as most is written down the same day."""

    def today(case: Case, user: User) -> Values:  # noqa: ARG001
        return dict.fromkeys(names, clock.today())

    return today


def consent(case: Case, user: User) -> Values:  # noqa: ARG001
    """The first party who was not asked yet, today."""
    waiting = [one for one in _mediation(case).principals if one.consent != "given"]
    party = str(waiting[0].id) if waiting else ""
    return {"party": party, "consent_way": "spoken", "agreed_on": clock.today()}


def refusal(case: Case, user: User) -> Values:  # noqa: ARG001
    """Today; where the parties go from here is told in every case."""
    return {"said_on": clock.today(), "ways_told": ["court"]}


def acceptance(case: Case, user: User) -> Values:  # noqa: ARG001
    """Nothing stands against it, as a rule."""
    return {"elsewhere": "none"}


def appointment(case: Case, user: User) -> Values:
    """Who sits already; otherwise whoever asks, where they may mediate."""
    offered = [one.value for one in mediators_of_committee(case, user) if not one.why_not]
    sitting = [str(one) for one in _mediation(case).mediator_ids]
    chosen = sitting or ([str(user.id)] if str(user.id) in offered else offered[:1] if len(offered) == 1 else [])
    return {"mediators": chosen, "presider": chosen[0] if chosen else "", "chosen_by": "committee"}


def recusal(case: Case, user: User) -> Values:
    """The only mediator, or whoever asks for themselves."""
    sitting = [one.value for one in mediators_of_case(case, user)]
    own = str(user.id) if str(user.id) in sitting else sitting[0] if len(sitting) == 1 else ""
    return {"recused_mediator": own}


def rights(case: Case, user: User) -> Values:
    """Told to everybody, today, by word of mouth."""
    told = {"told_on": clock.today(), "told_way": "spoken", "told_to": _all(_mediation(case))}
    return {**told, **planned(case, user)}


def agreeing_parties(case: Case, user: User) -> Values:  # noqa: ARG001
    """Everybody: one of them alone is not enough."""
    return {"consented_to": _all(_mediation(case))}


def inquiry(case: Case, user: User) -> Values:
    """Today, by whoever writes it down."""
    return {"held_on": clock.today(), "people": user.name, "place": _mediation(case).place}


def planned(case: Case, user: User) -> Values:  # noqa: ARG001
    """What is agreed on already for a day to come."""
    one = _mediation(case)
    if one.next_on is None or one.next_on <= clock.today():
        return {}
    return {"next_on": one.next_on, "next_at": one.next_at, "next_place": one.next_place}


def meeting(case: Case, user: User) -> Values:
    """What stands; or the place of the last session."""
    mediation = _mediation(case)
    place = mediation.sessions[-1].place if mediation.sessions else mediation.unit.name
    return {"next_place": place, **planned(case, user)}


def session(case: Case, user: User) -> Values:
    """Today, everybody present, openly, where the last one was held."""
    mediation = _mediation(case)
    last = mediation.sessions[-1] if mediation.sessions else None
    return {
        "held_on": clock.today(),
        "place": last.place if last else mediation.unit.name,
        "open_session": "open" if last is None or last.open else "closed",
        "present": _everybody(mediation),
        **planned(case, user),
    }


def agreement(case: Case, user: User) -> Values:  # noqa: ARG001
    """What the last text said; the first one begins with what is known of the dispute and what was proposed."""
    mediation = _mediation(case)
    last = mediation.agreement
    if last is None:
        proposal = mediation.sessions[-1].proposal if mediation.sessions else ""
        return {
            "agreed_facts": mediation.facts, "disputed_points": mediation.requests, "agreed_content": proposal,
            "agreed_on": mediation.sessions[-1].held_on if mediation.sessions else clock.today(),
        }  # fmt: skip
    plan = [
        {"debtor": str(row.debtor_id), "item": row.item, "amount": yuan(row.amount), "due_on": row.due_on.isoformat()}
        for row in last.performances
    ]
    return {
        "agreed_facts": last.facts, "disputed_points": last.points, "responsibility": last.responsibility,
        "agreed_content": last.content, "performance_plan": plan, "performance_way": last.way, "agreed_on": clock.today(),
    }  # fmt: skip


def signing(case: Case, user: User) -> Values:  # noqa: ARG001
    """Today; who has signed is ticked by hand, for that is what makes it hold."""
    return {"signed_on": clock.today()}


def _owed(case: Case) -> Values:
    agreement_of = _mediation(case).agreement
    row = agreement_of.owed[0] if agreement_of is not None and agreement_of.owed else None
    return {"performance_row": str(row.id), "left": yuan(row.left) if row.amount else ""} if row is not None else {}


def performance(case: Case, user: User) -> Values:  # noqa: ARG001
    """The row that is due first, whole, today."""
    owed = _owed(case)
    return {"performance_row": owed.get("performance_row"), "paid": owed.get("left"), "performed_on": clock.today()}


def urging(case: Case, user: User) -> Values:  # noqa: ARG001
    """The row that is due first, today."""
    return {"performance_row": _owed(case).get("performance_row"), "urged_on": clock.today()}


def visit(case: Case, user: User) -> Values:  # noqa: ARG001
    """Today, whoever is to be given something: they know best whether it was done."""
    people = _mediation(case).sides["applicant"]
    return {"visited_on": clock.today(), "visited_party": str(people[0].id) if people else ""}


def unperformed(case: Case, user: User) -> Values:  # noqa: ARG001
    """第33条第二款 leads to a court."""
    return {"ways_told": ["court"]}


def filing(case: Case, user: User) -> Values:  # noqa: ARG001
    """As long as most are kept."""
    return {"retention_class": "long"}


PRESENT: Mapping[str, Presenter] = {
    "record_consent": consent,
    "refuse_consent": refusal,
    "revoke_consent": refusal,
    "accept": acceptance,
    "appoint": appointment,
    "recuse": recusal,
    "notify_rights": rights,
    "invite": agreeing_parties,
    "extend_term": agreeing_parties,
    "investigate": inquiry,
    "hold_session": session,
    "arrange_session": meeting,
    "report_danger": _on("reported_on"),
    "draft_agreement": agreement,
    "agree_orally": agreement,
    "sign_agreement": signing,
    "fail": unperformed,
    "record_performance": performance,
    "urge_performance": urging,
    "give_up_performance": unperformed,
    "visit": visit,
    "court_accepts": _on("court_accepted_on"),
    "court_rules": _on("ruled_on", "received_on"),
    "archive": filing,
}
