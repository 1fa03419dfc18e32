"""The table of all addresses: who gets which answer to which method.

A new address without a row here fails `test_routes`. Rows are by URLconf and pattern; a row names the data that
makes a POST succeed, so that a refusal is seen to be one.
"""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from apps.accounts.models import Role

METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH")
OTHER_OWNER = "owner of the other workspace"
STAFF = "staff"  # members of no workspace
VISITORS = ("nobody", "stranger", *(role.value for role in Role), OTHER_OWNER, STAFF)

Expected = Mapping[str, int]


def all_get(status: int, **exceptions: int) -> Expected:
    """Everybody gets this; `exceptions` by visitor."""
    return {**dict.fromkeys(VISITORS, status), **exceptions}


def members_get(status: int, **exceptions: int) -> Expected:
    """Members get this, nobody is sent to sign in, and strangers see what they would see of no workspace."""
    members = dict.fromkeys((role.value for role in Role), status)
    return {"nobody": 302, "stranger": 404, OTHER_OWNER: 404, STAFF: 404, **members, **exceptions}


def staff_get(status: int) -> Expected:
    """Staff get this, nobody is sent to sign in, and everybody else sees what they would see of no admin."""
    return {**dict.fromkeys(VISITORS, 404), "nobody": 302, STAFF: status}


@dataclass(frozen=True)
class Row:
    """The answers of one address. `query` and `data` make GET and POST complete."""

    get: Expected
    post: Expected
    put: Expected
    delete: Expected
    query: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)

    def expected(self, method: str) -> Expected:
        """The statuses by visitor. PATCH is answered as DELETE is: no form knows either."""
        methods = {"GET": self.get, "POST": self.post, "PUT": self.put, "DELETE": self.delete, "PATCH": self.delete}
        return methods[method]


def page(query: str = "") -> Row:
    """Every member may look."""
    return Row(members_get(200), *[members_get(405)] * 3, query=query)


def answer(data: Mapping[str, Any] | None = None, *, done: int = 302) -> Row:
    """Whoever answers customers or works leads may do it: everybody but editors and viewers."""
    done_by_some = members_get(done, editor=403, viewer=403)
    return Row(members_get(405), done_by_some, members_get(405), members_get(405), data=data or {})


def setup(
    data: Mapping[str, Any] | None = None, *, get: int = 200, post: int = 302, editor: bool = True, query: str = ""
) -> Row:
    """A page on which the owner and admins set the business up, and editors where `editor` says so."""
    others = dict.fromkeys(("supervisor", "vendor", "viewer", *(() if editor else ("editor",))), 403)

    def some(status: int) -> Expected:
        return members_get(status, **({} if status == 405 else others))

    return Row(some(get), some(post), members_get(405), members_get(405), query=query, data=data or {})


def public(get: Expected) -> Row:
    """Outside every workspace, to be looked at only."""
    return Row(get, *[all_get(405)] * 3)


def sign_in(data: Mapping[str, Any]) -> Row:
    """allauth's: whoever is signed in is sent on before it looks at the method, and a PUT is read as a POST."""
    return Row(all_get(302, nobody=200), all_get(302), all_get(302, nobody=200), all_get(302, nobody=405), data=data)


def signed_in(get: int, post: int, put: int, delete: int) -> Row:
    """Everybody who is signed in gets the same, and nobody is asked to sign in."""
    return Row(*[all_get(status, nobody=302) for status in (get, post, put, delete)])


