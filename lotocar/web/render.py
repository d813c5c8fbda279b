"""Pages and fragments: htmx gets the fragment alone, everybody else the page that includes it."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for


def is_htmx() -> bool:
    """Whether htmx asks for a fragment (history restores want the whole page)."""
    return request.headers.get("HX-Request") == "true" and "HX-History-Restore-Request" not in request.headers


def page(template: str, *, fragment: str | None = None, status: int = 200, **context: Any) -> Response:
    """The rendered page, or its fragment alone for htmx. A form shown again goes out with status 422."""
    name = fragment if fragment and is_htmx() else template
    response = make_response(render_template(name, **context), status)
    response.headers["Vary"] = "HX-Request"
    return response


def see_other(endpoint: str, *, notice: str = "", kind: str = "success", **values: Any) -> Response:
    """After a POST: 303 to an endpoint, with a sentence to show there (kind: success, warning or error)."""
    if notice:
        flash(notice, kind)
    target = url_for(endpoint, **values)
    if is_htmx():
        return Response(status=204, headers={"HX-Redirect": target})
    response: Response = redirect(target, 303)  # type: ignore[assignment]
    return response
