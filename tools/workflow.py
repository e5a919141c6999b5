"""Write docs/workflow.md from the tables; `tests/system/test_docs.py` holds it current."""

from pathlib import Path

from petitions.cases.kinds import CaseKind
from petitions.matters.kind import MATTER
from petitions.mediation.kind import MEDIATION
from petitions.review.kind import REVIEW

TARGET = Path(__file__).resolve().parent.parent / "docs" / "workflow.md"


def page(kinds: tuple[CaseKind, ...]) -> str:
    """The document: a diagram and the whole table of each kind of case."""
    parts = ["# Workflow\n\nGenerated from the tables by `make documents`; do not edit.\n"]
    for kind in kinds:
        parts.append(f"\n## {kind.label} (`{kind.name}`)\n\n```mermaid\n{kind.flow.mermaid()}```\n")
        parts.append("\n| action | 操作 | from | to | permission | required | clocks | document | 依据 |\n")
        parts.append("|---|---|---|---|---|---|---|---|---|\n")
        for action in kind.flow.actions:
            clocks = [
                *(f"+{code}" for code in action.starts), *(f"−{code}" for code in action.stops),
                *(f"−{code} (own)" for code in action.stops_own), *(f"↻{code}" for code in action.resumes),
                *([f"→{action.extends}"] if action.extends else []), *(f"‖{code}" for code in action.pauses),
                *(f"▶{code}" for code in action.continues),
            ]  # fmt: skip
            cells = (
                f"`{action.name}`", action.label, " ".join(action.sources), action.target or "·", f"`{action.permission}`",
                " ".join(action.requires), " ".join(clocks), action.document, action.article,
            )  # fmt: skip
            parts.append("| " + " | ".join(cells) + " |\n")
    return "".join(parts)


if __name__ == "__main__":
    TARGET.write_text(page((MATTER, REVIEW, MEDIATION)), encoding="utf-8")
    print(f"wrote {TARGET.name}")
