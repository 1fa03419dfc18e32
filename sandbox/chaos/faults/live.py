"""An open panel while its socket and the channel layer behind it break."""

import time

from sandbox.chaos.panel import Panel
from sandbox.chaos.scene import Scene

THREADS = """
SELECT c.id, array_agg(m.id ORDER BY m.id) FROM {schema}.conversations_conversation c
JOIN {schema}.conversations_message m ON m.conversation_id = c.id WHERE c.inbox_id = %s GROUP BY c.id
"""


def broken_socket(scene: Scene) -> None:
    """F29: Redis is emptied and away, then web dies; the panel shows every message exactly once in the end."""
    line = scene.lines[0]
    panel = Panel(scene.site, line)
    scene.play()
    time.sleep(scene.size.seconds / 4)
    with scene.site.servers.stopped_redis():
        time.sleep(scene.size.seconds / 4)
    scene.site.supervisor.kill("web")
    scene.finish_writing()
    scene.drain()
    time.sleep(2.0)
    panel.close()
    there = {id: ids for id, ids in scene.site.read(THREADS.replace("{schema}", line.schema), line.inbox)}
    shown = {id: ids for id, ids in panel.shown.items() if id in there}
    twice = [id for id, ids in shown.items() if len(set(ids)) != len(ids)]
    missing = [id for id, ids in there.items() if set(shown.get(id, [])) != set(ids)]
    scene.facts |= {"sockets": panel.sockets, "pushes": panel.pushes, "threads": len(there)}
    scene.promise(panel.sockets >= 2, "the socket never broke")
    scene.promise(panel.pushes > 0, "nothing was ever pushed")
    scene.promise(not twice, f"{len(twice)} threads show a message twice")
    scene.promise(not missing, f"{len(missing)} of {len(there)} threads do not show what is there")