PUBLIC = {
    "": public(all_get(302, nobody=200)),
    "livez": public(all_get(200)),
    "metrics": Row(all_get(404), *[all_get(405)] * 3),  # no token is set here; tests/watch has one
    "manifest.webmanifest": public(all_get(200)),
    "sw.js": public(all_get(200)),
    "offline/": public(all_get(200)),
    "favicon.ico": public(all_get(302)),
    "workspaces/": public(all_get(302)),
    # Nobody here has the link they are asked for; tests/accounts/test_invitations.py has.
    "invitations/<str:token>/": Row(*[all_get(404)] * 2, *[all_get(405)] * 2),
    "invitations/<int:pk>/accept/": Row(all_get(405), all_get(404, nobody=302), *[all_get(405)] * 2),
    "start/": Row(
        all_get(200, nobody=302), all_get(302), *[all_get(405)] * 2, data={"name": "Luna Bakery", "slug": "luna"}
    ),
    "start/<slug:slug>/progress/": public(members_get(200)),
    "start/<slug:slug>/again/": Row(
        all_get(405),
        members_get(403, owner=302, admin=302),
        *[all_get(405)] * 2,
    ),
    "accounts/login/": sign_in({"email": "somebody@example.org"}),
    "accounts/login/code/": sign_in({"email": "somebody@example.org"}),
    "accounts/login/code/confirm/": Row(*[all_get(302)] * 4, data={"code": "AAAA-AAAA"}),
    "accounts/logout/": Row(all_get(200, nobody=302), all_get(302), all_get(405), all_get(405)),
    "accounts/signup/": Row(*[all_get(302)] * 4),  # who is new signs in as everybody does
    # These tests have no Google client; tests/accounts/test_signup_google.py has one.
    "accounts/google/login/": Row(*[all_get(404)] * 4),
    "accounts/google/login/callback/": Row(*[all_get(404)] * 4),
    "accounts/google/cancelled/": public(all_get(200)),
    "accounts/inactive/": public(all_get(200)),
    # One's own account. Nobody here has a second factor yet; tests/accounts/test_account.py has.
    "account/": Row(all_get(200, nobody=302), all_get(302), *[all_get(405)] * 2, data={"name": "Vera"}),
    "account/google/unlink/": Row(all_get(405), all_get(302), all_get(405), all_get(405)),
    "accounts/reauthenticate/": signed_in(403, 403, 403, 403),
    "accounts/2fa/": signed_in(200, 405, 405, 405),
    "accounts/2fa/authenticate/": signed_in(302, 302, 302, 302),
    "accounts/2fa/reauthenticate/": signed_in(403, 403, 403, 403),
    "accounts/2fa/totp/activate/": signed_in(200, 200, 200, 405),
    "accounts/2fa/totp/deactivate/": signed_in(404, 404, 404, 404),
    "accounts/2fa/recovery-codes/": signed_in(404, 405, 405, 405),
    "accounts/2fa/recovery-codes/generate/": signed_in(200, 200, 200, 405),
    "accounts/2fa/recovery-codes/download/": signed_in(404, 404, 404, 404),
    "accounts/sessions/": signed_in(200, 302, 302, 405),
}

#: A browser has no key, whoever looks through it. tests/api/test_access.py calls each of these with keys.
API = (
    *("bots/", "bots/<int:pk>/", "inboxes/", "inboxes/<int:pk>/", "contacts/", "contacts/<int:pk>/"),
    *("leads/", "leads/<int:pk>/", "conversations/", "conversations/<int:pk>/"),
    *("conversations/<int:pk>/messages/", "handoffs/", "handoffs/<int:pk>/", "handoffs/<int:pk>/resolve/"),
    *("knowledge/sources/", "knowledge/sources/<int:pk>/", "knowledge/ask/", "bots/<int:pk>/contradictions/"),
    *(f"knowledge/sources/<int:pk>/{what}/" for what in ("pages", "chunks", "read-again", "stop")),
    *(f"knowledge/{kind}/" for kind in ("websites", "files", "questions", "products")),
)
PUBLIC |= {f"api/v1/{pattern}": Row(*[all_get(401)] * 4) for pattern in API}
#: No chat has the key they are asked for; tests/web_chat has chats.
PUBLIC |= {f"chat/<str:key>/{name}/": Row(all_get(404), *[all_get(405)] * 3) for name in ("hello", "messages", "logo")}
PUBLIC |= {"api/schema/": public(all_get(200)), "api/docs/": public(all_get(200)), "api/": Row(*[all_get(404)] * 4)}


def for_staff(get: int = 200, post: int = 405) -> Row:
    """A page of the admin."""
    return Row(staff_get(get), staff_get(post), staff_get(405), staff_get(405))


