"""What the desk's tests share: a call typed in, and reading what a page says beside a field."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element

from sqlalchemy import select
from sqlalchemy.orm import Session

from lotocar.carpool.requests.models import RideRequest
from tests.support.doors import Page, PageClient, _as_found
from tests.support.pages import text_of

CALL: dict[str, Any] = {
    "last_name": "Delmas",
    "phone": "05 36 49 01 12",
    "origin": "Cahors",
    "destination": "Figeac",
    "day": "mardi",
    "hour": "10h",
}


def call(client: PageClient, path: str = "/bureau/appel", **answers: Any) -> Page:
    """Take a call: Mme Delmas goes to Figeac on Tuesday, to be there by 10 h."""
    return client.get(path).submit("/bureau/appel", **(CALL | answers))


def the_request(session: Session) -> RideRequest:
    """The only request of the database, as it stands."""
    session.expire_all()
    return session.scalars(select(RideRequest)).one()


def press(page: Page, action: str, button: str, **answers: str) -> Page:
    """Press the first button that says this, of a form that goes to this address."""
    for form in page.root.iter("form"):
        said = " ".join(text_of(one) for one in form.iter("button"))
        if action in (form.get("action") or "") and button in said:
            data = {one.get("name"): one.get("value") for one in form.iter("input") if one.get("value")}
            return page.client.post(form.get("action") or "", {**data, **answers}, forge=False)
    raise AssertionError(f"no button says « {button} »")


def fill_in(page: Page, action: str, **answers: str) -> Page:
    """Fill in the form that goes to this very address, and send it."""
    (form,) = [one for one in page.root.iter("form") if one.get("action") == action]
    return page.client.post(action, {**_as_found(form), **answers}, forge=False)


def said_beside(page: Page, name: str) -> str:
    """What the page says is wrong beside this field, which describes itself by it."""
    (field, *_) = [one for one in page.root.iter() if one.get("name") == name and one.get("aria-invalid")]
    notes = (field.get("aria-describedby") or "").split()
    return " ".join(text_of(one) for one in page.root.iter() if one.get("id") in notes)


def typed_in(page: Page, name: str) -> str | None:
    """What the field shows."""
    fields: list[Element] = [one for one in page.root.iter() if one.get("name") == name]
    (field,) = [one for one in fields if one.tag in {"input", "textarea"}][:1]
    return field.get("value") if field.tag == "input" else (field.text or "").strip()
