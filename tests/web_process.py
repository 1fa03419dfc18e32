"""The Procfile's web process on the tests' own database."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection

from apps.watch.models import Span, Tally
from apps.work.models import Pulse, Rate, Shared
from sandbox import memory
from sandbox.processes import Processes, read_procfile, shell

#: What a process writes by itself; other tests count what they write.
OF_THE_PROCESS = (Rate, Shared, Pulse, Tally, Span)


@contextmanager
def web_process(directory: Path, *, redis_url: str) -> Iterator[tuple[str, int]]:
    """Host and port of a web process that is ready, on a free port. It leaves nothing in the database."""
    port = memory.free_port()
    database = connection.settings_dict
    user, password = quote(database["USER"]), quote(database["PASSWORD"])
    environment = {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "DEBUG": "true",
        "SECRET_KEY": settings.SECRET_KEY,
        "DATABASE_URL": f"postgres://{user}:{password}@{database['HOST']}:{database['PORT']}/{database['NAME']}",
        "REDIS_URL": redis_url,
        "BASE_URL": f"http://{memory.HOST}:{port}",
        "HOST": memory.HOST,
        "PORT": str(port),
        "WEB_POOL": "2",
    }
    with Processes(environment, directory) as processes:
        processes.start("web", shell(read_procfile(memory.CHECKOUT / "Procfile")["web"]))
        processes.wait_ready("web", f"http://{memory.HOST}:{port}/livez")
        yield memory.HOST, port
    for model in OF_THE_PROCESS:
        model.objects.all().delete()
