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

METHODS = ("GET", "POST", "PUT", "DELETE")
OTHER_OWNER = "owner of the other workspace"
VISITORS = ("nobody", "stranger", *(role.value for role in Role), OTHER_OWNER)

Expected = Mapping[str, int]


def all_get(status: int, **exceptions: int) -> Expected:
    """Everybody gets this; `exceptions` by visitor."""
    return {**dict.fromkeys(VISITORS, status), **exceptions}


def members_get(status: int, **exceptions: int) -> Expected:
    """Members get this, nobody is sent to sign in, and strangers see what they would see of no workspace."""
    members = dict.fromkeys((role.value for role in Role), status)
    return {"nobody": 302, "stranger": 404, OTHER_OWNER: 404, **members, **exceptions}


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
        """The statuses by visitor."""
        return {"GET": self.get, "POST": self.post, "PUT": self.put, "DELETE": self.delete}[method]


def page(query: str = "") -> Row:
    """Every member may look."""
    return Row(members_get(200), *[members_get(405)] * 3, query=query)


def answer(data: Mapping[str, Any] | None = None, *, done: int = 302) -> Row:
    """Whoever answers customers or works leads may do it: everybody but editors and viewers."""
    done_by_some = members_get(done, editor=403, viewer=403)
    return Row(members_get(405), done_by_some, members_get(405), members_get(405), data=data or {})


def public(get: Expected) -> Row:
    """Outside every workspace, to be looked at only."""
    return Row(get, *[all_get(405)] * 3)


def sign_in(data: Mapping[str, Any]) -> Row:
    """allauth's: whoever is signed in is sent on before it looks at the method, and a PUT is read as a POST."""
    return Row(all_get(302, nobody=200), all_get(302), all_get(302, nobody=200), all_get(302, nobody=405), data=data)


PUBLIC = {
    "": public(all_get(302, nobody=200)),
    "livez": public(all_get(200)),
    "workspaces/": public(all_get(302, stranger=200)),
    "accounts/login/": sign_in({"email": "somebody@example.org"}),
    "accounts/login/code/": sign_in({"email": "somebody@example.org"}),
    "accounts/login/code/confirm/": Row(*[all_get(302)] * 4, data={"code": "AAAA-AAAA"}),
    "accounts/logout/": Row(all_get(200, nobody=302), all_get(302), all_get(405), all_get(405)),
    "accounts/signup/": Row(*[all_get(302, nobody=200)] * 4),
    "accounts/inactive/": public(all_get(200)),
}

#: Only in a development installation with LEADLINE_DEMO: whoever presses the button is the demo's owner.
DEMO = {
    "demo/": public(all_get(200, nobody=302)),
    "demo/enter/": Row(all_get(405), all_get(404), all_get(405), all_get(405)),  # 404: nobody owns the demo here
}

WORKSPACE = {
    "": page(),
    "fragments/conversations/": page(),
    "changes/": page("since=2026-01-01T00:00:00Z"),
    "waiting/": page(),
    "leads/": page(),
    "leads/<int:pk>/stage/": answer({"stage": "lost"}),
    "leads/<int:pk>/assign/": answer(),
    "c/<int:pk>/": page(),
    "c/<int:pk>/fragments/thread/": page(),
    "c/<int:pk>/fragments/lead/": page(),
    "c/<int:pk>/reply/": answer({"text": "Hello", "key": str(uuid.UUID(int=7))}),
    "c/<int:pk>/take/": answer(),
    "c/<int:pk>/resolve/": answer(),
    "c/<int:pk>/ai/": answer({"on": "0"}),
    "c/<int:pk>/seen/": answer(done=204),
    "c/<int:pk>/messages/<int:message_pk>/retry/": answer(),
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
    for part in pattern.split("/"):
        filled.append(slug if part == "<slug:slug>" else str(ids[word]) if part.startswith("<") else part)
        word = part
    return PREFIXES[urlconf].format(slug=slug) + "/".join(filled)
