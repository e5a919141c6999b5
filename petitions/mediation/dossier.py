"""卷宗: what it holds, in the Ministry's order, and what of it must be there (domain.md §5B-1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from petitions.cases.models import Event
from petitions.mediation.models import Mediation
from petitions.words import Sentence, say


@dataclass(frozen=True)
class Part:
    """One line of the contents."""

    name: str
    label: Sentence
    needed: bool
    """必须; otherwise 按需."""
    there: bool


def parts_of(mediation: Mediation, latest: Mapping[str, Event] | None = None) -> Sequence[Part]:  # noqa: ARG001
    """The thirteen parts in their order."""
    papers = {paper.kind for paper in mediation.papers}
    agreed, failed = mediation.result == "agreed", mediation.result in ("failed", "refused")
    begun = mediation.begun_on is not None
    return (
        Part(
            "application",
            say("人民调解申请书或者受理登记表"),
            True,
            bool(papers & {"mediation_application", "mediation_register"}) or failed,
        ),
        Part("rights", say("人民调解当事人权利义务告知书"), begun, "rights_notice" in papers),
        Part("records", say("人民调解记录"), begun and agreed, "mediation_record" in papers),
        Part(
            "agreement",
            say("人民调解协议书或者口头协议登记表"),
            agreed,
            bool(papers & {"mediation_agreement", "oral_agreement"}),
        ),
    )
