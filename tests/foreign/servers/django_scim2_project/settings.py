"""The least that the documentation of django-scim2 asks of a project."""

import os

SECRET_KEY = "not-a-secret"
ALLOWED_HOSTS = ["127.0.0.1"]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django_scim",
    "accounts",
]
MIDDLEWARE = [
    "accounts.tokens.TokenMiddleware",
    "django_scim.middleware.SCIMAuthCheckMiddleware",
]
ROOT_URLCONF = "urls"
DATABASES = {
    "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ["SCIM_DATABASE"]}
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"
USE_TZ = True
SCIM_SERVICE_PROVIDER = {
    "SCHEME": "http",
    "NETLOC": os.environ["SCIM_NETLOC"],
    "GROUP_MODEL": "accounts.models.Group",
    "WWW_AUTHENTICATE_HEADER": "Bearer",
    "AUTHENTICATION_SCHEMES": [
        {
            "type": "oauthbearertoken",
            "name": "Bearer token",
            "description": "A token in the Authorization header",
        }
    ],
}
