"""Every screen: its name, where it is, and who looks. Pictures are named by it, and tests go through it.

A path that does not begin with / is inside the workspace. `{bot}` and its kind are found on the page of PLACES.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

#: nobody is signed in; entering asked for a code; staff run the installation; world is outside, in the sandbox.
Who = Literal["nobody", "entering", "owner", "staff", "world"]


@dataclass(frozen=True)
class Screen:
    """One screen. `press` is the name of a button that is pressed before it is looked at."""

    name: str
    path: str
    who: Who = "owner"
    press: str = ""
    status: int = 200
    demo: bool = False  # only where the demo is
    template: str = ""  # of an error page, whose place Django's own takes on a developer's machine


#: The demo as the pictures show it, said here once more: whoever reads its own words must have Django running.
SLUG = "harbour-bikes"
NUMBER = "106540352242922"
PERSON = "447700900456"


@dataclass(frozen=True)
class Place:
    """Where an id is found: in a link of this page, as the first group of the pattern."""

    page: str
    link: str
    who: Who = "owner"


def _admin(path: str, query: str = "") -> Place:
    return Place(f"/admin/{path}/{query}", rf"/admin/{path}/(\d+)/", "staff")


PLACES = {
    "bot": Place("bots/", r'/bots/(\d+)/"'),
    "source": Place("bots/{bot}/knowledge/", r"/knowledge/(\d+)/delete/"),
    "inbox": Place("inboxes/", r'/inboxes/(\d+)/" dir="auto">[^<]*</a>\s*<span[^>]*>\s*<span><bdi>\+'),
    "chat": Place("inboxes/", r'/inboxes/(\d+)/" dir="auto">[^<]*</a>\s*<span[^>]*>\s*<span><bdi>[^+]'),
    "conversation": Place("waiting/", r'data-row="(\d+)"'),
    "answer": Place("c/{conversation}/", r'/messages/(\d+)/why/" title="Why this answer"'),
    "key": Place("api-keys/", r"/api-keys/(\d+)/revoke/"),
    "invitation": Place("team/", r"/team/invitations/(\d+)/revoke/"),
    "member": Place("team/", r"/team/(\d+)/deactivate/"),
    "workspace": _admin("tenants/workspace"),
    "user": _admin("accounts/user"),
    "delivery": _admin("ingest/delivery"),
    "work_item": _admin("work/workitem", "?state=all"),
}

SCREENS = (
    Screen("home", "/", "nobody"),
    Screen("sign-in", "/accounts/login/", "nobody"),
    Screen("sign-in-code", "/accounts/login/code/confirm/", "entering"),
    Screen("sign-in-cancelled", "/accounts/google/cancelled/", "nobody"),
    Screen("inactive", "/accounts/inactive/", "nobody"),
    Screen("invitation", "/invitations/{token}/", "nobody"),
    Screen("invitation-unknown", "/invitations/none/", "nobody", status=404),
    Screen("not-found", "/nowhere/", "nobody", status=404, template="404.html"),
    Screen("forbidden", "/not-for-you/", "nobody", status=403, template="403.html"),
    Screen("error", "/broken/", "nobody", status=500, template="500.html"),
    Screen("offline", "/offline/", "nobody"),
    Screen("api-docs", "/api/docs/", "nobody"),
    Screen("workspaces", "/workspaces/?all"),
    Screen("start", "/start/"),
    Screen("account", "/account/"),
    Screen("second-factor", "/accounts/2fa/"),
    Screen("second-factor-on", "/accounts/2fa/totp/activate/"),
    Screen("sessions", "/accounts/sessions/"),
    Screen("sign-out", "/accounts/logout/"),
    Screen("conversations", ""),
    Screen("conversation", "c/{conversation}/"),
    Screen("conversation-print", "c/{conversation}/print/"),
    Screen("why", "c/{conversation}/messages/{answer}/why/"),
    Screen("waiting", "waiting/"),
    Screen("leads", "leads/"),
    Screen("notices", "notices/"),
    Screen("first-steps", "start/"),
    Screen("bots", "bots/"),
    Screen("bot-new", "bots/new/"),
    Screen("bot", "bots/{bot}/"),
    Screen("bot-knowledge", "bots/{bot}/knowledge/"),
    Screen("bot-knowledge-source", "bots/{bot}/knowledge/{source}/"),
    Screen("bot-knowledge-ask", "bots/{bot}/knowledge/ask/?q=How+much+is+an+electric+bike"),
    Screen("bot-knowledge-website", "bots/{bot}/knowledge/add/website/"),
    Screen("bot-knowledge-file", "bots/{bot}/knowledge/add/file/"),
    Screen("bot-knowledge-questions", "bots/{bot}/knowledge/add/questions/"),
    Screen("bot-knowledge-products", "bots/{bot}/knowledge/add/products/"),
    Screen("bot-knowledge-delete", "bots/{bot}/knowledge/{source}/delete/"),
    Screen("bot-try", "bots/{bot}/try/"),
    Screen("bot-delete", "bots/{bot}/delete/"),
    Screen("inboxes", "inboxes/"),
    Screen("inbox-connect", "inboxes/connect/"),
    Screen("inbox", "inboxes/{inbox}/"),
    Screen("inbox-reconnect", "inboxes/{inbox}/reconnect/"),
    Screen("inbox-disconnect", "inboxes/{inbox}/disconnect/"),
    Screen("web-chat-new", "inboxes/web-chat/"),
    Screen("web-chat", "inboxes/{chat}/web-chat/"),
    Screen("api-keys", "api-keys/"),
    Screen("api-key-revoke", "api-keys/{key}/revoke/"),
    Screen("team", "team/"),
    Screen("team-revoke", "team/invitations/{invitation}/revoke/"),
    Screen("team-deactivate", "team/{member}/deactivate/"),
    Screen("team-hand-over", "team/{member}/hand-over/"),
    Screen("business", "settings/"),
    Screen("audit", "settings/audit/"),
    Screen("admin", "/admin/", "staff"),
    Screen("admin-system", "/admin/system/", "staff"),
    Screen("admin-workspaces", "/admin/tenants/workspace/", "staff"),
    Screen("admin-workspace", "/admin/tenants/workspace/{workspace}/", "staff"),
    Screen("admin-workspace-suspend", "/admin/tenants/workspace/{workspace}/suspend/", "staff"),
    Screen("admin-people", "/admin/accounts/user/", "staff"),
    Screen("admin-person", "/admin/accounts/user/{user}/", "staff"),
    Screen("admin-deliveries", "/admin/ingest/delivery/", "staff"),
    Screen("admin-delivery", "/admin/ingest/delivery/{delivery}/", "staff"),
    Screen("admin-quarantine", "/admin/ingest/quarantined/", "staff"),
    Screen("admin-work", "/admin/work/workitem/?state=all", "staff"),
    Screen("admin-work-item", "/admin/work/workitem/{work_item}/", "staff"),
    Screen("admin-visits", "/admin/staff/visit/", "staff"),
    Screen("admin-looks", "/admin/staff/look/", "staff"),
    Screen("admin-changes", "/admin/admin/logentry/", "staff"),
    Screen("demo", "/demo/", demo=True),
    Screen("demo-reset", "/demo/reset/", demo=True),
    Screen("phone", "/phone/?number={number}&person={person}", "world"),
    Screen("website", "/shop/", "world", press="Open chat"),
    Screen("world", "/", "world"),
)


def find_places(slug: str, page: Callable[[Who, str], str]) -> dict[str, str]:
    """The ids of PLACES, each read from its page; `page` gives the markup at a path. Raises LookupError."""
    found: dict[str, str] = {}
    for name, place in PLACES.items():
        path = within(slug, place.page.format(**found))
        link = re.search(place.link, page(place.who, path))
        if link is None:
            raise LookupError(f"{path} shows no {name}, so that screens of one cannot be seen.")
        found[name] = link[1]
    return found


def within(slug: str, path: str) -> str:
    """The path from the installation's root."""
    return path if path.startswith("/") else f"/w/{slug}/{path}"
