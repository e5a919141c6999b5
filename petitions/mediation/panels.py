"""What a mediation shows on its page, and what its matter shows of it."""

from collections.abc import Mapping, Sequence

from petitions.access.models import User
from petitions.cases.models import Case, Document
from petitions.cases.panels import Draftsman, Furniture, Panel, PanelMaker, Presenter
from petitions.mediation import courts, dossier_page


def load(case: Case) -> None:
    """What the panels and guards of a mediation ask of it."""


def of_matter(case: Case, user: User) -> Panel | None:  # noqa: ARG001
    """人民调解 of a matter: stage, dates and result."""
    return None


def _nothing(case: Case) -> Sequence[Document]:  # noqa: ARG001
    return ()


PRESENT: Mapping[str, Presenter] = {**courts.PRESENT}
BESIDE: Mapping[str, Draftsman] = {**courts.BESIDE}
PANELS: Sequence[PanelMaker] = (dossier_page.panel,)

FURNITURE = Furniture(load=load, panels=PANELS, present=PRESENT, beside=BESIDE, unserved=_nothing)
