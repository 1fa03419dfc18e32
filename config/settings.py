"""Every setting of an installation, read from the environment with safe defaults.

Development needs nothing set beside DEBUG=true. Production refuses to start with an unsafe value and names
each one. `.env.example` and the README's table are checked against the names read here.
"""

from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from environs import Env

BASE_DIR = Path(__file__).resolve().parent.parent

env = Env()
env.read_env(str(BASE_DIR / ".env"), recurse=False)

# --- what kind of installation --------------------------------------------------------------------
DEBUG = env.bool("DEBUG", False)
BASE_URL = env.str("BASE_URL", "http://127.0.0.1:8000" if DEBUG else "").rstrip("/")
SECRET_KEY = env.str("SECRET_KEY", "development-only" if DEBUG else "")
#: Newest first: the first encrypts, all decrypt, so that a key can be rotated.
FIELD_ENCRYPTION_KEYS = env.list(
    "FIELD_ENCRYPTION_KEYS", ["ZGV2ZWxvcG1lbnQtb25seS1rZXktbm90LXNlY3JldCE="] if DEBUG else []
)
LEADLINE_DEMO = env.bool("LEADLINE_DEMO", False)
SANDBOX_WORLD_URL = env.str("SANDBOX_WORLD_URL", "")
BASE_HOST = urlsplit(BASE_URL).hostname or ""
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", [BASE_HOST, "localhost", "127.0.0.1"] if DEBUG else [BASE_HOST])


def unsafe_settings() -> list[str]:
    """What makes this configuration unfit for production, one sentence each."""
    found = {
        "SECRET_KEY must be set to 50 or more random characters.": len(SECRET_KEY) < 50,
        "FIELD_ENCRYPTION_KEYS must hold at least one Fernet key (bin/manage new_key prints one).": (
            not FIELD_ENCRYPTION_KEYS
        ),
        "BASE_URL must be the public https:// address of this installation.": not BASE_URL.startswith("https://"),
        "ALLOWED_HOSTS must name your hosts and not contain '*'.": not any(ALLOWED_HOSTS) or "*" in ALLOWED_HOSTS,
        "LEADLINE_DEMO lets anybody in and works only with DEBUG=true.": LEADLINE_DEMO,
    }
    return [sentence for sentence, wrong in found.items() if wrong]


if not DEBUG and unsafe_settings():
    raise ImproperlyConfigured("Unsafe settings for production:\n- " + "\n- ".join(unsafe_settings()))

# --- apps -----------------------------------------------------------------------------------------
#: Tables in the public schema, one copy for the installation.
SHARED_APPS = [
    "django_tenants",
    "apps.tenants",
    "apps.work",
    "apps.accounts",
    "apps.ingest",
    "apps.watch",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    # Neither looks for screens by itself: apps/staff registers what staff may see, and nothing else is there.
    "unfold.apps.BasicAppConfig",
    "django.contrib.admin.apps.SimpleAdminConfig",
    "apps.staff",
    "servestatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.google",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "lucide",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "apps.live",
    "apps.assistant",
    "apps.panel",
    *(["sandbox.demo"] if LEADLINE_DEMO else []),
]
#: Tables in every workspace's own schema.
TENANT_APPS = [
    "apps.core",
    "apps.bots",
    "apps.inboxes",
    "apps.contacts",
    "apps.knowledge",
    "apps.leads",
    "apps.conversations",
    "apps.handoff",
    "apps.notices",
    "apps.dialogue",
]
INSTALLED_APPS = [*SHARED_APPS, *TENANT_APPS]
TENANT_MODEL = "tenants.Workspace"
TENANT_LIMIT_SET_CALLS = True
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter", "apps.tenants.guard.WorkspaceGuard"]

MIDDLEWARE = [
    "servestatic.middleware.ServeStaticMiddleware",
    "apps.core.headers.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "apps.core.bound.RequestMiddleware",
    "apps.tenants.middleware.WorkspaceMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "apps.accounts.middleware.ActorMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    # Sync only and innermost: so the whole chain runs in the request's one thread, where its connection is.
    "apps.accounts.middleware.MembershipMiddleware",
    "apps.accounts.middleware.ApiMiddleware",
    "apps.staff.middleware.StaffDoor",
]
ROOT_URLCONF = "config.urls"
WORKSPACE_URLCONF = "config.urls_workspace"
ASGI_APPLICATION = "config.asgi.application"
APPEND_SLASH = True
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "apps.accounts.context_processors.membership",
            ],
        },
    },
]

