"""The only reader of the environment: one frozen Settings, refused at start when a value is unfit."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from lotocar.db import normal_url

ROOT = Path(__file__).resolve().parent
PROOF_CLASSES = ("A", "B", "C")
DEFAULT_SECRET = "change-me"  # noqa: S105 refused outside demonstration and tests


ROAD_ENGINES = ("", "embedded", "valhalla", "osrm", "ign")
HERE = frozenset({"127.0.0.1", "localhost", "::1"})
FRENCH_MOBILES = ("+336", "+337", "06", "07", "00336", "00337")


class BadSetting(Exception):
    """A setting is missing or unfit; the message says which and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything the outside decides. Each field is documented in README « Settings »."""

    database_url: str
    secret_key: str
    public_base_url: str
    demo: bool = False
    testing: bool = False
    trusted_proxies: int = 0
    threads: int = 8
    twilio_account_sid: str = ""
    twilio_auth_token: str = ""
    twilio_auth_token_old: str = ""
    twilio_base_url: str = ""
    sms_sender: str = ""
    sms_two_way: bool = True
    sms_per_day: int = 1000
    sms_per_number: int = 15
    voice_sender: str = ""
    twilio_forget_days: int = 0
    metrics_token: str = ""
    ban_url: str = "https://data.geopf.fr/geocodage"
    addresses_online: bool = False
    map_tiles_url: str = ""
    map_tiles_credit: str = ""
    roads_folder: Path | None = None
    roads_engine: str = ""
    roads_url: str = ""
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_security: str = "starttls"
    smtp_user: str = ""
    smtp_password: str = ""
    mail_from: str = ""
    mail_team: tuple[str, ...] = ()
    registry_access_key: str = ""
    registry_secret_key: str = ""
    registry_demo_access_key: str = ""
    registry_demo_secret_key: str = ""
    registry_url: str = ""
    registry_demo_url: str = ""
    registry_version: str = "v3.4"
    registry_class: str = "A"

    @property
    def sends_for_real(self) -> bool:
        return bool(self.twilio_account_sid)

    @property
    def cookies_secure(self) -> bool:
        return self.public_base_url.startswith("https://")


def from_environment(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of a real installation.

    Raises:
        BadSetting: something is missing, contradictory or dangerous.
    """
    env = os.environ if environ is None else environ
    settings = Settings(
        database_url=normal_url(env.get("DATABASE_URL") or f"sqlite:///{ROOT / 'var' / 'lotocar.sqlite3'}"),
        secret_key=_secret(env, "SECRET_KEY"),
        public_base_url=env.get("PUBLIC_BASE_URL", "").rstrip("/"),
        trusted_proxies=_integer(env, "TRUSTED_PROXIES", 0),
        threads=_integer(env, "THREADS", 8),
        twilio_account_sid=env.get("TWILIO_ACCOUNT_SID", ""),
        twilio_auth_token=_secret(env, "TWILIO_AUTH_TOKEN"),
        twilio_auth_token_old=_secret(env, "TWILIO_AUTH_TOKEN_OLD"),
        twilio_base_url=env.get("TWILIO_BASE_URL", "").rstrip("/"),
        sms_sender=env.get("SMS_SENDER", ""),
        sms_two_way=_boolean(env, "SMS_TWO_WAY", True),
        sms_per_day=_at_least_one(env, "SMS_PER_DAY", 1000),
        sms_per_number=_at_least_one(env, "SMS_PER_NUMBER", 15),
        voice_sender=env.get("VOICE_SENDER", ""),
        twilio_forget_days=_integer(env, "TWILIO_FORGET_DAYS", 0),
        metrics_token=_secret(env, "METRICS_TOKEN"),
        ban_url=env.get("BAN_URL", "https://data.geopf.fr/geocodage").rstrip("/"),
        addresses_online=_boolean(env, "ADDRESSES_ONLINE", False),
        map_tiles_url=env.get("MAP_TILES_URL", ""),
        map_tiles_credit=env.get("MAP_TILES_CREDIT", ""),
        roads_folder=Path(env.get("ROADS_FOLDER") or ROOT / "var" / "roads"),
        roads_engine=env.get("ROADS_ENGINE", "").strip().lower(),
        roads_url=env.get("ROADS_URL", "").rstrip("/"),
        smtp_host=env.get("SMTP_HOST", "").strip(),
        smtp_port=_integer(env, "SMTP_PORT", 587),
        smtp_security=env.get("SMTP_SECURITY", "starttls").strip().lower(),
        smtp_user=env.get("SMTP_USER", ""),
        smtp_password=_secret(env, "SMTP_PASSWORD"),
        mail_from=env.get("MAIL_FROM", "").strip(),
        mail_team=tuple(one.strip() for one in env.get("MAIL_TEAM", "").split(",") if one.strip()),
        registry_access_key=env.get("REGISTRY_ACCESS_KEY", ""),
        registry_secret_key=_secret(env, "REGISTRY_SECRET_KEY"),
        registry_demo_access_key=env.get("REGISTRY_DEMO_ACCESS_KEY", ""),
        registry_demo_secret_key=_secret(env, "REGISTRY_DEMO_SECRET_KEY"),
        registry_url=env.get("REGISTRY_URL", "").rstrip("/"),
        registry_demo_url=env.get("REGISTRY_DEMO_URL", "").rstrip("/"),
        registry_version=env.get("REGISTRY_VERSION") or "v3.4",
        registry_class=env.get("REGISTRY_CLASS") or PROOF_CLASSES[0],
    )
    check(settings)
    return settings


