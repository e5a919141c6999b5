"""Collect every word of the screens into the English catalogue, keep what is translated, compile it.

Chinese is the source language. Words come from `say(…)` and `_(…)` in the code, from the templates, and from the
tables themselves (states, actions, limits, code lists). `--check` changes nothing and lists what is missing.
"""

import ast
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from jinja2 import Environment, nodes

from petitions.cases.calendar import FESTIVALS, statutory
from petitions.cases.limits import FOREIGN, LIMITS
from petitions.matters import seed
from petitions.matters.kind import MATTER
from petitions.mediation.kind import MEDIATION
from petitions.review.kind import REVIEW

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "petitions" / "translations" / "en" / "LC_MESSAGES"
PO, MO = FOLDER / "messages.po", FOLDER / "messages.mo"

CHINESE = re.compile("[\u3400-\u9fff]")
_PERCENT = re.compile(r"%\((\w+)\)s")

_NO_DAY = datetime(2026, 1, 1, tzinfo=UTC)

_SOURCES = {"petitions.words": {"say"}, "flask_babel": {"gettext", "lazy_gettext"}}
"""Modules whose functions take words, and these functions. Another function of the same name takes something else."""


def of_module(source: str) -> Iterator[str]:
    """The literal words of one Python module. A table word (`say(limit.name)`) is collected from its table instead.

    Raises ValueError for words that are put together before they are given, for no catalogue can hold those.
    """
    tree = ast.parse(source)
    taking = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in _SOURCES
        for alias in node.names
        if alias.name in _SOURCES[node.module]
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in taking and node.args:
            yield from _literals(node.args[0])


def _literals(words: ast.expr) -> Iterator[str]:
    if isinstance(words, ast.Constant) and isinstance(words.value, str):
        yield words.value
    elif isinstance(words, ast.IfExp):
        yield from _literals(words.body)
        yield from _literals(words.orelse)
    elif isinstance(words, ast.JoinedStr | ast.BinOp):
        raise ValueError(f"line {words.lineno}: give say() a pattern and values, not a finished string")


def of_template(source: str) -> Iterator[str]:
    """The literal words of one template: `_("…")`, and what goes through `|tr` as a literal."""
    tree = Environment(autoescape=True).parse(source)
    for call in tree.find_all(nodes.Call):
        named = isinstance(call.node, nodes.Name) and call.node.name in ("_", "gettext")
        if named and call.args and isinstance(call.args[0], nodes.Const):
            yield str(call.args[0].value)
    for used in tree.find_all(nodes.Filter):
        if used.name == "tr" and used.node is not None:
            shown = [used.node] if isinstance(used.node, nodes.Const) else used.node.find_all(nodes.Const)
            yield from (word.value for word in shown if isinstance(word.value, str) and CHINESE.search(word.value))


def of_files() -> Iterator[str]:
    """The words of the whole code and of every template."""
    for folder, pattern, words_of in (("petitions", "*.py", of_module), ("templates", "*.html", of_template)):
        for path in sorted((ROOT / folder).rglob(pattern)):
            try:
                yield from words_of(path.read_text(encoding="utf-8"))
            except ValueError as error:
                raise SystemExit(f"{path.relative_to(ROOT)}: {error}") from error


def of_tables() -> Iterator[tuple[str, str]]:
    """Words that stand in tables, with their English where the table knows it."""
    words = ["听证", "周六", "周日"]  # what a clock is paused for (cases/chip.py); days off (cases/clocks.py)
    for kind in (MATTER, REVIEW, MEDIATION):
        for state in kind.flow.states:
            words += (state.label, state.plain)
        for action in kind.flow.actions:
            words += (action.label, action.article)
    for limit in LIMITS.values():
        words += (limit.name, limit.label, limit.starts, limit.stops, limit.act, limit.article, limit.lapsed)
        words += (limit.excluded, limit.remark, limit.source)
    for foreign in FOREIGN.values():
        words += (foreign.name, foreign.text, foreign.article)
    words += seed.LISTS.values()
    for year in FESTIVALS:
        words += statutory(year).values()
    yield from ((word, "") for word in words)
    for row in seed.rows():
        yield row.label, str(row.extra.get("english", ""))
        if row.list != "phrase":  # a ready phrase goes into a paper as it stands, and papers are Chinese
            yield row.note, ""
        yield row.article, ""


def collected() -> Catalog:
    """A fresh catalogue of everything; English of the tables is filled in, the first one where two say the same word."""
    english: dict[str, str] = dict.fromkeys(of_files(), "")
    for word, given in of_tables():
        english[word] = english.get(word) or given
    catalogue = Catalog(locale="en", project="petitions", charset="utf-8", fuzzy=False)
    for word in sorted(english):
        if word:
            catalogue.add(word, english[word])
    return catalogue


def present() -> Catalog:
    """The catalogue as it stands."""
    if not PO.exists():
        return Catalog(locale="en")
    with PO.open("rb") as file:
        return read_po(file, locale="en")


def merged() -> Catalog:
    """Everything collected, with the translations there are; words nobody uses any more are gone."""
    fresh, old = collected(), present()
    for message in fresh:
        kept = old.get(message.id) if message.id else None
        if kept is not None and kept.string:
            message.string = kept.string
    return fresh


def placeholders(words: str) -> set[str]:
    """The names a pattern is filled with: `%(count)s` of a template, or else the braces of a sentence."""
    named = set(_PERCENT.findall(words))
    return named or {re.split(r"[.\[]", name)[0] for _, name, _, _ in Formatter().parse(words) if name is not None}


def compiled(catalogue: Catalog) -> bytes:
    """The .mo file. Its header would tell the minute of the writing; the same words give the same bytes."""
    catalogue.creation_date = catalogue.revision_date = _NO_DAY
    out = BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


_HEAD = """\
# English of the screens. Written by tools/messages.py; translate the empty strings and run it again.
msgid ""
msgstr ""
"Project-Id-Version: petitions\\n"
"Language: en\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"""


def written(catalogue: Catalog) -> bytes:
    """The .po file. It holds neither dates nor line numbers nor files, so that a diff shows words only."""
    out = BytesIO()
    for message in catalogue:
        # The library guesses and takes “30% done” for a pattern. Braces carry more than its check knows (`{n:day|days}`).
        message.flags = {"python-format"} if _PERCENT.search(str(message.id)) else set()
    write_po(out, catalogue, width=0, sort_output=True, omit_header=True, no_location=True)
    return (_HEAD + "\n" + out.getvalue().decode().strip() + "\n").encode()


def missing(catalogue: Catalog) -> list[str]:
    """Messages without a translation."""
    return [str(message.id) for message in catalogue if message.id and not message.string]


def save(catalogue: Catalog) -> None:
    """Write both files."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    PO.write_bytes(written(catalogue))
    with PO.open("rb") as file:
        # Compiled from what was written, so that the two can be compared at any time.
        MO.write_bytes(compiled(read_po(file, locale="en")))


def main() -> int:
    """Update the files, or check them."""
    catalogue = merged()
    untranslated = missing(catalogue)
    if "--check" in sys.argv:
        print("\n".join(untranslated))
        return 1 if untranslated else 0
    save(catalogue)
    print(f"{len(catalogue)} messages, {len(untranslated)} without a translation")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