#: Lists of the admin; rows can be chosen in some, where a POST without any shows the list.
LISTS = {
    **dict.fromkeys(("tenants/workspace", "accounts/user", "staff/visit", "staff/look", "admin/logentry"), 405),
    **dict.fromkeys(("ingest/delivery", "ingest/quarantined", "work/workitem"), 200),
}
#: What may be done to a row of them: asked first with a page of its own, or done at once.
ASKED = {
    "tenants/workspace": ("suspend", "reactivate"),
    "accounts/user": ("deny", "let-in", "sign-out"),
    "work/workitem": ("take-back",),
}
AT_ONCE = {"ingest/delivery": ("replay",), "ingest/quarantined": ("replay", "dismiss"), "work/workitem": ("due",)}
ROW = "<int:object_id>"
PUBLIC |= {f"admin/{path}/": for_staff(post=post) for path, post in LISTS.items()}
PUBLIC |= {f"admin/{path}/{ROW}/": for_staff() for path in LISTS}
PUBLIC |= {f"admin/{path}/{ROW}/{act}/": for_staff(post=302) for path, acts in ASKED.items() for act in acts}
PUBLIC |= {f"admin/{path}/{ROW}/{act}/": for_staff(405, 302) for path, acts in AT_ONCE.items() for act in acts}
PUBLIC |= {f"admin/ingest/delivery/{ROW}/body/": for_staff()}
PUBLIC |= {"admin/": for_staff(), "admin/system/": for_staff(), "admin/login/": for_staff(302, 302)}

#: Only in a development installation with LEADLINE_DEMO: whoever presses a button is the demo's owner or a vendor.
DEMO = {
    "demo/": public(all_get(200, nobody=302)),
    "demo/enter/": Row(all_get(405), all_get(404), all_get(405), all_get(405)),  # 404: nobody owns the demo here
    # Nobody here is in the demo; tests/sandbox/test_demo_pages.py has members.
    "demo/reset/": Row(*[all_get(404, nobody=302)] * 2, all_get(405), all_get(405)),
}

#: A complete form of a bot.
BOT = {
    **{"name": "Ada", "business": "Acme", "tone": "friendly", "language": "en"},
    **{"provider": "offline", "max_characters": "1000"},
}

WEBSITE = {"address": "https://acme.example/", "most_pages": "25", "most_depth": "1", "every_hours": "0"}

