"""Showing sentences in the reader's language. Chinese is the source; English is a complete catalogue."""

import hashlib
from string import Formatter
from typing import Any

from flask import Flask, Response, current_app, g, has_request_context, request, session
from flask.json.tag import JSONTag, TaggedJSONSerializer
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_babel import Babel, gettext
from markupsafe import Markup

from petitions import paths
from petitions.words import Sentence

LANGUAGES = {"zh_CN": "中文", "en": "English"}

SOURCE = "zh_CN"


class _Wording(Formatter):
    """Fills a translated pattern; English counts as well: `{days} {days:day|days} left`."""

    def format_field(self, value: Any, format_spec: str) -> str:
        """The first word for one, the second for any other number; everything else as usual."""
        if "|" in format_spec:
            one, many = format_spec.split("|")
            return one if str(value) == "1" else many
        shown: str = super().format_field(value, format_spec)
        return shown


_WORDING = _Wording()


def tr(words: Any) -> str:
    """`words` in the reader's language: a sentence with its values (sentences themselves, often), or a table word."""
    if isinstance(words, Sentence):
        pattern = _looked_up(words.pattern)
        if not words.values:
            return pattern
        values = {name: tr(value) if isinstance(value, Sentence) else value for name, value in words.values.items()}
        return _WORDING.vformat(pattern, (), values) if "|" in pattern else pattern.format(**values)
    if isinstance(words, Markup):
        return words  # made for the page already, of words that were translated before
    text = str(words) if words is not None else ""
    return _looked_up(text) if text else ""


class _AsWritten(dict[str, str]):
    """The language the words are written in."""

    def __missing__(self, text: str) -> str:
        return text


class _Translated(dict[str, str]):
    """What the catalogue says in one language, kept as long as the application lives: a page says hundreds of words."""

    def __missing__(self, text: str) -> str:
        said: str = gettext(text)
        if said != text:  # what people typed is not kept
            self[text] = said
        return said


def _looked_up(text: str) -> str:
    words: dict[str, str] | None = g.get("words")
    if words is None:
        language = chosen_language() or current_app.config["BABEL_DEFAULT_LOCALE"]
        kept = current_app.extensions[_KEPT]
        g.words = words = kept.setdefault(language, _AsWritten() if language == SOURCE else _Translated())
    return words[text]


_KEPT = "petitions_words"


def chosen_language() -> str:
    """What the reader chose: their account's language, this browser's, or the installation's."""
    if has_request_context():
        own = getattr(g.get("user"), "language", "") or session.get("language", "")
        if own in LANGUAGES:
            return str(own)
        wanted = request.cookies.get("language", "")
        if wanted in LANGUAGES:
            return wanted
    return ""


class _Told(JSONTag):
    """A sentence put into the session is a message for the next page; it travels in the reader's language.

    As JSON it would be a plain string in Chinese, of which the next page no longer knows the pattern.
    """

    def check(self, value: Any) -> bool:
        """Whether `value` is a sentence."""
        return isinstance(value, Sentence)

    def to_json(self, value: Any) -> Any:
        """The words the next page shows."""
        return tr(value)

    tag = to_json


class _Cookie(SecureCookieSessionInterface):
    """The session cookie, signed by SHA-256: the hash it would have otherwise (SHA-1) is not to be used any more."""

    digest_method = staticmethod(hashlib.sha256)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Keep the newest messages only: those of pages nobody looked at would outgrow the cookie, and it be dropped."""
        if len(waiting := session.get("_flashes", ())) > _MESSAGES:
            session["_flashes"] = waiting[-_MESSAGES:]
        super().save_session(app, session, response)


_MESSAGES = 5
"""Our default: a browser keeps cookies of 4,093 bytes, and a long message takes some 600 of them."""


def translate(app: Flask, default: str) -> None:
    """Set Flask-Babel up, give the templates `|tr` and let the messages of a redirect keep the reader's language."""
    kept, serializer = _Cookie(), TaggedJSONSerializer()
    serializer.register(_Told, index=0)
    kept.serializer = serializer
    app.session_interface = kept
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(paths.TRANSLATIONS)
    app.config["BABEL_DEFAULT_LOCALE"] = default
    app.config["BABEL_DEFAULT_TIMEZONE"] = "Asia/Shanghai"
    Babel(app, locale_selector=lambda: chosen_language() or default)
    app.extensions[_KEPT] = {}
    app.jinja_env.filters["tr"] = tr
    app.jinja_env.install_gettext_callables(_looked_up, _plural, newstyle=True)  # type: ignore[attr-defined]


def _plural(one: str, many: str, count: int) -> str:
    """Templates count with `{n:one|many}` inside a sentence; the extension wants to be told all the same."""
    return _looked_up(one if count == 1 else many)