# --- database -------------------------------------------------------------------------------------
DATABASE_URL = env.str("DATABASE_URL", "postgres://leadline:leadline@127.0.0.1:5432/leadline")
#: Connections in this process's pool (0: one per thread, kept by the thread). See docs/operations.md.
DATABASE_POOL = env.int("DATABASE_POOL", 0)
DATABASES = {
    "default": {
        **env.dj_db_url("DATABASE_URL", DATABASE_URL, engine="django_tenants.postgresql_backend"),
        "CONN_MAX_AGE": 0 if DATABASE_POOL else 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "connect_timeout": 5,
            # Statements of core.statements are planned once for each connection, from the second time on.
            "prepare_threshold": 1,
            "options": "-c lock_timeout=10s -c idle_in_transaction_session_timeout=30s",
            **(
                {"pool": {"min_size": 1, "max_size": DATABASE_POOL, "timeout": 10, "max_lifetime": 900}}
                if DATABASE_POOL
                else {}
            ),
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Redis: a doorbell, never the truth -------------------------------------------------------------
REDIS_URL = env.str("REDIS_URL", "redis://127.0.0.1:6379/0")
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        # redis-py 8 gives sockets a 5 s time-out by default, which closes idle websockets.
        "CONFIG": {
            "hosts": [{"address": REDIS_URL, "socket_timeout": None, "max_connections": 2000}],
            # Redis publishes to all its databases at once: installations that share one are told apart by this.
            "prefix": f"asgi.{urlsplit(REDIS_URL).path.strip('/') or 0}.",
        },
    }
}
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A ring that is lost is rung again within a second. So none is kept aside in Redis until it is acknowledged: that
# would be most of what a ring costs, and bring the rings of a killed worker back an hour later.
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 2, "socket_connect_timeout": 2, "ack_emulation": False}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Nobody asks or tells workers anything by way of Redis, and no task has a rate of its own.
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_DISABLE_RATE_LIMITS = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_DB_REUSE_MAX = 500
CACHES = {
    # In Postgres: what guards sign-in holds across processes, and does not depend on Redis.
    "default": {"BACKEND": "apps.work.shared_cache.SharedCache"},
}

# --- people ---------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/workspaces/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
#: By network and by address: each code is a mail to somebody who may not have asked for it.
ACCOUNT_RATE_LIMITS = {"request_login_code": "20/m/ip,200/h/ip,3/m/key,20/h/key", "login": "30/m/ip,300/h/ip"}
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
#: A new address becomes a person when its code is typed, so there is nobody to write to before.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
#: Verified addresses that make whoever signs in with them staff; checked at each login.
ADMIN_EMAILS = env.list("ADMIN_EMAILS", [], subcast=str.lower)
#: Whether staff enter /admin/ only with a second factor.
STAFF_SECOND_FACTOR = env.bool("STAFF_SECOND_FACTOR", not DEBUG)
#: Networks from which staff may enter /admin/; none named is every one.
STAFF_NETWORKS = env.list("STAFF_NETWORKS", [], subcast=lambda text: ip_network(text.strip(), strict=False))
GOOGLE_CLIENT_ID = env.str("GOOGLE_CLIENT_ID", "")
GOOGLE_CLIENT_SECRET = env.str("GOOGLE_CLIENT_SECRET", "")
#: Empty: Google's own addresses. Else where somebody plays Google, as the sandbox world does.
GOOGLE_BASE_URL = env.str("GOOGLE_BASE_URL", "").rstrip("/")
GOOGLE_SIGN_IN = bool(GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET)
ACCOUNT_ADAPTER = "apps.accounts.adapter.AccountAdapter"
USERSESSIONS_ADAPTER = "apps.accounts.adapter.SessionsAdapter"
SOCIALACCOUNT_ADAPTER = "apps.accounts.adapter.GoogleAdapter"
SOCIALACCOUNT_PROVIDERS = {
    "google": {
        # Never also a SocialApp row: two apps of one provider are an error.
        "APPS": [{"client_id": GOOGLE_CLIENT_ID, "secret": GOOGLE_CLIENT_SECRET, "key": ""}] if GOOGLE_SIGN_IN else [],
        "SCOPE": ["profile", "email"],
        "AUTH_PARAMS": {"access_type": "online", "prompt": "select_account"},
        "OAUTH_PKCE_ENABLED": True,
        # An address that Google has verified is its owner's, whatever they signed in with before.
        "EMAIL_AUTHENTICATION": True,
        **(
            {
                "AUTHORIZE_URL": f"{GOOGLE_BASE_URL}/o/oauth2/v2/auth",
                "ACCESS_TOKEN_URL": f"{GOOGLE_BASE_URL}/token",
                "CERTS_URL": f"{GOOGLE_BASE_URL}/oauth2/v1/certs",
                "IDENTITY_URL": f"{GOOGLE_BASE_URL}/oauth2/v2/userinfo",
                "ID_TOKEN_ISSUER": GOOGLE_BASE_URL,
            }
            if GOOGLE_BASE_URL
            else {}
        ),
    }
}
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_LOGIN_ON_GET = False
MFA_ADAPTER = "apps.accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Leadline"
#: A phone's clock may be half a minute off.
MFA_TOTP_TOLERANCE = 1
SESSION_COOKIE_AGE = int(timedelta(days=7).total_seconds())
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = not DEBUG
#: A browser takes a cookie so called from this very host alone, encrypted: no neighbouring host can plant one.
SESSION_COOKIE_NAME = "sessionid" if DEBUG else "__Host-sessionid"
CSRF_COOKIE_NAME = "csrftoken" if DEBUG else "__Host-csrftoken"
CSRF_COOKIE_SECURE = not DEBUG
CSRF_COOKIE_HTTPONLY = True
CSRF_TRUSTED_ORIGINS = [BASE_URL] if BASE_URL else []
EMAIL_URL = env.str("EMAIL_URL", "console://")
vars().update(env.dj_email_url("EMAIL_URL", EMAIL_URL))
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", f"Leadline <no-reply@{BASE_HOST or 'localhost'}>")

