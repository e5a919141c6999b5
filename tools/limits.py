"""Write docs/limits.md from the tables of limits; `tests/system/test_docs.py` holds it current."""

from pathlib import Path

from petitions.cases.limit import DUTIES, ORIGINS
from petitions.cases.limits import LIMITS

TARGET = Path(__file__).resolve().parent.parent / "docs" / "limits.md"

HEAD = """# Limits

Generated from `petitions/cases/petition_limits.py`, `mediation_limits.py` and `foreign_limits.py` by `make documents`; do
not edit. `petitions deadline --limit CODE --start DAY` counts any of them, and so do 期限计算器 and `/limits/calculator.json`.
A region's own numbers are rows an administrator keeps (`cases/local_limits.py`); a clock keeps the rule it started under.

| code | 期限 | 长度 | 起算 | 终止 | 责任 | 延长 | 不计 | 依据 | 数字来源 |
|---|---|---|---|---|---|---|---|---|---|
"""


def page() -> str:
    """The document: a row for each limit."""
    rows = []
    for limit in LIMITS.values():
        words = (
            limit.code, limit.name, limit.counted or "—", limit.starts, limit.stops,
            DUTIES[limit.duty] + ("（权利）" if limit.window else ""), limit.extension or "—", limit.excluded or "—",
            limit.article, ORIGINS[limit.origin] + (f"：{limit.remark}" if limit.remark else ""),
        )  # fmt: skip
        rows.append("| " + " | ".join(map(str, words)) + " |\n")
    return HEAD + "".join(rows)


if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8")
    print(f"wrote {TARGET.name}")
