"""Every word of the screens is in the English catalogue, the catalogue is whole, and no page says a word past it."""

import json
import re
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from string import Formatter
from types import ModuleType
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo
from html5lib import HTMLParser
from sqlalchemy.orm import Session
from werkzeug.routing import AnyConverter, BaseConverter
from werkzeug.routing.converters import NumberConverter
from werkzeug.test import TestResponse

from petitions import paths
from petitions.access.models import User
from petitions.app import create_app
from petitions.db import Base, Database
from petitions.matters.kind import MATTER
from petitions.settings import Settings
from petitions.web.responses import Application
from petitions.web.translation import LANGUAGES, tr
from petitions.words import say
from tests.factories import World, matter_in
from tests.pages import Browser

ROOT = Path(__file__).resolve().parents[2]
CHINESE = re.compile("[\u3000-\u303f\u3400-\u9fff\uff01-\uff5e]")
"""Characters and full-width punctuation."""
HAN = re.compile("[\u3400-\u9fff]+")
"""Characters alone."""


one_database = pytest.mark.parametrize("real_database", ["sqlite"], indirect=True)
"""Words do not depend on where the rows lie."""


def _tool() -> ModuleType:
    spec = spec_from_file_location("messages", ROOT / "tools" / "messages.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TOOL = _tool()


WORDS = {message.id for message in TOOL.collected() if message.id}
"""Everything the screens say."""


def _pairs() -> list[tuple[str, str]]:
    return [(str(message.id), str(message.string)) for message in TOOL.present() if message.id]


# The catalogue


def test_the_catalogue_holds_exactly_the_words_of_the_screens() -> None:
    known = {word for word, _ in _pairs()}
    new, gone = WORDS - known, known - WORDS
    assert not new, "run `make messages` and translate these"
    assert not gone, "run `make messages`: nobody says these any more"


def test_nothing_is_left_untranslated() -> None:
    assert not TOOL.missing(TOOL.present())


def test_writing_the_catalogue_again_changes_nothing() -> None:
    assert TOOL.written(TOOL.present()) == TOOL.PO.read_bytes()


def test_the_compiled_catalogue_is_that_of_the_file() -> None:
    assert TOOL.MO.read_bytes() == TOOL.compiled(TOOL.present())
    with TOOL.MO.open("rb") as file:
        assert {str(message.id): str(message.string) for message in read_mo(file) if message.id} == dict(_pairs())


def test_both_languages_fill_in_the_same_values() -> None:
    assert not [pair for pair in _pairs() if TOOL.placeholders(pair[0]) != TOOL.placeholders(pair[1])]


def test_every_english_pattern_can_be_filled_in() -> None:
    for word, english in _pairs():
        if "%(" in word:
            continue
        fields = {name: spec for _, name, spec, _ in Formatter().parse(word) if name}
        dated = {name.split(".")[0] for name in fields if "." in name}
        for _, name, spec, _ in Formatter().parse(english):
            if spec and name not in dated and fields.get(name) != spec:
                assert spec.count("|") == 1, english
            elif spec and name in dated:
                assert spec.startswith("%"), english


def test_a_template_never_shows_a_lonely_percent_sign() -> None:
    """Templates fill their words in with `%`, also where there is nothing to fill in."""
    pairs = dict(_pairs())
    for path in sorted((ROOT / "templates").rglob("*.html")):
        for word in TOOL.of_template(path.read_text(encoding="utf-8")):
            assert "%" not in re.sub(r"%%|%\(\w+\)s", "", pairs.get(word, "")), word


def test_the_english_has_no_chinese_in_it() -> None:
    assert not [english for _, english in _pairs() if CHINESE.search(english)]


def test_words_are_found_in_code_only_where_say_is_ours() -> None:
    ours = 'from petitions.words import say\nsay("甲" if x else "乙", n=1)\nsay(limit.name)\nsay("")\n'
    assert list(TOOL.of_module(ours)) == ["甲", "乙", ""]
    assert list(TOOL.of_module('def say(line): ...\nsay("end")\n')) == []
    with pytest.raises(ValueError, match="pattern"):
        list(TOOL.of_module('from petitions.words import say\nsay(f"{x}人")\n'))


def test_words_are_found_in_templates_by_call_and_by_filter() -> None:
    page = '{{ _("甲%(n)s", n=1) }}{{ "乙"|tr }}{{ ("丙" if x else y.label)|tr }}{{ label|tr }}'
    assert sorted(TOOL.of_template(page)) == sorted(["甲%(n)s", "乙", "丙"])


def test_scripts_have_no_words_of_their_own() -> None:
    """What they say stands in templates/_macros/words.html, where the catalogue finds it."""
    for path in sorted((ROOT / "petitions" / "static" / "js").rglob("*.js")):
        code = re.sub(r"^\s*//.*", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        assert not HAN.search(code), path


@one_database
@pytest.mark.parametrize(("days", "words"), [(1, "1 day left"), (3, "3 days left"), (0, "0 days left")])
def test_english_counts(app: Application, days: int, words: str) -> None:
    with app.test_request_context(headers={"Cookie": "language=en"}):
        assert tr(say("剩{days}天", days=days)) == words


# The pages. They are shown with a catalogue that marks every word that went through it; what is not marked must be data.
# A value filled into a sentence is not marked by the sentence: it is data too, or was translated for itself.

OPEN, CLOSE = "⟦", "⟧"
FILLED = re.compile(r"(%\(\w+\)s|%%|\{[^}]*\})")
"""What stands in a pattern for a value."""


@pytest.fixture
def marked_app(database: Database, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Application:
    """The application with a catalogue that says ⟦the Chinese⟧ for everything."""
    catalogue = Catalog(locale="en")
    for word in WORDS:
        catalogue.add(
            word, "".join(part if part[0] in "{%" else f"{OPEN}{part}{CLOSE}" for part in FILLED.split(word) if part)
        )
    folder = tmp_path / "translations" / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "messages.mo").write_bytes(TOOL.compiled(catalogue))
    monkeypatch.setattr(paths, "TRANSLATIONS", tmp_path / "translations")
    app = create_app(settings, database)
    app.config.update(TESTING=True, PROPAGATE=True, WTF_CSRF_ENABLED=False)
    return app


SHOWN = ("title", "aria-label", "placeholder", "alt", "label", "data-label", "data-why", "data-key-label")
"""Attributes that somebody reads or hears."""


def _shown(element: Element) -> Iterator[str]:
    """What a reader of the page is told.

    Not papers and names of languages, which say themselves that they are Chinese; not what stands in a text area,
    which is typed or will go into a paper.
    """
    if not isinstance(element.tag, str) or element.tag.endswith(("}script", "}style", "}textarea")):
        return
    if element.get("lang") == "zh-CN":
        return
    if element.text:
        yield element.text
    for name in SHOWN:
        if element.get(name):
            yield str(element.get(name))
    for child in element:
        yield from _shown(child)
        if child.tail:
            yield child.tail


def _unmarked(text: str) -> str:
    """`text` without everything between ⟦ and ⟧."""
    return re.sub(f"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}", " ", text)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)


def _data(session: Session, settings: Settings) -> list[str]:
    """Every Chinese value of the database that is not one of the catalogue's own words, the longest first."""
    values = {settings.office_name, *LANGUAGES.values()}
    for table in Base.metadata.sorted_tables:
        for row in session.execute(table.select()):
            for value in row:
                values.update(_strings(json.loads(json.dumps(value, default=lambda _: None))))
    parts = {line.strip() for value in values - WORDS for line in value.splitlines()}
    return sorted((part for part in parts if CHINESE.search(part)), key=len, reverse=True)


def _stray(answer: TestResponse, data: list[str]) -> set[str]:
    """The Chinese on the page that is neither marked nor data."""
    if answer.mimetype != "text/html":
        return set()
    found = set()
    for text in _shown(HTMLParser(strict=False).parse(answer.get_data(as_text=True))):
        left = _unmarked(text)
        for value in data:
            if len(value) > 1 or left.strip() == value:
                left = left.replace(value, " ")
        for run in HAN.findall(re.sub(r"\w\*+", " ", left)):
            # Comparisons and previews show pieces of what was typed.
            if len(run) < 4 or run in WORDS or not any(run in value for value in data):
                found.add(f"{run!r} in {text.strip()!r}")
    return found


def _told(found: dict[str, set[str]]) -> str:
    return "\n".join(f"{url}: {' | '.join(sorted(stray))}" for url, stray in found.items() if stray)


def _sample(converter: BaseConverter) -> Any:
    if isinstance(converter, NumberConverter):
        return 1
    return min(converter.items) if isinstance(converter, AnyConverter) else "nature"


def _addresses(app: Application, method: str, **known: Any) -> Iterator[str]:
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if method not in (rule.methods or ()) or rule.endpoint in ("static", "access.logout", "access.language"):
            continue
        values = {name: known.get(name, _sample(kind)) for name, kind in rule._converters.items()}
        yield adapter.build(rule.endpoint, values, method=method)


def _english(world: World, name: str) -> User:
    person = world.people[name]
    person.language = "en"
    return person


PEOPLE = ("clerk", "officer", "restricted", "receiver", "handler", "head", "inspector", "auditor", "administrator")
STATES = ("screening", "triage", "dispatched", "objected", "accepted", "in_approval", "served", "archived")


@one_database
@pytest.mark.parametrize("name", PEOPLE)
def test_a_page_says_nothing_past_the_catalogue(
    marked_app: Application, world: World, session: Session, settings: Settings, name: str
) -> None:
    matters = [matter_in(world, state) for state in ("triage", "dispatched", "accepted")]
    person, case = _english(world, name), matters[-1]
    session.commit()
    browser, data = Browser(marked_app, person), _data(session, settings)
    known = {
        "case_id": case.id, "other_id": matters[0].id, "petition_id": case.petitions[0].id, "user_id": person.id,
        "unit_id": world.bureau.id, "action": "note", "person_id": case.petitioners[0].id,
        "document_id": case.documents[0].id if case.documents else 1,
    }  # fmt: skip
    found = {url: _stray(browser.get(url), data) for url in _addresses(marked_app, "GET", **known)}
    assert any(OPEN in browser.get(url).get_data(as_text=True) for url in ("/", "/preferences")), "nothing is marked"
    found |= {f"POST {url}": _stray(browser.post(url), data) for url in _addresses(marked_app, "POST", **known)}
    assert not any(found.values()), _told(found)


@one_database
@pytest.mark.parametrize("state", STATES)
def test_no_act_is_asked_for_past_the_catalogue(
    marked_app: Application, world: World, session: Session, settings: Settings, state: str
) -> None:
    case = matter_in(world, state)
    people = [_english(world, name) for name in ("officer", "receiver", "handler", "head", "clerk")]
    session.commit()
    browsers = [Browser(marked_app, person) for person in people]
    data = _data(session, settings)
    found = {str(n): _stray(browser.get(f"/cases/{case.id}"), data) for n, browser in enumerate(browsers)}
    asked = []
    for action in MATTER.flow.open_to(state):
        url = f"/cases/{case.id}/{action.name}"
        for browser in browsers:
            answer = browser.get(url)
            found[url] = _stray(answer, data)
            if answer.status_code == 200:
                asked.append((browser, url))
                break
    # Only now: an empty form carries out what asks for nothing, and the papers that come of it are offered next.
    answers = {f"POST {url}": browser.post(url) for browser, url in asked}
    session.expire_all()
    data = _data(session, settings)
    found |= {url: _stray(answer, data) for url, answer in answers.items()}
    assert not any(found.values()), _told(found)


@one_database
def test_the_first_page_is_english_for_who_asks_for_english(
    app: Application, settings: Settings, session: Session
) -> None:
    browser = Browser(app, None)
    browser.client.set_cookie("language", "en")
    page = browser.get("/login")
    assert '<html lang="en"' in page.get_data(as_text=True)
    told = " ".join(_shown(HTMLParser(strict=False).parse(page.get_data(as_text=True))))
    for own in (settings.office_name, *LANGUAGES.values()):
        told = told.replace(own, "")
    assert not CHINESE.search(told), told
    assert "Log in" in told


@one_database
def test_pages_are_english_for_a_person_who_reads_english(
    app: Application, world: World, session: Session, settings: Settings
) -> None:
    case = matter_in(world, "accepted")
    person = _english(world, "clerk")
    session.commit()
    browser, data = Browser(app, person), _data(session, settings)
    found = {url: _stray(browser.get(url), data) for url in ("/", "/cases", f"/cases/{case.id}", "/register")}
    assert not any(found.values()), _told(found)