# --- browsers -------------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = not DEBUG
SECURE_HSTS_SECONDS = 0 if DEBUG else int(timedelta(days=365).total_seconds())
SECURE_HSTS_INCLUDE_SUBDOMAINS = not DEBUG
SECURE_HSTS_PRELOAD = not DEBUG
SECURE_REFERRER_POLICY = "same-origin"
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^metrics$"]
#: Set only behind a proxy that overwrites X-Forwarded-Proto and adds the visitor's address to X-Forwarded-For.
TRUST_PROXY = env.bool("TRUST_PROXY", False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUST_PROXY else None
#: Else all visitors would share the proxy's address, and one of them use up the sign-ins of all.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if TRUST_PROXY else 0
X_FRAME_OPTIONS = "SAMEORIGIN" if LEADLINE_DEMO else "DENY"


def _origin(url: str) -> str:
    """The scheme and host of an address, as a browser's policy names it."""
    return "{0.scheme}://{0.netloc}".format(urlsplit(url))


CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "frame-src": [SELF, SANDBOX_WORLD_URL] if LEADLINE_DEMO else [NONE],
        "frame-ancestors": [SELF] if LEADLINE_DEMO else [NONE],
        "object-src": [NONE],
        "base-uri": [NONE],
        # Signing in with Google is a form whose answer leads there; a browser asks this about where it leads too.
        "form-action": [SELF, *([_origin(GOOGLE_BASE_URL or "https://accounts.google.com")] if GOOGLE_SIGN_IN else [])],
    }
}
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / ".local" / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
#: What is uploaded. Every web process needs the same directory; nothing in it is served as it lies there.
MEDIA_ROOT = BASE_DIR / env.str("MEDIA_ROOT", ".local/media")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "servestatic.storage.CompressedManifestStaticFilesStorage"
    },
}


def _add_static_headers(headers: Any, path: str, url: str) -> None:
    """Files are what they are called; the web chat's script, and it alone, is for other websites."""
    headers["X-Content-Type-Options"] = "nosniff"
    of_widget = url.startswith(f"{STATIC_URL}widget/")
    headers["Cross-Origin-Resource-Policy"] = "cross-origin" if of_widget else "same-origin"


SERVESTATIC_ADD_HEADERS_FUNCTION = _add_static_headers
SERVESTATIC_USE_FINDERS = DEBUG
SERVESTATIC_AUTOREFRESH = DEBUG
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español"), ("pt", "Português")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", "UTC")