WORKSPACE = {
    "": page(),
    "fragments/conversations/": page(),
    "changes/": page("since=2026-01-01T00:00:00Z"),
    "waiting/": page(),
    "leads/": page(),
    "settings/": setup({"name": "Acme"}, editor=False),
    "settings/audit/": setup(post=405, editor=False),
    "settings/logo/": Row(members_get(404), *[members_get(405)] * 3),  # Acme has none; tests/panel/test_business.py has
    "leads/<int:pk>/stage/": answer({"stage": "lost"}),
    "leads/<int:pk>/assign/": answer(),
    "start/": setup(post=405),
    "start/dismiss/": setup(get=405),
    "bots/": setup(post=405),
    "bots/new/": setup(BOT),
    "bots/<int:pk>/": setup(BOT),
    "bots/<int:pk>/switch/": setup({"on": "0"}, get=405),
    "bots/<int:pk>/copy/": setup(get=405),
    "bots/<int:pk>/try/": setup(),
    "bots/<int:pk>/delete/": setup(post=409),  # an inbox uses it
    "bots/<int:pk>/knowledge/": setup({"title": "Hours", "text": "We open at nine."}),
    "bots/<int:pk>/knowledge/ask/": setup(post=405),
    "bots/<int:pk>/knowledge/add/website/": setup(WEBSITE),
    "bots/<int:pk>/knowledge/add/file/": setup(post=422),  # nothing was uploaded
    "bots/<int:pk>/knowledge/add/questions/": setup({"title": "Tea", "pairs": "Q: Is there tea? %0AA: Yes."}),
    "bots/<int:pk>/knowledge/add/products/": setup(post=422),  # nothing was uploaded
    "bots/<int:pk>/knowledge/<int:source_pk>/": setup(post=405),
    "bots/<int:pk>/knowledge/<int:source_pk>/again/": setup(get=405),
    "bots/<int:pk>/knowledge/<int:source_pk>/stop/": setup(get=405),
    "bots/<int:pk>/knowledge/<int:source_pk>/delete/": setup(),
    "inboxes/": setup(post=405, editor=False),
    "inboxes/connect/": setup(post=422, editor=False),  # nothing was pasted
    "inboxes/web-chat/": setup(post=422, editor=False),  # no website
    # Acme's inbox is a number, not a chat; tests/web_chat has chats.
    "inboxes/<int:pk>/web-chat/": Row(*[members_get(403, owner=404, admin=404)] * 2, *[members_get(405)] * 2),
    "inboxes/<int:pk>/": setup(post=422, editor=False),  # no name, no bot
    "inboxes/<int:pk>/reconnect/": setup(post=422, editor=False),  # no token
    "inboxes/<int:pk>/subscribe/": setup(get=405, editor=False),  # it names no account, which is said on its page
    "inboxes/<int:pk>/disconnect/": setup(editor=False),
    "team/": Row(members_get(200, editor=403, vendor=403, viewer=403), *[members_get(405)] * 3),
    "team/invite/": setup({"emails": "new@example.org", "role": "vendor"}, post=201, editor=False),
    "team/invitations/<int:pk>/resend/": setup(get=405, post=201, editor=False),
    "team/invitations/<int:pk>/revoke/": setup(editor=False),
    "team/<int:pk>/role/": setup({"role": "viewer"}, get=405, editor=False),
    "team/<int:pk>/deactivate/": setup(editor=False),
    "team/<int:pk>/reactivate/": setup(get=405, editor=False),
    "team/<int:pk>/hand-over/": Row(members_get(403, owner=200), members_get(403, owner=302), *[members_get(405)] * 2),
    "notices/": page(),
    "notices/recent/": page(),
    "notices/news/": page("after=0"),
    "notices/read/": Row(members_get(405), members_get(302), *[members_get(405)] * 2),
    "notices/choices/": Row(members_get(405), members_get(302), *[members_get(405)] * 2, data={"mail": "handoff"}),
    "notices/here/": Row(members_get(405), members_get(204), *[members_get(405)] * 2, data={"path": "/w/acme/"}),
    # It is somebody else's; tests/notices has everybody's own.
    "notices/<int:pk>/": Row(members_get(404), *[members_get(405)] * 3),
    "notices/<int:pk>/read/": Row(members_get(405), members_get(404), *[members_get(405)] * 2),
    "api-keys/": setup({"name": "CRM", "scopes": "bots:read"}, post=201, editor=False),
    "api-keys/<int:pk>/revoke/": setup(editor=False),
    "c/<int:pk>/": page(),
    "c/<int:pk>/print/": page(),
    "c/<int:pk>/fragments/thread/": page(),
    "c/<int:pk>/fragments/lead/": page(),
    "c/<int:pk>/reply/": answer({"text": "Hello", "key": str(uuid.UUID(int=7))}),
    "c/<int:pk>/take/": answer(),
    "c/<int:pk>/resolve/": answer(),
    "c/<int:pk>/ai/": answer({"on": "0"}),
    "c/<int:pk>/seen/": answer(done=204),
    "c/<int:pk>/messages/<int:message_pk>/why/": page(),
    "c/<int:pk>/messages/<int:message_pk>/retry/": answer(),
    "c/<int:pk>/messages/<int:message_pk>/arrived/": answer(),  # without htmx also what is decided already
}

TABLES = {"config.urls": PUBLIC, "sandbox.demo.urls": DEMO, "config.urls_workspace": WORKSPACE}
#: Where a URLconf hangs, as a path.
PREFIXES = {"config.urls": "/", "sandbox.demo.urls": "/", "config.urls_workspace": "/w/{slug}/"}
WITH_IDS = tuple(pattern for pattern in WORKSPACE if "<" in pattern)
#: Of these, what a vendor may use at all.
FOR_VENDORS = tuple(
    pattern for pattern in WITH_IDS if 403 not in (WORKSPACE[pattern].get["vendor"], WORKSPACE[pattern].post["vendor"])
)


def patterns(urlconf: str) -> Iterator[str]:
    """Every pattern of the URLconf, those of what it includes with their prefixes."""

    def walk(resolver: URLResolver, before: str) -> Iterator[str]:
        for entry in resolver.url_patterns:
            here = before + str(entry.pattern)
            if isinstance(entry, URLPattern):
                yield here
            else:
                yield from walk(entry, here)

    return walk(get_resolver(urlconf), "")


def address(urlconf: str, pattern: str, *, slug: str, ids: Mapping[str, int]) -> str:
    """A path of the pattern: each number is the id of what the word before it names."""
    filled, word = [], ""
    names = {"<slug:slug>": slug, "<str:key>": "none"}
    for part in pattern.split("/"):
        filled.append(names.get(part) or (str(ids[word]) if part.startswith("<") else part))
        word = part
    return PREFIXES[urlconf].format(slug=slug) + "/".join(filled)
