"""Hangs the doors: settings in, outside built, one Flask app out."""

from __future__ import annotations

import hashlib
import logging
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request, url_for
from flask_migrate import Migrate
from flask_wtf.csrf import CSRFProtect
from htmx_flask import Htmx
from werkzeug.middleware.proxy_fix import ProxyFix

from config import ROOT, Settings
from lotocar import outside
from lotocar.db import db
from lotocar.web import errors, filters
from lotocar.web.account import urls as account
from lotocar.web.desk import urls as desk
from lotocar.web.driver import urls as driver
from lotocar.web.edge import House
from lotocar.web.guards import hang
from lotocar.web.hooks import urls as hooks
from lotocar.web.passenger import urls as passenger

MAX_FORM_BYTES = 4 * 1024 * 1024  # a note of a million letters is refused beside its field, and kept
csrf = CSRFProtect()
migrate = Migrate(directory=str(ROOT / "migrations"), render_as_batch=True)


def create_app(settings: Settings) -> House:
    """The application for these settings; nothing is read from the environment here."""
    app = House("lotocar", root_path=str(ROOT), template_folder="templates", static_folder="static")
    _configure(app, settings)
    db.init_app(app)
    migrate.init_app(app, db)
    csrf.init_app(app)
    Htmx(app)
    app.extensions["lotocar.outside"] = outside.build(settings)
    errors.install(app)
    filters.install(app)
    app.jinja_env.globals["asset"] = asset
    for door, routes in (
        ("passenger", passenger.ROUTES),
        ("driver", driver.ROUTES),
        ("desk", desk.ROUTES),
        ("account", account.ROUTES),
        ("hooks", hooks.ROUTES),
    ):
        hang(app, door, routes)
    for endpoint in [
        rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint.startswith("hooks.")
    ]:
        csrf.exempt(app.view_functions[endpoint])  # machines sign instead
    app.after_request(secure)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]
    return app


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        # errors must not print the values of a row: they may be a name or a number
        SQLALCHEMY_ENGINE_OPTIONS={"hide_parameters": True, "pool_pre_ping": True},
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="__Host-lotocar" if settings.cookies_secure else "lotocar",
        SESSION_COOKIE_SECURE=settings.cookies_secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=12 * 3600,
        WTF_CSRF_SSL_STRICT=False,  # no Referer is sent from our own pages (Referrer-Policy)
        MAX_CONTENT_LENGTH=MAX_FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_FORM_BYTES,
        TESTING=settings.testing,
        PROPAGATE_EXCEPTIONS=False,
        LOTOCAR=settings,
        TILES_FROM=_tiles_from(settings.map_tiles_url),
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # its access lines would hold private links


def _tiles_from(url: str) -> str:
    """The one host besides ours that pictures may come from, when the maps have a background."""
    parts = urlsplit(url)
    return f" {parts.scheme}://{parts.netloc}" if parts.netloc else ""


CONTENT_SECURITY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:{tiles}",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)


def secure(response: Response) -> Response:
    """The headers of every answer; pages about somebody are never kept by a cache."""
    headers = response.headers
    headers["Content-Security-Policy"] = CONTENT_SECURITY.format(tiles=current_app.config["TILES_FROM"])
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"
    headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if request.is_secure:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    if request.endpoint != "static":
        headers["Cache-Control"] = "no-store" if g.get("private_page") else "no-cache, private"
    return response


@lru_cache(maxsize=64)
def asset(name: str) -> str:
    """The address of a static file, versioned by its content so that browsers may keep it."""
    content = (Path(ROOT) / "static" / name).read_bytes()
    return url_for("static", filename=name, v=hashlib.sha256(content).hexdigest()[:10])
