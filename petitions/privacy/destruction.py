"""销毁清册: the list of what is disposed of, frozen when it is asked for, so that both who sign it sign the same words.

It is kept when the files are gone. So it names nobody: number, nature, days, outcome and term stand in it, and no summary,
in which somebody may be named.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date

from petitions.access.models import Unit
from petitions.cases import codes
from petitions.cases.disposal import KEEPING, Disposal, Term, due_from
from petitions.cases.models import Case
from petitions.documents.render import long_date
from petitions.matters.models import Matter
from petitions.matters.retention import term_of
from petitions.words import Sentence, say


def text_of(ground: str, office: Unit, cases: Iterable[Case], changed: Mapping[str, int], on: date) -> str:
    """The register of these cases: one line a file, by number."""
    rows = [_line(place, case, changed) for place, case in enumerate(cases, 1)]
    head = [f"{office.name}案卷销毁清册", f"编制日期：{long_date(on)}", f"销毁依据：{ground}", f"共{len(rows)}件", ""]
    return "\n".join([*head, *rows])


def term(case: Case, changed: Mapping[str, int]) -> Term:
    """How long a case is kept; `changed`: the years a unit has set for its matters."""
    if isinstance(case, Matter):
        return term_of(case.nature, case.outcome, changed)
    return KEEPING[case.kind].term_of(case)


def _told(case: Case) -> tuple[str, str]:
    if not isinstance(case, Matter):
        return KEEPING[case.kind].told(case)
    return (
        codes.label("nature", case.nature) if case.nature else "未分类",
        codes.label("outcome", case.outcome) if case.outcome else "没有处理结论",
    )


def _line(place: int, case: Case, changed: Mapping[str, int]) -> str:
    kept_for, (sort, outcome) = term(case, changed), _told(case)
    since = due_from(case.closed_on, kept_for) if case.closed_on else None
    ended = long_date(case.closed_on) if case.closed_on else "未记录"
    kept = f"保管{kept_for.years}年" if kept_for.years else "永久保管"
    over = f"，{long_date(since)}期满" if since else ""
    parts = (
        f"{place}．{case.number}", sort, f"{long_date(case.received_on)}来件", f"{ended}结束", outcome, f"{kept}{over}",
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
