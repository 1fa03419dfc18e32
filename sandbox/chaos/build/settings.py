"""The product's settings with the test build beside them. Never outside of DEBUG."""

from django.core.exceptions import ImproperlyConfigured

from config.settings import *  # noqa: F403  # all of them, as they are
from config.settings import DEBUG, INSTALLED_APPS

if not DEBUG:
    raise ImproperlyConfigured("The test build kills its own processes and runs with DEBUG=true alone.")

INSTALLED_APPS = [*INSTALLED_APPS, "sandbox.chaos.build"]
