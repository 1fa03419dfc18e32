"""The table of everything that acts without an address: kinds of work, actions, sockets, webhooks, commands.

A new one without a row here fails `test_acts`. A row says whose hands run it, what it may write, and what makes
it succeed or be refused, so that the test can try.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from apps.accounts.models import Role
from tests.security.routes import OTHER_OWNER, STAFF, VISITORS


@dataclass(frozen=True)
class Work:
    """A kind of work: the queue whose hands run it, and whether its items belong to a workspace."""

    queue: str
    of_workspaces: bool


KINDS = {
    "accounts.build_workspace": Work("default", of_workspaces=True),  # of one that is not ready yet
    "conversations.deliver": Work("chat", of_workspaces=True),
    "conversations.resume": Work("chat", of_workspaces=True),
    "dialogue.hold_the_line": Work("chat", of_workspaces=True),
    "dialogue.catch_up": Work("chat", of_workspaces=True),
    "dialogue.look_for_overlooked": Work("default", of_workspaces=True),
    "dialogue.take_turns": Work("chat", of_workspaces=True),
    "ingest.process": Work("default", of_workspaces=False),  # each item enters the workspace of its route
    "knowledge.forget_file": Work("default", of_workspaces=True),
    "knowledge.index": Work("default", of_workspaces=True),
    "notices.mail": Work("default", of_workspaces=True),
    "work.chores": Work("default", of_workspaces=False),  # the installation's own
    "work.prune_audit": Work("default", of_workspaces=True),
    "work.prune_exchanges": Work("default", of_workspaces=True),
}


@dataclass(frozen=True)
class Act:
    """An action: parameters with which it works, and the tables it may write."""

    params: Mapping[str, Any]
    writes: frozenset[str]


ACTIONS = {
    "handoff.open": Act(
        {"reason": "Asks for a person."},
        frozenset(
            {"handoff.Handoff", "conversations.Conversation", "conversations.Message", "conversations.StateChange"}
            | {"notices.Notice"}
        ),
    ),
    "leads.mark_asked": Act({"field": "email"}, frozenset({"leads.Lead"})),
    "leads.save_fields": Act({"fields": {"email": "maya@example.org"}}, frozenset({"leads.Lead"})),
}

READY = "ready"
#: Refused with 403, before it is a socket.
REFUSED = "refused"
OWN_VISITOR, FOREIGN_VISITOR = "visitor of the chat", "visitor of another chat"
#: What each visitor of a socket hears first: "ready", or the code with which it is closed, or that it is refused.
SOCKETS: dict[str, dict[str, str | int]] = {
    "w/<slug:slug>/live/": {
        **{"nobody": 4401, "stranger": 4404, OTHER_OWNER: 4404, STAFF: 4404},
        **{role.value: READY for role in Role},
    },
    # A session is worth nothing here, only the token of the chat's own visitor.
    "chat/<str:key>/live/": {**dict.fromkeys(VISITORS, REFUSED), OWN_VISITOR: READY, FOREIGN_VISITOR: REFUSED},
}
#: Every other address is refused before it is a socket.
NO_SOCKET = ""


@dataclass(frozen=True)
class Webhook:
    """A provider's address: who proves what, and what whoever proves nothing is answered, by method."""

    proof: str
    unsigned: Mapping[str, int]


#: Webhook addresses, by provider. Who signs with another hook's secret is answered as who signs nothing.
WEBHOOKS = {
    "web_chat": Webhook(
        "a visitor's token signed with the hook's secret, in the body, from an allowed origin",
        {"GET": 405, "POST": 403, "PUT": 405, "DELETE": 405, "PATCH": 405, "OPTIONS": 403},
    ),
    "whatsapp_cloud": Webhook(
        "HMAC-SHA256 of the raw body by the hook's app secret",
        {"GET": 403, "POST": 403, "PUT": 405, "DELETE": 405, "PATCH": 405, "OPTIONS": 405},
    ),
}
#: What is answered in front of Django, by the name of its address in config/asgi.py; WEBHOOKS has those with a key.
RAW = {
    "PREFIX": {"GET": 404, "POST": 404, "PUT": 404, "DELETE": 404, "PATCH": 404, "OPTIONS": 404},
    "READYZ": {"GET": 200, "HEAD": 200, "POST": 405, "PUT": 405, "DELETE": 405, "PATCH": 405, "OPTIONS": 405},
}


@dataclass(frozen=True)
class Command:
    """A management command, run by whoever has a shell: words it refuses, and what it says."""

    refuses: tuple[str, ...] = ()
    says: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)


NO_WORKSPACE = "There is no workspace “nowhere”"
COMMANDS = {
    "add_knowledge": Command(("nowhere", "--bot", "1", "--title", "x", "--file", "/dev/null"), NO_WORKSPACE),
    "add_member": Command(("nowhere", "a@example.org"), NO_WORKSPACE),
    "connect_inbox": Command(("nowhere", "--bot", "1", "--key", "1", "--token", "x"), NO_WORKSPACE),
    "connect_widget": Command(("nowhere", "--bot", "1", "--website", "https://www.example.com"), NO_WORKSPACE),
    "create_bot": Command(("nowhere", "--name", "x", "--business", "x"), NO_WORKSPACE),
    "create_workspace": Command(("x", "--owner", "nobody"), "address is not one"),
    "new_key": Command(),
    "reconnect_inbox": Command(("nowhere", "--key", "1", "--token", "x"), NO_WORKSPACE),
    "relay": Command(),
    "replay": Command((), "Say which"),
    "rotate_keys": Command(),
    "show_limits": Command(),
}
