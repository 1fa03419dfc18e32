"""The Celery app: hands for the work that Postgres says is due. Only the relay publishes to it."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("leadline")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# Threads know only the default app; without this one they would ring at an address of Celery's own choosing.
app.set_default()
