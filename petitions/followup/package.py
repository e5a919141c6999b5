"""The archived file of a matter as one download an archive can take (cases/packing.py)."""

from collections.abc import Mapping

from petitions.access.models import User
from petitions.cases import packing
from petitions.cases.disposal import Term
from petitions.cases.files import Store
from petitions.matters import openings
from petitions.matters.dossier import UNCOUNTED, items_of
from petitions.matters.models import Matter
from petitions.matters.retention import is_archived
from petitions.words import Refused, say


def parts_of(matter: Matter, reader: User, words: Mapping[str, str], store: Store, term: Term) -> list[packing.Part]:
    """Everything the package holds, checked; the manifest comes last.

    `words`: what was kept out of the papers of an accusation, where it is open to this reader. Raises Refused for a file
    that is not archived, for an accusation nobody has opened for them, and where a file is damaged or gone.
    """
    if not is_archived(matter):
        raise Refused(say("归档以后才能下载案卷"))
    if matter.sealed and openings.in_force(matter.id, reader) is None:
        raise Refused(say("检举控告的案卷含有检举控告人的身份，须先申请查看身份，经另一人批准后下载（第30条）"))
    covers = [paper for kind in UNCOUNTED for paper in matter.documents if paper.kind == kind]
    kept = packing.Kept(term.years, f"{term.label}；{term.source}")
    return packing.parts_of(matter, covers, items_of(matter), words, store, kept)
