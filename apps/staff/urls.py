"""Addresses below /admin/. Importing the screens registers them; nothing else is ever registered."""

from django.urls import path

from apps.staff.admin import deliveries, people, quarantine, records, work, workspaces
from apps.staff.site import staff_site

SCREENS = (workspaces, people, deliveries, quarantine, work, records)

urlpatterns = [path("", staff_site.urls)]