def demonstration(database: Path, *, host: str, port: int) -> Settings:
    """The settings of `./run demo`: no account, no network, a secret of its own kept beside the database."""
    database.parent.mkdir(parents=True, exist_ok=True)
    key_file = database.with_suffix(".key")
    if not key_file.exists():
        key_file.write_text(secrets.token_hex(32))
        key_file.chmod(0o600)
    return Settings(
        database_url=f"sqlite:///{database}",
        secret_key=key_file.read_text().strip(),
        public_base_url=f"http://{host}:{port}",
        demo=True,
        roads_folder=database.parent / "roads",
    )


def refuse_real_sending(environ: Mapping[str, str] | None = None) -> None:
    """Refuse a demonstration beside real SMS credentials: somebody has taken one for the other.

    Raises:
        BadSetting: TWILIO_ACCOUNT_SID is set.
    """
    env = os.environ if environ is None else environ
    if env.get("TWILIO_ACCOUNT_SID"):
        raise BadSetting(
            "TWILIO_ACCOUNT_SID : une démonstration n'envoie jamais pour de vrai ; retirez-le, ou lancez ./run serve"
        )


def check(settings: Settings) -> None:
    """Refuse what must never run for real.

    Raises:
        BadSetting: with the name of the setting and what to do.
    """
    if settings.secret_key in {"", DEFAULT_SECRET} or len(settings.secret_key) < 32:
        raise BadSetting("SECRET_KEY : donnez au moins 32 caractères au hasard (ou SECRET_KEY_FILE)")
    base = urlsplit(settings.public_base_url)
    local = base.hostname in {"127.0.0.1", "localhost", "::1"}
    if not base.hostname or (base.scheme != "https" and not local):
        raise BadSetting(
            "PUBLIC_BASE_URL : il faut l'adresse publique en https://, les liens et les signatures en dépendent"
        )
    if settings.ban_url and urlsplit(settings.ban_url).scheme != "https" and not _is_here(settings.ban_url):
        raise BadSetting("BAN_URL : HTTPS ou cette machine seulement, des adresses y passent")
    _check_map(settings)
    if settings.threads < 1 or settings.trusted_proxies < 0:
        raise BadSetting("THREADS : 1 au moins ; TRUSTED_PROXIES : 0 au moins")
    _check_roads(settings)
    _check_mail(settings)
    if settings.sends_for_real:
        _check_sending(settings)
    _check_registry(settings)


def _is_here(url: str) -> bool:
    return urlsplit(url).hostname in HERE


def _check_map(settings: Settings) -> None:
    url = settings.map_tiles_url
    if not url:
        return
    if urlsplit(url).scheme != "https" and not _is_here(url):
        raise BadSetting("MAP_TILES_URL : HTTPS ou cette machine seulement")
    if not all(part in url for part in ("{z}", "{x}", "{y}")):
        raise BadSetting("MAP_TILES_URL : il y faut {z}, {x} et {y}")


def _check_roads(settings: Settings) -> None:
    if settings.roads_engine not in ROAD_ENGINES:
        raise BadSetting("ROADS_ENGINE : embedded, valhalla, osrm, ign, ou rien")
    if settings.roads_engine in {"valhalla", "osrm"} and not settings.roads_url:
        raise BadSetting("ROADS_URL : l'adresse du serveur va avec ROADS_ENGINE")
    url = settings.roads_url
    if url and urlsplit(url).scheme != "https" and not _is_here(url):
        raise BadSetting("ROADS_URL : HTTPS ou cette machine seulement, des trajets y passent")


