"""Our five families of errors, turned once into an answer with words."""

from __future__ import annotations

from flask import Flask, Response, current_app, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from lotocar.errors import Invalid, LotocarError, NotAllowed, NotFound, Refused, Unavailable

STATUS: dict[type[LotocarError], int] = {
    Invalid: 422,
    Refused: 409,
    NotFound: 404,
    NotAllowed: 403,
    Unavailable: 503,
}

TITLES = {
    400: "Cette demande n'a pas été comprise",
    401: "Il faut vous connecter",
    403: "Cette page ne vous est pas ouverte",
    404: "Page introuvable",
    405: "Cette demande n'a pas été comprise",
    409: "Ce n'est plus possible",
    413: "C'est trop long",
    422: "Il manque quelque chose",
    429: "Trop de demandes",
    500: "Une erreur est survenue de notre côté",
    503: "Le service est très occupé",
}

# What to tell people; anything not listed gets the sentence of its status.
SENTENCES = {
    "stale": "Quelqu'un d'autre vient de modifier cette fiche. Revenez en arrière, rechargez la page : "
    "ce que vous aviez écrit n'a pas été enregistré, et le travail de l'autre personne est intact.",
    "csrf": "La page est restée ouverte trop longtemps. Revenez en arrière, rechargez-la et recommencez.",
    "request.closed": "Cette demande est déjà close.",
    "seats.none_left": "Il n'y a plus de place libre dans cette voiture ce jour-là.",
    "link.dead": "Ce lien ne marche plus. Appelez-nous : nous vous en donnerons un autre.",
}
BY_STATUS = {
    400: "Votre navigateur a envoyé quelque chose que nous ne savons pas lire. Revenez en arrière et recommencez.",
    403: "Votre compte ne permet pas de faire cela. Demandez à la personne qui coordonne le service.",
    404: "L'adresse est peut-être incomplète, ou la page n'existe plus.",
    405: "Revenez en arrière et recommencez.",
    409: "La situation a changé entre-temps. Revenez en arrière et rechargez la page.",
    413: "Le texte envoyé est trop long.",
    422: "Revenez en arrière et vérifiez ce que vous avez écrit.",
    429: "Attendez une minute, puis recommencez. Vous pouvez aussi nous téléphoner.",
    500: "Rien n'a été enregistré. Recommencez dans un instant, ou téléphonez-nous.",
    503: "Rien n'a été enregistré. Recommencez dans quelques secondes, ou téléphonez-nous.",
}


NEVER_SHOWN = {"password", "new_password", "code"}


def install(app: Flask) -> None:
    """Answer every error once, as a page, a fragment or JSON."""
    app.register_error_handler(LotocarError, _ours)
    app.register_error_handler(StaleDataError, lambda _error: answer(409, "stale"))
    app.register_error_handler(IntegrityError, lambda _error: answer(409, "clash"))
    app.register_error_handler(OperationalError, _database)
    app.register_error_handler(CSRFError, _expired)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def answer(status: int, code: str) -> Response:
    """The error page for this status, with the sentence of this code."""
    sentence = SENTENCES.get(code) or BY_STATUS.get(status, BY_STATUS[500])
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        return make_response(jsonify(error=code, message=sentence), status)
    title = TITLES.get(status, TITLES[500])
    template = "errors/_problem.html" if request.headers.get("HX-Request") == "true" else "errors/error.html"
    body = render_template(template, status=status, title=title, sentence=sentence)
    return make_response(body, status)


def _expired(_error: CSRFError) -> Response:
    """The page was open too long: what was typed in it comes back behind one button, with a fresh token.

    Only what the browser itself says comes from our own pages; a password is never written in a page.
    """
    own = request.headers.get("Sec-Fetch-Site") == "same-origin"
    typed = [pair for pair in request.form.items(multi=True) if pair[0] != "csrf_token"]
    if not own or not typed or "HX-Request" in request.headers or NEVER_SHOWN & {name for name, _ in typed}:
        return answer(400, "csrf")
    body = render_template("errors/send_again.html", address=request.full_path.rstrip("?"), typed=typed)
    return make_response(body, 400)


def _ours(error: LotocarError) -> Response:
    status = next(number for family, number in STATUS.items() if isinstance(error, family))
    return answer(status, error.code)


def _database(error: OperationalError) -> Response:
    current_app.logger.error("database unavailable: %s", type(error.orig).__name__)
    return answer(503, "database")


def _http(error: HTTPException) -> Response:
    if error.code is None or error.code < 400:
        return error.get_response()  # type: ignore[return-value]
    return answer(error.code, f"http.{error.code}")


def _unexpected(error: Exception) -> Response:
    # the traceback goes to the log without its values: they may hold a name or a number
    current_app.logger.exception("unexpected %s at %s", type(error).__name__, request.endpoint)
    return answer(500, "unexpected")
