"""Django settings, from environment variables.

Without any variable these are the settings of one laptop: plain HTTP on its own addresses, SQLite in
``var/``, a secret key made on first use. ``PRODUCTION=1`` asks for what a public server needs: ``SECRET_KEY``
and ``ALLOWED_HOSTS`` must be set and everything travels over HTTPS.
"""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from visualizer.environment import address_on_network, env_bool, env_int, env_list, env_text, secret_kept_in
from visualizer.log_stream import standard_error
from visualizer.request_ids import add_request

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env_text("VAR_DIR", str(BASE_DIR / "var")))
VAR_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)  # what is in it is nobody else's business

PRODUCTION = env_bool("PRODUCTION", default=False)
DEBUG = env_bool("DEBUG", default=False)
SECRET_KEY = env_text("SECRET_KEY") if PRODUCTION else secret_kept_in(VAR_DIR / "secret-key")
OWN_HOSTS = ("localhost", "127.0.0.1", "[::1]", address_on_network() or "localhost")
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", None if PRODUCTION else ",".join(OWN_HOSTS))
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS", "")

INSTALLED_APPS = [
    "daphne",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "channels",
    "csp",
    "django_ace",
    "django_htmx",
    "simple_history",
    "axes",
    "visualizer",
    "visualizer.accounts",
    "visualizer.rooms",
    "visualizer.profiles",
    "visualizer.library",
    "visualizer.lessons",
    "visualizer.studio",
    "visualizer.kubeapi",
]

MIDDLEWARE = [
    "visualizer.request_ids.request_ids",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "visualizer.urls"
ASGI_APPLICATION = "visualizer.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# Readers never block the writer (WAL); a transaction that will write says so at once instead of failing half-
# way. A thread keeps its connection for a second: to open one takes five times as long as most of what is
# asked. Not for longer: one that was opened while the file could not be written to would never write.
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "CONN_MAX_AGE": 1,
        "NAME": env_text("SQLITE_PATH", str(VAR_DIR / "db.sqlite3")),
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 5,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        },
        "TEST": {"NAME": str(VAR_DIR / f"test-{os.getpid()}.sqlite3")},
    }
}
SNAPSHOTS_DIR = VAR_DIR / "snapshots"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# A room may be watched for longer than the day after which members of a group are dropped by default.
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels.layers.InMemoryChannelLayer",
        "CONFIG": {"capacity": 1000, "group_expiry": 10 * 365 * 24 * 3600},
    }
}

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "admin:login"
CSRF_FAILURE_VIEW = "visualizer.views.not_signed"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]

# Whoever guesses passwords waits; nobody locks a teacher out from another address. Who signed in when is
# nobody's business and not kept.
AXES_FAILURE_LIMIT = env_int("SIGN_IN_ATTEMPTS", 5, least=1)
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "visualizer.views.locked_out"
AXES_CLIENT_IP_CALLABLE = "visualizer.rooms.entrance.address_of"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"

# WhiteNoise finds the files where they are written (`visualizer/static_app.py` asks it). With STATIC_ROOT,
# where collectstatic has written them, they have names that change with their content and are kept by
# browsers for ever.
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = os.environ.get("STATIC_ROOT")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "visualizer.static_files.HashedModules"
        if STATIC_ROOT
        else "whitenoise.storage.CompressedStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not STATIC_ROOT
WHITENOISE_AUTOREFRESH = DEBUG

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1 << 20

SECURE_SSL_REDIRECT = PRODUCTION
SESSION_COOKIE_SECURE = PRODUCTION
CSRF_COOKIE_SECURE = PRODUCTION
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_HSTS_PRELOAD = PRODUCTION
if PRODUCTION and env_bool("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Rooms. A room without viewers is paused after ROOM_IDLE_SECONDS and costs nothing until somebody comes back.
ROOM_IDLE_SECONDS = env_int("ROOM_IDLE_SECONDS", 60, least=1)
ROOM_LEASE_SECONDS = env_int("ROOM_LEASE_SECONDS", 3, least=3)
ROOM_STEP_BUDGET_MS = env_int("ROOM_STEP_BUDGET_MS", 15, least=1)
ROOM_MAX_VIEWERS = env_int("ROOM_MAX_VIEWERS", 500, least=1)
VISITORS_MAKE_ROOMS = env_bool("VISITORS_MAKE_ROOMS", default=not PRODUCTION)
# So many rooms one visitor makes in an hour, and all visitors of one address: a school may be behind it.
ROOMS_PER_VISITOR = env_int("ROOMS_PER_VISITOR", 30, least=1)
ROOMS_PER_ADDRESS = env_int("ROOMS_PER_ADDRESS", 600, least=1)
# Long computations run in WORKERS processes for questions, as many for opening rooms, and one for questions
# about large rooms; their snapshots are written by copies of the server.
WORKERS = env_int("WORKERS", 2, least=1)
WORKER_MEMORY_MB = env_int("WORKER_MEMORY_MB", 1024, least=128)
SNAPSHOTS_MB = env_int("SNAPSHOTS_MB", 2048, least=1)
METRICS_TOKEN = os.environ.get("METRICS_TOKEN", "")

# One line per event on standard error, whoever writes it: JSON in production.
ABOUT_AN_EVENT: list[Any] = [
    structlog.contextvars.merge_contextvars,
    add_request,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso"),
    structlog.processors.StackInfoRenderer(),
]
AS_A_LINE: list[Any] = [
    structlog.processors.format_exc_info,
    structlog.processors.JSONRenderer() if PRODUCTION else structlog.dev.ConsoleRenderer(colors=False),
]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": [*ABOUT_AN_EVENT, structlog.stdlib.add_logger_name],
            "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *AS_A_LINE],
        }
    },
    "handlers": {"log": {"class": "logging.StreamHandler", "stream": standard_error(), "formatter": "line"}},
    "root": {"handlers": ["log"]},
    # What a visitor asks wrongly is no trouble of the server's.
    "loggers": {
        "django": {"handlers": [], "level": "INFO"},
        "django.request": {"level": "ERROR" if DEBUG else "CRITICAL"},  # failures are logged with a reference
        "django.security": {"level": "CRITICAL"},
        "django.security.DisallowedHost": {"level": "ERROR"},  # ALLOWED_HOSTS may be wrong
    },
}
structlog.configure(
    processors=[*ABOUT_AN_EVENT, *AS_A_LINE],
    logger_factory=structlog.PrintLoggerFactory(standard_error()),
    cache_logger_on_first_use=True,
)
