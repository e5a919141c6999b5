"""A browser that hears it when a word of somebody's has come alive: it ran, was kept from running, or could run at a touch."""

from playwright.sync_api import Page

from tests.deep.hostile import MARK

_LISTEN = f"""window.{MARK} = () => sprung9("ran on " + location.pathname);
document.addEventListener("securitypolicyviolation", one =>
  sprung9(`policy on ${{location.pathname}}: ${{one.effectiveDirective}} ${{one.blockedURI}} ${{one.sample}}`));"""

_ALIVE = """mark => {
  document.querySelectorAll("details").forEach(one => { one.open = true; });
  const address = ["href", "src", "action", "formaction", "data", "poster", "xlink:href", "hx-get", "hx-post", "srcdoc"];
  const away = text => { try { const to = new URL(text, location.href);
    return to.protocol !== "tel:" && to.protocol !== "data:" && to.origin !== location.origin || /^data:(?!image)/i.test(text);
  } catch { return true; } };
  return [...document.querySelectorAll("*")].filter(one => one.localName.includes(mark) || [...one.attributes].some(held =>
      /^on|^hx-on|^data-hx-on|^style$/i.test(held.name) || held.name.includes(mark) || address.includes(held.name) && away(held.value)))
    .map(one => `alive on ${location.pathname}: ${one.outerHTML.slice(0, 120)}`);
}"""


class Trap:
    """Set on a window before its first page; `sprung` says what has happened since."""

    def __init__(self, page: Page) -> None:
        self.page, self.sprung, self.seen, self.showing, self.open = page, list[str](), 0, 0, 0
        page.expose_function("sprung9", self._hear)
        page.add_init_script(_LISTEN)
        page.on("dialog", lambda dialog: (self.sprung.append(f"dialog {dialog.message}"), dialog.dismiss()))

    def look(self, address: str) -> None:
        """Open an address, and look at what stands there."""
        answer = self.page.goto(address)
        self.open += answer is not None and answer.ok
        self.look_again()

    def look_again(self) -> None:
        """Look at the page that is open. Those that show one of the words as a word are counted, or nothing was tried."""
        self.sprung += self.page.evaluate(_ALIVE, MARK)
        self.seen += 1
        self.showing += MARK in self.page.inner_text("body") or MARK in self.page.title()

    def _hear(self, said: str) -> None:
        self.sprung.append(said)
