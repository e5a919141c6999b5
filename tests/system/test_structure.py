"""The house keeps its shape: arrows, sizes, names, words."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from petitions.matters.workflow import FLOW
from petitions.mediation.workflow import FLOW as OF_MEDIATIONS
from petitions.review.workflow import FLOW as OF_REVIEWS

ROOT = Path(__file__).resolve().parents[2]
_STATES = {*FLOW.state, *OF_REVIEWS.state, *OF_MEDIATIONS.state}
SOURCES = sorted((ROOT / "petitions").rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
BANNED = ("非法", "系统繁忙", "必填项不能为空", "上访户", "缠访户")
"""Words no screen uses (ux.md §5)."""


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_arrows_point_down_only() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports")], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_a_module_is_short_says_what_it_is_and_hides_no_import(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 400, "past 400 lines it is two files"
    assert path.stem not in {"utils", "helpers", "common", "misc"}
    tree = ast.parse(text)
    assert ast.get_docstring(tree), "a module says in its first line what it is for"
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        for node in ast.walk(function):
            module = getattr(node, "module", None) if isinstance(node, ast.ImportFrom) else None
            assert not (module or "").startswith("petitions"), f"an import hidden inside {function.name}"


@pytest.mark.parametrize("path", [*SOURCES, *TEMPLATES], ids=_name)
def test_no_banned_word_reaches_a_screen(path: Path) -> None:
    # 非法人组织 is what 民法典第102条 calls a body that is no legal person; nobody is called unlawful by it.
    text = path.read_text(encoding="utf-8").replace("非法人组织", "")
    assert not [word for word in BANNED if word in text]


@pytest.mark.parametrize("path", TEMPLATES, ids=_name)
def test_a_template_has_nothing_inline_and_nothing_from_elsewhere(path: Path) -> None:
    text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"|javascript:", text)
    assert not re.search(r"(src|href|action)=\"(https?:)?//", text)
    assert not re.search(r"<script(?![^>]*\b(src=|type=\"application/json\"))", text)


def test_dates_come_from_the_clock_alone() -> None:
    wild = re.compile(r"datetime\.now\(|date\.today\(|datetime\.utcnow\(|time\.time\(")
    found = [_name(p) for p in SOURCES if p.name != "clock.py" and wild.search(p.read_text(encoding="utf-8"))]
    assert found == []


def _by_state(tree: ast.AST) -> list[int]:
    """The lines that hold a case's state against a state they name themselves, or list states to do so elsewhere."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Tuple | ast.List | ast.Set):
            listed = {part.value for part in node.elts if isinstance(part, ast.Constant)}
            if len(listed) == len(node.elts) > 1 and listed <= _STATES:
                found.append(node.lineno)
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            sides = [node.func.value, *node.args]
        else:
            continue
        asks = any(isinstance(side, ast.Attribute) and side.attr == "state" for side in sides)
        named = {part.value for side in sides for part in ast.walk(side) if isinstance(part, ast.Constant)}
        if asks and named & _STATES:
            found.append(node.lineno)
    return found


def test_only_the_table_says_what_follows_from_a_state() -> None:
    """Lists and guards ask the table where an act may be done (`FLOW.before`): a new state is then in none of them wrongly."""
    # The demo poses a case in chosen states: there they are what is asked for, not what something follows from.
    asking = [path for path in SOURCES if _name(path) != "petitions/demo/lives.py"]
    found = {_name(path): lines for path in asking if (lines := _by_state(ast.parse(path.read_text(encoding="utf-8"))))}
    named = re.compile(r"\.state (?:==|!=|in|not in) [(\[]?[\"'](?:" + "|".join(_STATES) + r")[\"']")
    found |= {_name(path): [0] for path in TEMPLATES if named.search(path.read_text(encoding="utf-8"))}
    assert found == {}


def _modules_with(pattern: str) -> set[str]:
    return {_name(path) for path in SOURCES if re.search(pattern, path.read_text(encoding="utf-8"))}


