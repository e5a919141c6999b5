"""The test's browser: a client that is logged in, and that checks every page it is given."""

import html as markup
import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

from html5lib import HTMLParser
from werkzeug.test import TestResponse

from petitions.access import login
from petitions.access.models import User
from petitions.web.responses import Application


def said_in(answer: TestResponse) -> str:
    """Everything an answer says: the text of a page, or of every part of a file that is packed (a spreadsheet, a paper)."""
    if not answer.data.startswith(b"PK"):
        return answer.data.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        return "\n".join(packed.read(name).decode(errors="replace") for name in packed.namelist())


class Browser:
    """A person in front of the application. Every HTML page it gets is parsed and held to the common rules."""

    def __init__(self, app: Application, person: User | None) -> None:
        self.app, self.client = app, app.test_client()
        if person is not None:
            self._log_in(person)

    def _log_in(self, person: User) -> None:
        with self.app.test_request_context(), self.app.database.work() as session:
            from flask import g  # noqa: PLC0415 - needs the context above
            from flask import session as cookie  # noqa: PLC0415

            g.user = None
            login.begin(session.get_one(User, person.id))
            kept = dict(cookie)
        with self.client.session_transaction() as cookie_jar:
            cookie_jar.update(kept)

    def get(self, url: str, **args: Any) -> TestResponse:
        """GET a page."""
        return self._checked(self.client.get(url, **args))

    def post(self, url: str, data: dict[str, Any] | None = None, **args: Any) -> TestResponse:
        """POST a form."""
        return self._checked(self.client.post(url, data=data or {}, **args))

    def _checked(self, response: TestResponse) -> TestResponse:
        if response.mimetype == "text/html" and response.data.lstrip()[:9].lower() == b"<!doctype":
            html = response.get_data(as_text=True)
            parser = HTMLParser(strict=False)
            tree = parser.parse(html)
            assert not parser.errors, [(position, code) for position, code, _ in parser.errors][:5]
            space = "{http://www.w3.org/1999/xhtml}"
            assert len(tree.findall(f".//{space}h1")) == 1, "a page has exactly one h1"
            ids = [element.get("id") for element in tree.iter() if element.get("id")]
            assert len(ids) == len(set(ids)), sorted({i for i in ids if ids.count(i) > 1})
            assert all(form.get("action") is not None or form.get("method") for form in tree.iter(f"{space}form"))
            assert "Content-Security-Policy" in response.headers
        return response


Browse = Callable[[User], Browser]
"""What the fixture `browser_of` is."""


def form_of(browser: Browser, url: str) -> dict[str, str]:
    """What the form of an act holds when it is opened: hidden and visible fields by name."""
    answer = browser.get(url)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    body = answer.get_data(as_text=True).split('id="act"')[1].split("</form>")[0]
    fields = {}
    for tag in re.findall(r"<input[^>]*>", body):
        named = dict(re.findall(r'(name|value|type)="([^"]*)"', tag))
        unticked = named.get("type") in ("radio", "checkbox") and " checked" not in tag
        if "name" in named and not unticked and named.get("type") != "file":
            fields[named["name"]] = markup.unescape(named.get("value", ""))
    for name, text in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>', body, re.S):
        fields[name] = markup.unescape(text)
    for name, options in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', body, re.S):
        chosen = re.findall(r'<option value="([^"]*)"[^>]* selected', options)
        fields[name] = chosen[0] if chosen else ""
    return fields
