"""A caller is cut off below HTTP, however often, and nothing is left open by it."""

import os
import socket

from sandbox.world import connections


def test_the_one_connection_is_cut_and_no_descriptor_is_left() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, open(os.devnull):  # what is no socket lies beside it
        address = server.getsockname()
        with (
            socket.create_connection(address) as caller,
            socket.create_connection(address) as other,
            server.accept()[0],
            server.accept()[0] as beside,
        ):
            before = len(os.listdir("/dev/fd"))
            for _ in range(3):
                connections._shut(*caller.getsockname())
            assert len(os.listdir("/dev/fd")) == before
            beside.sendall(b"x")
            assert other.recv(1) == b"x"
            assert caller.recv(1) == b""
