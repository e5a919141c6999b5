"""Showing sentences in the reader's language. Chinese is the source; English is a complete catalogue."""

from typing import Any

from flask import Flask, g, has_request_context, request, session
from flask_babel import Babel, gettext

from petitions import paths
from petitions.words import Sentence

LANGUAGES = {"zh_CN": "中文", "en": "English"}


def tr(words: Any) -> str:
    """`words` in the reader's language: a sentence with its values (sentences themselves, often), or a table word."""
    if isinstance(words, Sentence):
        pattern: str = gettext(words.pattern)
        if not words.values:
            return pattern
        return pattern.format(**{name: tr(v) if isinstance(v, Sentence) else v for name, v in words.values.items()})
    text = str(words) if words is not None else ""
    translated: str = gettext(text) if text else ""
    return translated


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


def translate(app: Flask, default: str) -> None:
    """Set Flask-Babel up and give the templates `|tr`."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(paths.TRANSLATIONS)
    app.config["BABEL_DEFAULT_LOCALE"] = default
    app.config["BABEL_DEFAULT_TIMEZONE"] = "Asia/Shanghai"
    Babel(app, locale_selector=lambda: chosen_language() or default)
    app.jinja_env.filters["tr"] = tr
