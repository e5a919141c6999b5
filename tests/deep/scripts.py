"""S8: words that would run in a browser, more than four hundred. All of them call `trap9`, and the browser of trap.py hears it."""

from collections.abc import Iterator
from itertools import product

from tests.deep.hostile import CORPUS, MARK

_CALL = f"{MARK}()"


def events() -> Iterator[str]:
    """Attributes that run by themselves or on the least touch, on elements that have them."""
    elements = (
        ("img src=x", ("onerror", "onloadstart")), ("video src=x", ("onerror", "onloadstart", "onstalled")), ("audio src=x", ("onerror",)),
        ("svg", ("onload", "onfocusin tabindex=0")), ("svg><animate begin=0s", ("onbegin", "onend")), ("svg><set begin=0s", ("onbegin",)),
        ("body", ("onload", "onresize", "onhashchange", "onfocus")), ("details open", ("ontoggle",)), ("marquee", ("onstart", "onfinish")),
        ("input autofocus", ("onfocus", "onblur")), ("select autofocus", ("onfocus",)), ("textarea autofocus", ("onfocus",)),
        ("div tabindex=0 style=animation:x", ("onanimationstart", "onmouseover", "onpointerenter", "onwheel", "oncontextmenu")),
        ("a href=#x", ("onclick", "onfocus", "onmouseenter")), ("button popovertarget=x", ("onclick", "onbeforetoggle")),
        ("form", ("onsubmit", "onreset")), ("object data=x", ("onerror",)), ("iframe src=/", ("onload",)), ("embed src=x", ("onload",)),
        ("link rel=stylesheet href=x", ("onerror", "onload")), ("style", ("onload", "onerror")), ("script src=x", ("onerror",)),
        ("x contenteditable", ("onfocus", "oninput", "onpaste")), ("dialog open", ("onclose",)), ("track src=x default", ("onerror",)),
    )  # fmt: skip
    for element, names in elements:
        for name in names:
            yield f"<{element} {name}={_CALL}>"
            yield f'"><{element} {name.upper()}="{_CALL}">'


def addresses() -> Iterator[str]:
    """Addresses that run where one is gone to or fetched."""
    schemes = (
        "javascript:",
        "java&#115;cript:",
        "&#x6A;avascript:",
        "java\nscript:",
        "\x01javascript:",
        "JAVASCRIPT:",
        "data:text/html,<script>",
    )
    places = ('<a href="{}">x</a>', '<iframe src="{}">', '<form action="{}"><input type=submit>', '<svg><a xlink:href="{}"><text>x</text></a>',
              '<area href="{}">', '<embed src="{}">')  # fmt: skip
    yield from (place.format(scheme + _CALL) for place, scheme in product(places, schemes))
    yield f"[请点这里](javascript:{_CALL})"
    yield f'<iframe srcdoc="<script>parent.{_CALL}</script>">'
    yield f"<meta http-equiv=refresh content='0;url=javascript:{_CALL}'>"


def inside() -> Iterator[str]:
    """What breaks out of a script, a JSON island, a template of a script, or an attribute that a script of ours reads."""
    ends = (
        "';",
        '";',
        "`;",
        "');",
        '");',
        "'});",
        "'-",
        '"-',
        "\\';",
        '\\";',
        "</script><script>",
        "*/",
        "\u2028",
        "\n",
        "]]>",
        "-->",
    )
    yield from (f"{end}{_CALL}//" for end in ends)
    yield from (f"x{end}{_CALL}{end}" for end in ("'+", '"+', "`+", "${", "'||", '"&&'))
    yield from (
        f"${{{_CALL}}}",
        f"{{{{{_CALL}}}}}",
        f"{{{{constructor.constructor('{_CALL}')()}}}}",
        f"#{{{_CALL}}}",
        f"<%={_CALL}%>",
    )
    yield from (
        f'{{"__proto__": {{"innerHTML": "<img src=x onerror={_CALL}>"}}}}', f'"}}]}}</script><script>{_CALL}</script>',
        f"\\u003cimg src=x onerror={_CALL}\\u003e", f"\\x3cimg src=x onerror={_CALL}\\x3e",
    )  # fmt: skip
    htmx = ("hx-on:load", "hx-on::load", "data-hx-on:load", "hx-on--load", "hx-vals", "hx-headers", "hx-trigger")
    yield from (f'<div {name}="js:{_CALL}" hx-get="/" hx-trigger="load">' for name in htmx)
    yield from (f'" {name}="{_CALL}" x="' for name in (*htmx[:2], "data-autosave", "onfocus autofocus tabindex=0 y"))


def mutations() -> Iterator[str]:
    """What only comes alive when a page is taken apart and put together again."""
    inner = f"<img src=x onerror={_CALL}>"
    for outer in (
        "noscript",
        "template",
        "title",
        "textarea",
        "style",
        "xmp",
        "iframe",
        "noembed",
        "noframes",
        "math",
        "svg",
        "select",
        "table",
        "plaintext",
    ):
        yield f"<{outer}><p title='</{outer}>{inner}'>"
        yield f"<{outer}>{inner}</{outer}>"
        yield f"</{outer}>{inner}"
    yield f"<math><mtext><table><mglyph><style><!--</style><img title='--&gt;{inner}'>"
    yield f"<svg></p><style><a id='</style>{inner}'>"
    yield f"<form><math><mtext></form><form><mglyph><style></math>{inner}"
    yield f"<svg><![CDATA[><image xlink:href=']]>{inner}'>"
    yield f"<!--><svg onload={_CALL}>-->"
    yield f"<!--\u2028-->{inner}"
    yield f"&lt;img src=x onerror={_CALL}&gt;"
    yield f"&amp;lt;script&amp;gt;{_CALL}&amp;lt;/script&amp;gt;"
    yield f"<scr<script>ipt>{_CALL}</scr</script>ipt>"
    yield f"<ſcript>{_CALL}</ſcript>"
    yield f"＜img src=x onerror={_CALL}＞"
    yield f"<img/src=x/onerror={_CALL}/>"
    yield f'<IMG """><SCRIPT>{_CALL}</SCRIPT>">'
    yield f"<script\t>{_CALL}</script\n>"
    yield f"<script/x>{_CALL}</script/y>"
    yield f"<svg><script>{_CALL}</script></svg>"
    yield f"<svg><script href=data:,{_CALL} />"
    yield f"<script type=module>{_CALL}</script>"
    yield f"<script type=text/javascript src=data:,{_CALL}></script>"


SCRIPTS: list[str] = list(
    dict.fromkeys(
        [*(word for word in CORPUS["markup"] if MARK in word), *events(), *addresses(), *inside(), *mutations()]
    )
)
"""All of them, each once."""


def packed(longest: int, *, line: bool = True) -> list[str]:
    """As many as a field of so many characters can hold, put together into as few values as are needed."""
    values, joint = [""], " " if line else "\n"
    for word in (one for one in SCRIPTS if len(one) <= longest):
        if values[-1] and len(values[-1]) + len(joint) + len(word) > longest:
            values.append("")
        values[-1] += (joint if values[-1] else "") + word
    return values
