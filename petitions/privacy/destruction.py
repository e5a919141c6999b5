"""销毁清册: the list of what is disposed of, frozen when it is asked for, so that both who sign it sign the same words.

It is kept when the files are gone. So it names nobody: number, nature, days, outcome and term stand in it, and no summary,
in which somebody may be named.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date

from petitions.access.models import Unit
from petitions.cases import codes
from petitions.cases.disposal import Disposal
from petitions.documents.render import long_date
from petitions.matters.models import Matter
from petitions.matters.retention import due_from, term_of
from petitions.words import Sentence, say


def text_of(ground: str, office: Unit, matters: Iterable[Matter], changed: Mapping[str, int], on: date) -> str:
    """The register of these matters: one line a file, by number."""
    rows = [_line(place, matter, changed) for place, matter in enumerate(matters, 1)]
    head = [f"{office.name}案卷销毁清册", f"编制日期：{long_date(on)}", f"销毁依据：{ground}", f"共{len(rows)}件", ""]
    return "\n".join([*head, *rows])


def _line(place: int, matter: Matter, changed: Mapping[str, int]) -> str:
    term = term_of(matter.nature, matter.outcome, changed)
    since = due_from(matter.closed_on, term) if matter.closed_on else None
    ended = long_date(matter.closed_on) if matter.closed_on else "未记录"
    kept = f"保管{term.years}年" if term.years else "永久保管"
    over = f"，{long_date(since)}期满" if since else ""
    parts = (
        f"{place}．{matter.number}", codes.label("nature", matter.nature) if matter.nature else "未分类",
        f"{long_date(matter.received_on)}来件", f"{ended}结束",
        codes.label("outcome", matter.outcome) if matter.outcome else "没有处理结论", f"{kept}{over}",
    )  # fmt: skip
    return "，".join(parts)


def digest_of(text: str) -> str:
    """What the two signatures are put to."""
    return hashlib.sha256(text.encode()).hexdigest()


def why_not_whole(disposal: Disposal) -> Sentence | None:
    """Nobody signs words that are no longer those the asker signed."""
    if disposal.register and digest_of(disposal.register) != disposal.register_sha256:
        return say("销毁清册与提出时不一致，不能批准。请与系统管理员联系")
    return None
