"""What a service and an attempt write. The day of service is the act's own day: what starts with it starts on it."""

from datetime import date

from petitions.cases.kinds import Act, Effect
from petitions.cases.models import Document, Service, ServiceAttempt
from petitions.matters.service.fields import PROOF
from petitions.matters.service.guards import served_paper


def _paper(act: Act) -> Document:
    found = served_paper(act)
    assert found is not None
    return found


def record_service(act: Act) -> None:
    """The paper reached the receiver, or counts as if it had; a return slip is issued with it."""
    assert act.event is not None
    data, paper = act.data, _paper(act)
    act.extra["served"] = paper
    paper.services.append(
        Service(
            event=act.event, method=data["method"], receiver=data.get("receiver", ""), relation=data.get("relation", ""),
            proof={name: data[name] for name in PROOF if data.get(name)},
            served_on=date.fromisoformat(data["served_on"]), note=data.get("note", ""),
        )
    )  # fmt: skip


def served_by(act: Act) -> Document:
    """The paper this act served, also when its slip is issued anew. Raises StopIteration where it served none."""
    if "served" in act.extra:
        return act.extra["served"]  # type: ignore[no-any-return]
    return next(paper for paper in act.case.documents if any(one.event == act.event for one in paper.services))


def record_attempt(act: Act) -> None:
    """It did not, and this is when and how it is tried again."""
    assert act.event is not None
    data = act.data
    _paper(act).attempts.append(
        ServiceAttempt(
            event=act.event, method=data["tried_by"], tried_on=date.fromisoformat(data["tried_on"]),
            failure=data["failure"], next_method=data["next_method"], next_on=date.fromisoformat(data["next_on"]),
            note=data.get("note", ""),
        )
    )  # fmt: skip


EFFECTS: dict[str, Effect] = {effect.__name__: effect for effect in (record_service, record_attempt)}