def test_the_identity_vault_has_one_door() -> None:
    """Cells are opened by the row they lie in, and rows by who.py, which asks for the permission and leaves the line."""
    opens = _modules_with(r"\bvault\.unlock\(|import .*\bunlock\b")
    assert opens == {
        "petitions/matters/locked.py", "petitions/intake/drafts.py", "petitions/intake/models.py", "petitions/notices/robots.py",
        "petitions/access/totp.py",
    }  # fmt: skip
    assert _modules_with(r"\.unlocked\(") == {
        "petitions/matters/locked.py", "petitions/matters/who.py", "petitions/mediation/who.py",
    }  # fmt: skip
    assert _modules_with(r"\bwho\._|import .*\b_known\b") == set()


@pytest.mark.parametrize("package", ["matters", "mediation"])
def test_one_function_opens_a_row_and_one_gives_what_is_in_it_to_a_reader(package: str) -> None:
    who = ast.parse((ROOT / "petitions" / package / "who.py").read_text(encoding="utf-8"))
    opening = [
        function.name
        for function in ast.walk(who)
        if isinstance(function, ast.FunctionDef) and "unlocked" in {
            node.attr for node in ast.walk(function) if isinstance(node, ast.Attribute)
        }
    ]  # fmt: skip
    assert opening == ["_known"], "one function opens"
    clear = [function.name for function in who.body if isinstance(function, ast.FunctionDef) and _gives_known(function)]
    assert clear == ["revealed"], "one function gives what was opened to a caller, and it asks first"


def _gives_known(function: ast.FunctionDef) -> bool:
    """Whether a public function returns what `_known` gives as it is."""
    returned = [node.value for node in ast.walk(function) if isinstance(node, ast.Return) and node.value is not None]
    calls = [node for value in returned for node in ast.walk(value) if isinstance(node, ast.Call)]
    plain = {"_known"} & {call.func.id for call in calls if isinstance(call.func, ast.Name)}
    wrapped = {"kept_out", "_words", "marks"} & {call.func.id for call in calls if isinstance(call.func, ast.Name)}
    return bool(plain) and not wrapped and not function.name.startswith("_")


SCRIPTS = sorted((ROOT / "petitions" / "static" / "js").glob("*.js"))

_BY_KEY = re.compile(r"[\w)\]]\[(?!\d+\]|\"[\w-]+\"\])[^\n;]*?\]\s*(?:[-+*/%&|^]|\*\*|<<|>>>?|&&|\|\||\?\?)?=(?![=>])")
"""`book[key] = …`; a number or a word of ours between the brackets is no foreign key."""

_POLLUTES = re.compile(
    r"__proto__|\.prototype\b|setPrototypeOf|__define|fromEntries|Object\.assign\((?![\w.]+, \{)|defineProperty"
)


@pytest.mark.parametrize("path", SCRIPTS, ids=_name)
def test_no_script_of_ours_writes_under_a_key_it_was_given(path: Path) -> None:
    """ASVS 15.3.6: with no such place no JSON and no address can reach the prototype of every object."""
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if _BY_KEY.search(line) or _POLLUTES.search(line)] == []


def test_the_search_for_such_keys_finds_them() -> None:
    for line in ("book[key] = 1;", "a.b[from.name] ||= {};", "rows[n][key] += 1", "f(x)[key] = y", "o[`${k}`] = 1",
                 "Object.assign(book, JSON.parse(text))", "x.__proto__ = y", "Object.fromEntries(pairs)"):  # fmt: skip
        assert _BY_KEY.search(line) or _POLLUTES.search(line), line
    for line in ("const [a, b] = pair;", "if (book[key] === 1)", 'row["state"] = 1', "row[0] = 1", "list[key] => 1",
                 "const word = book[key];", "Object.assign(image.style, {"):  # fmt: skip
        assert not _BY_KEY.search(line), line
        assert not _POLLUTES.search(line), line