def _check_mail(settings: Settings) -> None:
    if not settings.smtp_host:
        return
    if not settings.mail_team or not all(map(_is_address, (settings.mail_from, *settings.mail_team))):
        raise BadSetting("MAIL_FROM et MAIL_TEAM : des adresses de courriel vont avec SMTP_HOST")
    if settings.smtp_security not in {"starttls", "tls", "none"}:
        raise BadSetting("SMTP_SECURITY : starttls, tls ou none")
    if settings.smtp_security == "none" and settings.smtp_host not in HERE:
        raise BadSetting(
            "SMTP_SECURITY : chiffré ou cette machine seulement, des noms et des numéros y passent"
        )


def _is_address(text: str) -> bool:
    name, at, domain = text.partition("@")
    return bool(name and at and domain) and not set(text) & set(' <>,;"\r\n')


def _check_sending(settings: Settings) -> None:
    if not settings.twilio_auth_token or not settings.sms_sender:
        raise BadSetting("TWILIO_AUTH_TOKEN et SMS_SENDER vont avec TWILIO_ACCOUNT_SID")
    if settings.sms_sender.startswith(FRENCH_MOBILES):
        raise BadSetting("SMS_SENDER : les numéros en 06 et 07 sont interdits aux envois automatiques")
    if settings.voice_sender.startswith(FRENCH_MOBILES):
        raise BadSetting("VOICE_SENDER : les numéros en 06 et 07 sont interdits aux appels automatiques")
    if settings.sms_two_way and not settings.sms_sender.lstrip("+").isdigit():
        raise BadSetting("SMS_TWO_WAY : un expéditeur en lettres ne reçoit pas de réponse, mettez « no »")
    if settings.twilio_forget_days < 0 or settings.twilio_forget_days == 1:
        raise BadSetting(
            "TWILIO_FORGET_DAYS : 0 pour ne rien demander, sinon 2 au moins (ses listes nous servent)"
        )
    if settings.twilio_base_url:
        host = urlsplit(settings.twilio_base_url)
        if host.scheme != "https" and host.hostname not in {"127.0.0.1", "localhost"}:
            raise BadSetting("TWILIO_BASE_URL : HTTPS ou cette machine seulement, des identifiants y passent")


def _check_registry(settings: Settings) -> None:
    real = (settings.registry_access_key, settings.registry_secret_key)
    demo = (settings.registry_demo_access_key, settings.registry_demo_secret_key)
    if any(any(pair) and not all(pair) for pair in (real, demo)):
        raise BadSetting(
            "REGISTRY_ACCESS_KEY va avec REGISTRY_SECRET_KEY, et de même pour la paire de démonstration"
        )
    if all(real) and real == demo:
        raise BadSetting("REGISTRY_DEMO_ACCESS_KEY : chaque registre a sa propre paire de clés")
    if settings.registry_version not in {"v3.3", "v3.4"}:
        raise BadSetting("REGISTRY_VERSION : v3.3 ou v3.4")
    if settings.registry_class not in PROOF_CLASSES:
        raise BadSetting("REGISTRY_CLASS : A, B ou C, telle que le registre l'a accordée")
    for name, url in (
        ("REGISTRY_URL", settings.registry_url),
        ("REGISTRY_DEMO_URL", settings.registry_demo_url),
    ):
        host = urlsplit(url)
        if url and host.scheme != "https" and host.hostname not in {"127.0.0.1", "localhost"}:
            raise BadSetting(f"{name} : HTTPS ou cette machine seulement, des identifiants y passent")


def _secret(env: Mapping[str, str], name: str) -> str:
    path = env.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text().strip()
        except OSError as error:
            raise BadSetting(f"{name}_FILE : illisible ({error.strerror})") from None
    return env.get(name, "")


def _integer(env: Mapping[str, str], name: str, default: int) -> int:
    try:
        return int(env.get(name) or default)
    except ValueError:
        raise BadSetting(f"{name} : il faut un nombre entier") from None


def _at_least_one(env: Mapping[str, str], name: str, default: int) -> int:
    number = _integer(env, name, default)
    if number < 1:
        raise BadSetting(f"{name} : il faut un nombre d'au moins 1")
    return number


def _boolean(env: Mapping[str, str], name: str, default: bool) -> bool:
    text = (env.get(name) or ("yes" if default else "no")).strip().lower()
    if text in {"yes", "true", "1", "on", "oui"}:
        return True
    if text in {"no", "false", "0", "off", "non"}:
        return False
    raise BadSetting(f"{name} : il faut « yes » ou « no »")


def describes_installation(environ: Mapping[str, str] | None = None) -> bool:
    """Whether the environment speaks of a real installation at all."""
    env = os.environ if environ is None else environ
    return any(env.get(name) for name in ("DATABASE_URL", "SECRET_KEY", "SECRET_KEY_FILE"))