# --- looking after it --------------------------------------------------------------------------------
#: Opens /metrics and the details of /readyz as a bearer token; without one /metrics is not there.
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
#: Where errors are reported, without anybody's words; empty: nowhere.
SENTRY_DSN = env.str("SENTRY_DSN", "")
#: Who is told of alerts by e-mail; nobody named: ADMIN_EMAILS.
ALERT_EMAILS = env.list("ALERT_EMAILS", [], subcast=str.strip)
#: How often we talk to ourselves to see that customers would be answered; 0 is never.
SYNTHETIC_SECONDS = env.int("SYNTHETIC_SECONDS", 300)
#: Where that conversation is posted, as a customer's would be; empty: it is stored as the intake stores one.
SYNTHETIC_URL = env.str("SYNTHETIC_URL", "").rstrip("/")

# --- the outside ------------------------------------------------------------------------------------
WHATSAPP_GRAPH_URL = env.str("WHATSAPP_GRAPH_URL", "https://graph.facebook.com").rstrip("/")
WHATSAPP_GRAPH_VERSION = env.str("WHATSAPP_GRAPH_VERSION", "v26.0")
OPENAI_BASE_URL = env.str("OPENAI_BASE_URL", "https://api.openai.com/v1").rstrip("/")
OPENAI_API_KEY = env.str("OPENAI_API_KEY", "")
OPENAI_EMBEDDING_MODEL = env.str("OPENAI_EMBEDDING_MODEL", "text-embedding-3-small")
#: How often a workspace's bots may ask the model in a minute; what is more waits.
MODEL_CALLS_PER_MINUTE = env.int("MODEL_CALLS_PER_MINUTE", 20)
#: "host" or "host:port" that may be reached although private: the vendors' own addresses and these.
HTTP_TRUSTED_HOSTS = [
    *(urlsplit(url).netloc for url in (WHATSAPP_GRAPH_URL, OPENAI_BASE_URL, GOOGLE_BASE_URL, SYNTHETIC_URL) if url),
    *env.list("HTTP_TRUSTED_HOSTS", []),
]
#: Divides how long things take to grow old (apps/work/ages.py), at most tenfold, so that faults can be tested.
AGEING_SPEED = min(max(env.float("AGEING_SPEED", 1.0), 1.0), 10.0) if DEBUG else 1.0
#: Connections and seconds of the webhook intake, which has a pool of its own.
INTAKE_POOL = env.int("INTAKE_POOL", 8)
INTAKE_TIMEOUT = 1.5

# --- programs ---------------------------------------------------------------------------------------
#: Requests of a key to an address in a minute, and from a network in an hour, whosever keys it has.
API_REQUESTS_PER_MINUTE = env.int("API_REQUESTS_PER_MINUTE", 100)
API_REQUESTS_PER_HOUR = env.int("API_REQUESTS_PER_HOUR", 1000)
#: Whoever writes an API view and forgets something gets the strictest of it.
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["apps.accounts.api_access.KeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["apps.accounts.api_access.HasScope"],
    "DEFAULT_PARSER_CLASSES": ["apps.core.api.BoundedJSON"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "apps.core.api.NewestFirst",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "apps.core.api.problem_of",
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Leadline",
    "DESCRIPTION": "Bots, contacts, leads and conversations of one workspace: the one of the key.",
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "apps.core.api_document.add_problems",
    ],
    "ENUM_NAME_OVERRIDES": {
        "HandoffState": "apps.handoff.models.Handoff.State",
        "InboxState": "apps.inboxes.models.Inbox.State",
        "MessageState": "apps.conversations.models.Message.State",
        "FactKind": "apps.knowledge.models.Fact.Kind",
        "PageState": "apps.knowledge.models.Page.State",
        "SourceKind": "apps.knowledge.models.Source.Kind",
        "SourceState": "apps.knowledge.models.Source.State",
    },
}

# --- logs -------------------------------------------------------------------------------------------
LOG_LEVEL = env.str("LOG_LEVEL", "INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"workspace": {"()": "apps.tenants.logs.WorkspaceFilter"}},
    "formatters": {
        "line": {
            "()": "apps.tenants.logs.LineFormatter",
            "format": "{asctime} {levelname} {name} workspace={workspace} {message}",
            "style": "{",
        },
        "json": {"()": "apps.tenants.logs.JsonFormatter"},
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "filters": ["workspace"],
            "formatter": "line" if DEBUG else "json",
        }
    },
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {"httpx2": {"level": "WARNING"}, "httpcore2": {"level": "WARNING"}, "openai": {"level": "WARNING"}},
}
