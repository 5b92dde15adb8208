"""Puts the service together. Nothing is decided here."""

from flask import Flask
from flask_babel import get_locale
from redis.backoff import NoBackoff
from redis.retry import Retry
from werkzeug.middleware.proxy_fix import ProxyFix

from participation import administration, clock, logs, newsroom, opendata, paths, residents, workbench
from participation.accounts import former
from participation.accounts import labels as accounts_labels
from participation.accounts.login import load_signed_in, note_use
from participation.cli import register as register_commands
from participation.database import newest_revision, only_reads
from participation.extensions import babel, csrf, db, limiter, login_manager, migrate
from participation.files import service as files
from participation.geography import service as geography
from participation.mail.waiting import WAKE
from participation.needs import labels as needs_labels
from participation.notifications import labels as notifications_labels
from participation.oidc import registry as oidc
from participation.outcomes import labels as outcomes_labels
from participation.permissions import Permission
from participation.privacy import labels as privacy_labels
from participation.privacy.service import subscribe_again
from participation.projects import labels as projects_labels
from participation.residence import service as residence
from participation.search import commonness
from participation.settings import Settings
from participation.support import labels as support_labels
from participation.web import access, errors, filters, headers, language, routing, uploads
from participation.web import labels as web_labels
from participation.web.addresses import absolute_url
from participation.web.assets import Assets
from participation.worker.jobs import Jobs

BODY_MAX_BYTES = 1_000_000
CSRF_TOKEN_HOURS = 12
# By one person, or from one address: to each view, and to all of them.
POSTS_A_MINUTE = 120
POSTS_A_MINUTE_IN_ALL = 300
REDIS_TIMEOUT_SECONDS = 1
CONNECTIONS_A_PROCESS = 20


def create_app(settings: Settings | None = None) -> Flask:
    """The whole service, with settings from the environment unless given. Raises SettingsError."""
    settings = settings or Settings.from_env()
    app = Flask(
        __name__,
        template_folder=str(paths.TEMPLATES),
        static_folder=str(paths.STATIC),
        static_url_path="/static",
    )
    _configure(app, settings)
    _set_up_extensions(app)
    _set_up_pages(app, settings)
    oidc.register(app, settings.providers)
    residence.register(app, settings)
    files.register(app, settings)
    geography.register(app, settings)
    commonness.register(app)
    _set_up_jobs(app, settings)
    register_commands(app)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    secure = settings.secure_cookies
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={
            "pool_size": CONNECTIONS_A_PROCESS,
            "pool_pre_ping": True,
            # What people write, and who they are, stays out of the log of a statement that failed.
            "hide_parameters": True,
        },
        MAX_CONTENT_LENGTH=BODY_MAX_BYTES,
        SESSION_COOKIE_NAME="__Host-session" if secure else "session",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=CSRF_TOKEN_HOURS * 3600,
        BABEL_DEFAULT_LOCALE=language.DEFAULT,
        BABEL_DEFAULT_TIMEZONE="Europe/Oslo",
        BABEL_TRANSLATION_DIRECTORIES=str(paths.TRANSLATIONS),
        **_limits(settings.redis_url),
    )
    if settings.behind_proxies:
        hops = settings.behind_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    former.register_giving_back(subscribe_again)
    clock.follow(settings.var_folder / "clock" if settings.demo else None)
    logs.configure()


def _limits(redis_url: str | None) -> dict[str, object]:
    """Flask-Limiter's settings: without an answer from Redis it counts in memory, and rather lets in than fails."""
    limits: dict[str, object] = {
        "RATELIMIT_STORAGE_URI": "memory://",
        "RATELIMIT_DEFAULT": f"{POSTS_A_MINUTE} per minute",
        "RATELIMIT_DEFAULTS_EXEMPT_WHEN": only_reads,
        "RATELIMIT_APPLICATION": f"{POSTS_A_MINUTE_IN_ALL} per minute",
        "RATELIMIT_APPLICATION_EXEMPT_WHEN": only_reads,
        "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": True,
        "RATELIMIT_SWALLOW_ERRORS": True,
    }
    if redis_url:
        limits["RATELIMIT_STORAGE_URI"] = redis_url.replace("unix://", "redis+unix://", 1)
        limits["RATELIMIT_STORAGE_OPTIONS"] = {
            "socket_connect_timeout": REDIS_TIMEOUT_SECONDS,
            "socket_timeout": REDIS_TIMEOUT_SECONDS,
            "retry": Retry(NoBackoff(), 0),
        }
    return limits


def _set_up_extensions(app: Flask) -> None:
    newest_revision()
    db.init_app(app)
    migrate.init_app(app, db, directory=str(paths.MIGRATIONS), render_as_batch=True, compare_type=True)
    # Before the check of forms, so that those without a token are counted too.
    limiter.init_app(app)
    # Before that check reads the form.
    app.before_request(uploads.widen)
    csrf.init_app(app)
    login_manager.init_app(app)
    login_manager.user_loader(load_signed_in)
    babel.init_app(app, locale_selector=language.select_language)


def _set_up_pages(app: Flask, settings: Settings) -> None:
    assets = Assets(paths.STATIC)
    routing.register(app)
    errors.register(app)
    filters.register(app)
    for labels in (
        web_labels,
        accounts_labels,
        needs_labels,
        notifications_labels,
        projects_labels,
        outcomes_labels,
        support_labels,
        privacy_labels,
    ):
        filters.register_labels(labels.LABELS)
    filters.register_meanings(projects_labels.MEANINGS)
    app.before_request(note_use)
    app.before_request(access.enforce)
    app.after_request(language.remember_choice)
    app.after_request(headers.add_headers)
    access.public(app.view_functions["static"])
    app.jinja_env.globals |= {
        "asset": assets.url,
        "get_locale": get_locale,
        "absolute_url": absolute_url,
        "language_url": language.language_url,
        "Permission": Permission,
        "settings": settings,
        "site_name": settings.site_name,
        "municipality_name": settings.municipality_name,
        "contact_email": settings.contact_email,
        "accessibility_url": settings.accessibility_url,
        "demo": settings.demo,
    }
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for face in (residents, workbench, newsroom, administration, opendata):
        face.register(app)


def _set_up_jobs(app: Flask, settings: Settings) -> None:
    jobs = Jobs(app, settings)
    app.extensions["jobs"] = jobs
    app.extensions[WAKE] = jobs.wake
