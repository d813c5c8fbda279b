"""What every page must be: valid HTML, in French, labelled, guarded against forgery, with nothing from elsewhere.

`faults(html)` lists what is wrong, in words; an empty list is a good page. `check_page` asserts it.
A fragment (what htmx receives) is held to the same rules, but for those about the whole page.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import html5lib

FIELDS = ("input", "select", "textarea")
UNLABELLED = {"hidden", "submit", "button", "reset", "image"}
LOADED = (
    ("script", "src"),
    ("link", "href"),
    ("img", "src"),
    ("iframe", "src"),
    ("form", "action"),
    ("use", "href"),
)
REFERENCES = ("for", "aria-describedby", "aria-labelledby", "aria-details", "list", "form")


def check_page(html: str, where: str = "page") -> None:
    """Assert that a whole page is in order."""
    found = faults(html)
    assert not found, f"{where}:\n  " + "\n  ".join(found)


def check_fragment(html: str, where: str = "fragment") -> None:
    """Assert that a fragment is in order."""
    found = fragment_faults(html)
    assert not found, f"{where}:\n  " + "\n  ".join(found)


def faults(html: str) -> list[str]:
    """Everything wrong with a whole page."""
    parser = _parser()
    root = parser.parse(html)
    return [*_syntax(parser), *_of_the_whole(root), *_of_the_parts(root, _references(root))]


def fragment_faults(html: str) -> list[str]:
    """Everything wrong with a fragment; what it refers to may stand in the page around it."""
    parser = _parser()
    # rows of a table may come alone
    container = "tbody" if html.lstrip().startswith("<tr") else "div"
    root = parser.parseFragment(html, container=container)
    return [*_syntax(parser), *_of_the_parts(root, [])]


def tree(html: str) -> Element:
    """The page as elements without namespaces: `tree(html).iter("a")`."""
    root: Element = _parser().parse(html)
    return root


def text_of(element: Element) -> str:
    """What one reads of an element, spaces collapsed; no-break spaces become plain ones."""
    return " ".join("".join(_words(element)).split())


def _words(element: Element) -> Iterator[str]:
    if element.tag in {"script", "style", "template", "head"}:
        return
    yield element.text or ""
    for child in element:
        yield from _words(child)
        yield child.tail or ""


def _parser() -> html5lib.HTMLParser:
    return html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False)


def _syntax(parser: html5lib.HTMLParser) -> list[str]:
    return [f"line {line}: {code} {details or ''}" for (line, _column), code, details in parser.errors]


def _of_the_whole(root: Element) -> Iterator[str]:
    if root.get("lang") != "fr":
        yield f"html lang is {root.get('lang')!r}, not 'fr'"
    # svg pictures have titles too, hence the head
    titles = [text_of(title) for title in root.findall("head/title")]
    if len(titles) != 1 or not titles[0]:
        yield f"one title needed in the head, found {titles}"
    for tag in ("h1", "main"):
        count = len(list(root.iter(tag)))
        if count != 1:
            yield f"one {tag} needed, found {count}"


def _of_the_parts(root: Element, references: list[str]) -> list[str]:
    return [
        *_repeated_ids(root),
        *references,
        *_unlabelled(root),
        *_unnamed(root),
        *_forms_without_token(root),
        *_inline(root),
        *_from_elsewhere(root),
        *_pictures(root),
        *_headings(root),
    ]


def _elements(root: Element) -> Iterator[Element]:
    return (element for element in root.iter() if isinstance(element.tag, str))


def _ids(root: Element) -> list[str]:
    return [value for element in _elements(root) if (value := element.get("id")) is not None]


def _repeated_ids(root: Element) -> Iterator[str]:
    for value, count in Counter(_ids(root)).items():
        if count > 1 or not value or any(character.isspace() for character in value):
            yield f"id {value!r} stands {count} times, is empty, or holds a space"


def _references(root: Element) -> list[str]:
    ids = set(_ids(root))
    return [
        f"{name}={value!r} on {element.tag} points at nothing"
        for element in _elements(root)
        for name in REFERENCES
        for value in (element.get(name) or "").split()
        if value not in ids
    ]


def _unlabelled(root: Element) -> Iterator[str]:
    labelled = {element.get("for") for element in root.iter("label")}
    wrapped = {id(field) for label in root.iter("label") for field in label.iter() if field.tag in FIELDS}
    for element in _elements(root):
        if element.tag not in FIELDS or (element.get("type") or "").lower() in UNLABELLED:
            continue
        by_aria = (element.get("aria-label") or element.get("aria-labelledby") or "").strip()
        if not by_aria and element.get("id") not in labelled and id(element) not in wrapped:
            yield f"{element.tag} name={element.get('name')!r} has no label"


def _unnamed(root: Element) -> Iterator[str]:
    for element in _elements(root):
        if element.tag not in {
            "a",
            "button",
            "label",
            "legend",
            "summary",
            "h1",
            "h2",
            "h3",
            "h4",
            "th",
            "option",
        }:
            continue
        alternatives = [picture.get("alt") or "" for picture in element.iter("img")]
        named = [
            element.get("aria-label") or "",
            element.get("aria-labelledby") or "",
            *alternatives,
            text_of(element),
        ]
        if not "".join(named).strip() and not _may_be_empty(element):
            yield f"{element.tag} {dict(element.attrib)} says nothing"


def _may_be_empty(element: Element) -> bool:
    return element.tag == "option" and element.get("value") == ""


def _forms_without_token(root: Element) -> Iterator[str]:
    for form in root.iter("form"):
        method = (form.get("method") or "get").lower()
        tokens = [field.get("value") for field in form.iter("input") if field.get("name") == "csrf_token"]
        if method == "post" and (len(tokens) != 1 or not tokens[0]):
            yield f"form {form.get('action')!r} posts with {len(tokens)} csrf_token"
        if method == "get" and tokens:
            yield f"form {form.get('action')!r} would put its csrf_token in an address"


def _inline(root: Element) -> Iterator[str]:
    for element in _elements(root):
        if element.tag == "style" or (
            element.tag == "script" and not element.get("src") and _is_code(element)
        ):
            yield f"inline {element.tag}"
        for name, value in element.attrib.items():
            if name == "style" or (name.startswith("on") and name.isalpha()) or name.startswith("hx-on"):
                yield f"inline {name} on {element.tag}"
            if value.strip().lower().startswith("javascript:"):
                yield f"javascript: in {name} on {element.tag}"


def _is_code(script: Element) -> bool:
    return (script.get("type") or "text/javascript") not in {"application/json", "application/ld+json"}


def _from_elsewhere(root: Element) -> Iterator[str]:
    for tag, name in LOADED:
        for element in root.iter(tag):
            address = urlsplit(element.get(name) or "")
            if address.netloc or address.scheme not in {"", "data"}:
                yield f"{tag} {name}={element.get(name)!r} comes from elsewhere"


def _pictures(root: Element) -> Iterator[str]:
    for picture in root.iter("img"):
        if picture.get("alt") is None:
            yield f"img {picture.get('src')!r} has no alt"


def _headings(root: Element) -> Iterator[str]:
    level = 0
    for element in _elements(root):
        if element.tag in {"h1", "h2", "h3", "h4", "h5", "h6"}:
            found = int(element.tag[1])
            if level and found > level + 1:
                yield f"h{found} « {text_of(element)} » follows h{level}"
            level = found
