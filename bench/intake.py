"""How many webhooks per second the running app accepts, beside the bare app in `bench.bare`.

Both are served by the Procfile's web command on the same machine, store into the same database in tables of the
same shape, and take turns, a short round each, so that whatever else the machine does meets both.
"""

import json
import os
import secrets
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any
from urllib.parse import urlsplit

import psycopg

from bench import deliveries
from bench.load import Round
from sandbox import memory
from sandbox.children import Failed
from sandbox.memory import CHECKOUT, HOST
from sandbox.processes import Processes, read_procfile, shell
from sandbox.stack import Stack, stack

ROUNDS = 7  # of each; an odd number has a middle one
REQUESTS = 2_500  # in each
WARM_UP = 1_000
CONNECTIONS = 32
NUMBER = "106540352242922"
#: The same columns, defaults, indexes and reference; rows and numbering of its own.
BARE_TABLE = """
    CREATE TABLE public.bench_delivery (LIKE public.ingest_delivery INCLUDING ALL);
    ALTER TABLE public.bench_delivery ADD FOREIGN KEY (hook_id) REFERENCES public.tenants_hook (id)
        DEFERRABLE INITIALLY DEFERRED;
"""
BODIES = {
    "app": "SELECT sha256(body) FROM public.ingest_delivery",
    "bare": "SELECT sha256(body) FROM public.bench_delivery",
}


@dataclass(frozen=True)
class Side:
    """One of the two that are compared, and what it was sent."""

    name: str
    url: str
    secret: str
    rounds: list[Round]
    sent: dict[str, int]  # series -> how many
"""
