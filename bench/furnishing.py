"""Fills an installation for a measurement, from inside it, by the services that people's pages call.

Called through `manage.py shell` (see bench.installation); each function prints one JSON line. Makes many of what a
person would make one by one, and lifts the limits that are not what is measured.
"""

import json
import time
from statistics import median

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection

from apps import tenants
from apps.accounts.models import Role, User
from apps.accounts.services import add_member
from apps.bots.models import Bot
from apps.bots.services import change_bot, create_bot, llm_of
from apps.conversations.models import Conversation
from apps.inboxes.models import Inbox
from apps.inboxes.services import connect
from apps.knowledge.models import Page, Source
from apps.knowledge.services import add_text, index
from apps.providers.base import IdentityKind
from apps.tenants.models import Hook, Workspace
from apps.tenants.services import create_workspace
from apps.work import kinds
from bench.replies import cases

#: On which the answer of bench.installation rests.
PERSONA = "The shop is open from Monday to Saturday between nine and five."
#: Looks whose median is the time of one look.
LOOKS = 200
# Words as a shop's texts have them, so that the full text finds some pieces and not all; a vector of its own for each.
CHUNKS = """
INSERT INTO knowledge_chunk (source_id, page_id, position, text, words, embedder, embedding)
SELECT %(source)s, %(page)s, piece.n, piece.text, to_tsvector('english', piece.text), %(embedder)s, (
  SELECT array_agg(one) FROM (SELECT random() - 0.5 + 0 * piece.n AS one FROM generate_series(1, 1536)) parts
)::vector
FROM (
  SELECT n, format(
    'Article %%s: %%s %%s for %%s, %%s pounds. %%s. Collect it at counter %%s on %%s between nine and five; '
    'a guarantee of %%s months comes with it, and whoever changes their mind brings it back within %%s days.',
    n, (array['blue', 'red', 'green', 'black', 'white', 'folding', 'heavy'])[1 + n %% 7],
    (array['bicycle', 'helmet', 'saddle', 'child seat', 'lamp', 'lock', 'pump', 'basket', 'chain'])[1 + n %% 9],
    (array['adults', 'children', 'families', 'commuters', 'racers'])[1 + n %% 5], 5 + n %% 900,
    (array['In stock', 'On order', 'Sold out until spring', 'In the window'])[1 + n %% 4], 1 + n %% 9,
    (array['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'])[1 + n %% 6], 6 + n %% 30, 14 + n %% 17
  ) AS text FROM generate_series(1, %(count)s) n
) piece
"""


def businesses(
    count: int, *, first: str, secret: str, already: int = 0, bots_on: bool = True, quiet_seconds: int = 0
) -> None:
    """Workspaces, each with a bot that asks the scripted model at once and a number; all numbers of one vendor app.

    The numbers follow one another from `first`; `already` of them exist. Prints where the vendor posts and
    what the schemas are called.
    """
    hook = Hook.objects.order_by("pk").first() or Hook.objects.create(
        provider="whatsapp_cloud",
        secrets=secret,
        verify_token="bench-verify",  # noqa: S106  # the sandbox's own
    )
    numbers = range(int(first) + already, int(first) + already + count)
    schemas = [_business(str(number), hook, bots_on=bots_on, quiet_seconds=quiet_seconds) for number in numbers]
    print(json.dumps({"webhook_path": f"/webhook/{hook.provider}/{hook.key}/", "schemas": schemas}))


def _business(number: str, hook: Hook, *, bots_on: bool, quiet_seconds: int) -> str:
    workspace = create_workspace(f"Shop {number}", slug=f"shop-{number}")
    add_member(workspace, email="owner@example.org", role=Role.OWNER)
    with tenants.enter(workspace):
        bot = create_bot(
            "Robin",
            business="Mill Lane Cycles",
            persona=PERSONA,
            provider=Bot.Provider.OPENAI,
            model="scripted-1",
            api_key="sk-bench",
            quiet_seconds=quiet_seconds,
            enabled=bots_on,
        )
        inbox = connect(
            workspace,
            provider=hook.provider,
            external_key=number,
            name=number,
            bot=bot,
            hook=hook,
            token="bench-token",  # noqa: S106  # the sandbox's own
        )
        Inbox.objects.filter(pk=inbox.pk).update(rate_per_minute=4800)
    return str(workspace.schema_name)


def knowledge(schema: str, chunks: int) -> None:
    """Gives the workspace's bot so many pieces of knowledge."""
    with tenants.enter(Workspace.objects.get(schema_name=schema)):
        bot = Bot.objects.get()
        source = Source.objects.create(
            bot=bot, title="Articles", text="made for a measurement", state=Source.State.READY
        )
        page = source.pages.create(run=source.run, number=1, address="1", state=Page.State.READ)
        with connection.cursor() as cursor:
            places: dict[str, int | str] = {"source": source.pk, "page": page.pk}
            values = {**places, "embedder": llm_of(bot).embedder, "count": chunks}
            cursor.execute(CHUNKS, values)
            cursor.execute("ANALYZE knowledge_chunk")
        print(json.dumps({"chunks": source.chunks.count()}))


def articles(schema: str, seed: int, count: int, fallback: str) -> None:
    """Gives the workspace's bot an article for each of the made-up replies, and what it says when it is not sure."""
    with tenants.enter(Workspace.objects.get(schema_name=schema)):
        bot = change_bot(Bot.objects.get(), fallback=fallback, region="GB")
        sources = [index(add_text(bot, title=case.name, text=case.article)) for case in cases(seed, count)]
        print(json.dumps({"articles": len(sources)}))


def vendors(schema: str, count: int) -> None:
    """Vendors who are signed in, each with a conversation of the workspace.

    Prints their cookies, the address of their pages, and which conversation is that with which phone number.
    """
    workspace = Workspace.objects.get(schema_name=schema)
    cookies, phones = [], {}
    with tenants.enter(workspace):
        conversations = list(Conversation.objects.select_related("contact").order_by("pk")[:count])
        for place, conversation in enumerate(conversations):
            vendor = add_member(workspace, email=f"vendor-{place}@example.org", role=Role.VENDOR).user
            Conversation.objects.filter(pk=conversation.pk).update(vendor=vendor)
            cookies.append(f"{settings.SESSION_COOKIE_NAME}={_session(vendor)}")
            phones[conversation.contact.identities.get(kind=IdentityKind.PHONE).value] = conversation.pk
    print(json.dumps({"slug": workspace.slug, "origin": settings.BASE_URL, "cookies": cookies, "phones": phones}))


def _session(user: User) -> str:
    """The key of a session in which the user is signed in."""
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    return str(store.session_key)


def look() -> None:
    """How long the relay's look at everything that may be due takes, in milliseconds."""
    taken = []
    with tenants.enter(None):
        for _ in range(LOOKS):
            began = time.perf_counter()
            kinds.due()
            taken.append((time.perf_counter() - began) * 1000)
    print(json.dumps({"look_ms": round(median(taken), 3)}))
