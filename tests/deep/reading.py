"""Reading an answer with a suspicious eye: has anything that was typed come alive, or has a fault shown itself?"""

import re
from collections.abc import Sequence
from html.parser import HTMLParser
from urllib.parse import urlsplit

from werkzeug.test import TestResponse

from tests.deep.hostile import MARK

ADDRESSES = {
    "href",
    "src",
    "action",
    "formaction",
    "data",
    "poster",
    "background",
    "xlink:href",
    "hx-get",
    "hx-post",
    "srcset",
}
FOREIGN = {
    "iframe",
    "object",
    "embed",
    "base",
    "marquee",
    "math",
    "style",
    "applet",
    "frame",
    "frameset",
    "plaintext",
    "xmp",
}
"""Elements that none of our pages has."""


class _Suspicion(HTMLParser):
    """Collects what must not be in a page of ours."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Every element, whether it is one of ours."""
        given = {name: value or "" for name, value in attrs}
        if MARK in tag or tag in FOREIGN:
            self.found.append(f"<{tag}>")
        if tag == "script" and not ("nonce" in given or "src" in given or given.get("type") == "application/json"):
            self.found.append("a bare <script>")
        for name, value in given.items():
            if name.startswith("on") or name == "style" or MARK in name:
                self.found.append(f"<{tag} {name}=…>")
            if name in ADDRESSES and _leads_away(value):
                self.found.append(f"<{tag} {name}={value[:60]!r}>")


def _leads_away(address: str) -> bool:
    """Whether an address leaves this site, or is carried out instead of gone to."""
    plain = re.sub(r"[\x00-\x20]", "", address).lower()
    if plain.startswith(("//", "/\\", "\\")):
        return True
    return urlsplit(plain).scheme not in ("", "tel") and not plain.startswith("data:image/")


def alarming(answer: TestResponse, sent: Sequence[str] = (), provider: str = "") -> list[str]:
    """Everything in an answer that must never be there. `sent`: words that may not stand in the page as they were.

    `provider`: the address of the identity provider, to whose login page an answer may lead as the only one outside.
    """
    found = [] if answer.status_code < 500 else [f"status {answer.status_code}"]
    there = answer.location or "/"
    sent_on = bool(provider) and there.startswith(f"{provider}/authorize?")
    if not sent_on and (not there.startswith("/") or _leads_away(there)):
        found.append(f"leads to {there[:80]}")
    found += [f"header {name}" for name, value in answer.headers if name.lower() == "set-cookie" and MARK in value]
    if answer.mimetype != "text/html" or sent_on:  # what stands below that header is the same address once more
        return found
    page = answer.get_data(as_text=True)
    if "Traceback (most recent call last)" in page:
        found.append("a traceback")
    # Reading takes half of the time: a page that was sent no markup, and shows none of what was stored, needs none.
    if MARK in page or not sent or any("<" in word for word in sent):
        reader = _Suspicion()
        reader.feed(page)
        found += reader.found
    # The parser is lenient; a piece of markup that stands there letter by letter is wrong wherever it stands.
    found += [f"echoed {word[:60]!r}" for word in sent if MARK in word and re.search(r"<\w", word) and word in page]
    return list(dict.fromkeys(found))
