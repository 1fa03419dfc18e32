"""The world as a process: it keeps its state over a restart, stops at once, and says why it cannot start."""

import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx2
import pytest

from sandbox.world.records import Number
from tests.clocks import PATIENCE
from tests.sandbox.world.conftest import ADA, TOKEN
from tests.sandbox.world.receiver import Receiver
from tests.sandbox.world.running import CHECKOUT, running, start, stop


def example(receiver: Receiver) -> Number:
    return Number(
        "1", "+1 415-555-2671", "2", token=TOKEN, app_secret="s", webhook_url=receiver.url, verified_name="Nora's"
    )


def test_numbers_people_and_chats_survive_a_restart(tmp_path: Path, receiver: Receiver) -> None:
    file = tmp_path / "deep" / "world.json"
    with running("--state", str(file)) as world:
        world.register_number(example(receiver))
        world.add_person(ADA, "Ada")
        first = world.say(ADA, "1", "Before")
        receiver.messages()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with running("--state", str(file)) as world:
        assert [(message.text, message.wamid) for message in world.messages_of(ADA)] == [("Before", first)]
        world.say(ADA, "1", "After")
        assert receiver.messages(2)[1].value["contacts"][0]["profile"]["name"] == "Ada"
        before, after = world.messages_of(ADA)
        assert after.order > before.order


def test_a_broken_state_file_is_set_aside(tmp_path: Path) -> None:
    file = tmp_path / "world.json"
    file.write_text('{"version": 1, "numbers": [')
    with running("--state", str(file)) as world:
        assert world.http.get(f"{world.url}/sandbox/numbers").json() == {"numbers": []}
    assert (tmp_path / "world.unreadable").read_text() == '{"version": 1, "numbers": ['


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_within_a_second_though_requests_are_open(
    tmp_path: Path, receiver: Receiver, number: signal.Signals
) -> None:
    undisturbed = stop(start()[0], number)  # how long a process of which nobody wants anything takes to end here
    process, world = start("--state", str(tmp_path / "world.json"))
    world.register_number(example(receiver))
    world.add_person(ADA, "Ada")
    world.add_fault("hang_before")
    stream = httpx2.Client(timeout=PATIENCE)
    opened = stream.send(stream.build_request("GET", f"{world.url}/sandbox/chats/1/{ADA}/events"), stream=True)
    hanging = threading.Thread(target=send_and_hang, args=(world.url,))
    hanging.start()
    while not world.faults()[0]["caused"]:
        time.sleep(0.01)
    assert stop(process, number) < 1.0 + undisturbed
    assert process.returncode == 0
    hanging.join(PATIENCE)
    assert not hanging.is_alive()
    opened.close()
    stream.close()
    assert '"Ada"' in (tmp_path / "world.json").read_text()


def send_and_hang(url: str) -> None:
    body = {"messaging_product": "whatsapp", "to": ADA, "type": "text", "text": {"body": "x"}}
    with pytest.raises(httpx2.TransportError):
        httpx2.post(
            f"{url}/v26.0/1/messages", json=body, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=PATIENCE
        )


def test_a_taken_port_is_one_clear_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "sandbox.world", "--port", port]
        result = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, timeout=PATIENCE)
    assert result.returncode == 1
    assert result.stderr.strip().splitlines() == [
        f"Port {port} on 127.0.0.1 cannot be used (Address already in use); choose another with --port."
    ]


def test_nothing_of_the_product_is_imported() -> None:
    shown = "sorted({name.split('.')[0] for name in sys.modules} & {'apps', 'config', 'django'})"
    code = f"import sys, sandbox.world.app, sandbox.world.client; print({shown})"
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, timeout=PATIENCE
    )
    assert result.stdout.strip() == "[]", result.stderr
