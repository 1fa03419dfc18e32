"""What `bin/manage` runs: manage.py with the settings of bin/dev, and its services, which are started for the
command where bin/dev is not running.
"""

import contextlib
import os
import sys

from sandbox.children import Failed
from sandbox.dev import dev_environment, known_ports, own_settings
from sandbox.memory import CHECKOUT, LOCAL
from sandbox.services import join, run
from sandbox.signals import STOPPING, stop_signals_raise


def main(arguments: list[str]) -> int:
    stop_signals_raise(*STOPPING)
    own = own_settings()
    try:
        with contextlib.ExitStack() as running:
            services = join(LOCAL, environment=own)
            running.callback(services.stop)
            command = [sys.executable, str(CHECKOUT / "manage.py"), *arguments]
            return run(command, dev_environment(services, own, known_ports()))
    except Failed as why:
        print(f"bin/manage: {why}", file=sys.stderr)
        return os.EX_UNAVAILABLE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
