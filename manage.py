#!/usr/bin/env python
"""Django's command line for Leadline."""

import os
import sys

from django.core.management import execute_from_command_line

from apps.core.actors import Actor, Kind, acting

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    with acting(Actor(Kind.COMMAND, name=" ".join(sys.argv[1:2]))):
        execute_from_command_line(sys.argv)
