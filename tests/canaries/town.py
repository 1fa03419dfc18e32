"""Two workspaces in which every field that can hold words holds their own, put there as the product puts them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from apps import tenants
from apps.accounts.api_keys import SCOPES, create_key
from apps.accounts.inviting import invite
from apps.accounts.models import Membership, Role
from apps.accounts.services import add_member
from apps.bots.models import Bot
from apps.bots.services import change_bot
from apps.contacts.models import Contact
from apps.conversations import services as conversations
from apps.conversations.models import Message
from apps.conversations.states import lock
from apps.core import exchanges, http
from apps.core.actors import Actor, Kind, acting
from apps.core.pictures import painted
from apps.dialogue.models import Turn
from apps.inboxes.models import Inbox
from apps.inboxes.widgets import connect_widget
from apps.ingest.models import Delivery
from apps.knowledge.models import Chunk, Fact, Page, Source
from apps.notices.models import Choice, Notice
from apps.providers.base import ContentKind, DeliveryState, Failure, Identity, IdentityKind, Party, Status, Trouble
from apps.staff.models import Look
from apps.staff.services import note_look, note_visit
from apps.tenants.business import change_business, set_logo
from apps.tenants.models import Hook, Workspace
from tests.conftest import inbound
from tests.pictures import picture
from tests.security.conftest import Furniture


@dataclass(frozen=True)
class House:
    """A workspace with everything in it, what only it may say, and what nobody may ever say."""

    furniture: Furniture
    members: Mapping[Role, Membership]
    api_token: str
    invitation_token: str
    widget_key: str
    own: tuple[str, ...]
    secrets: tuple[str, ...]

    @property
    def workspace(self) -> Workspace:
        """The workspace."""
        return self.furniture.business.workspace

    @property
    def canary(self) -> str:
        """The word that stands in all of its fields."""
        return self.furniture.business.canary

    def foreign_words_in(self, text: str) -> list[str]:
        """Which of this house's own words and secrets stand in a text that should hold none of them."""
        return [word for word in (*self.own, *self.secrets) if word in text]


def build(furniture: Furniture, *, phone: str) -> House:
    """Fills what `tests.security.conftest.fill` left empty. The vendors' side of it comes as vendors send it."""
    business, canary = furniture.business, furniture.business.canary
    website = f"https://{canary}.example"
    with tenants.enter(None):
        key, api_token = create_key(
            business.workspace, name=f"CRM of {canary}", scopes=SCOPES, maker=business.owner.user
        )
        (invited,) = invite(business.owner, emails=[f"second-{canary}@example.org"], role=Role.VIEWER)
        workspace = Workspace.objects.get(pk=business.workspace.pk)
        with tenants.enter(workspace), acting(Actor(Kind.PERSON, business.owner.user_id, f"Rosa {canary}")):
            change_business(workspace, name=f"House of {canary}", time_zone="Europe/Lisbon")
            set_logo(workspace, painted("logo.png", picture()))
        said = {"user-agent": f"Meta for {canary}"}
        Delivery.objects.create(hook=business.hook, lane=business.number, body=b"{}", headers=said)
        note_visit(business.owner.user, address="127.0.0.1", agent=f"Firefox of {canary}")
        note_look(business.owner.user, Look.What.WORKSPACE, f"Subject {canary}", words=f"Words {canary}")
        members = {
            role: add_member(
                business.workspace, email=f"{role}-{canary}@example.org", role=role, name=f"{role} {canary}"
            )
            for role in Role
        }
    with tenants.enter(business.workspace):
        widget = connect_widget(
            business.workspace,
            bot=business.bot,
            name=f"Chat of {canary}",
            websites=website,
            look={"title": f"Title {canary}", "greeting": f"Hi {canary}", "offline_text": f"Later {canary}"},
        )
        _of_bots(furniture)
        _of_messages(furniture, phone=phone)
        Inbox.objects.filter(pk=business.inbox.pk).update(
            address=f"+44 {canary}", account_key=f"waba-{canary}", trouble=f"Trouble {canary}"
        )
        _of_knowledge(canary)
        Contact.objects.update(facts={"crm": {"tag": f"Tag {canary}"}})
        Notice.objects.update(detail=f"Detail {canary}")
        Choice.objects.get_or_create(user=business.owner.user, kind="handoff", defaults={"mail": True})
        exchanges.record(http.Exchange("POST", f"https://graph.example/{canary}/messages", 200, 0.1, ""))
        exchanges.flush()
        keys = tuple(str(one) for one in Message.objects.values_list("key", flat=True))
    hook = Hook.objects.get(provider="web_chat", key=widget.inbox.external_key)
    return House(
        furniture,
        members,
        api_token,
        invited.token,
        widget.inbox.external_key,
        own=(canary, business.number, phone, widget.inbox.external_key, business.workspace.schema_name, *keys),
        secrets=(
            *(business.token, business.secret, f"verify-{canary}", f"sk-{canary}", api_token, invited.token),
            *hook.secret_list,
        ),
    )


def _of_knowledge(canary: str) -> None:
    """As it would be of a website, a file and a list together."""
    Source.objects.update(
        error=f"Failed {canary}",
        address=f"https://{canary}.example/",
        file_name=f"Prices {canary}.pdf",
        robots=f"# {canary}",
    )
    for page in Page.objects.all():
        Page.objects.filter(pk=page.pk).update(
            address=f"https://{canary}.example/{page.pk}", title=f"Page {canary}", detail=f"Detail {canary}"
        )
    Chunk.objects.update(headings=f"Heading {canary}")
    one = Chunk.objects.earliest("pk")
    other = Chunk.objects.get(pk=one.pk)
    other.pk, other.position = None, 1
    other.save(force_insert=True)
    for price, chunk in enumerate((one, other)):  # which contradict each other
        said = {"thing": f"cake {canary}", "value": f"{price} {canary}", "said": f"Cake {canary}: {price} €"}
        Fact.objects.create(chunk=chunk, kind=Fact.Kind.PRICE, **said)


def _of_bots(furniture: Furniture) -> None:
    canary, owner = furniture.business.canary, furniture.business.owner.user
    bot = Bot.objects.get(pk=furniture.business.bot.pk)
    change_bot(bot, model=f"model-{canary}", api_key=f"sk-{canary}", fallback=f"Ask {canary}", by=owner)


def _of_messages(furniture: Furniture, *, phone: str) -> None:
    """A picture from an advertisement, an answer to it, a failed one, one by the API; a turn that is decided."""
    canary, inbox = furniture.business.canary, furniture.business.inbox
    message = conversations.receive(
        inbox,
        inbound(
            f"Caption {canary}",
            phone=phone,
            sender=Party(
                (Identity(IdentityKind.PHONE, phone), Identity(IdentityKind.USERNAME, f"user.{canary}")),
                f"Maya {canary}",
            ),
            external_id=f"wamid.{canary}",
            kind=ContentKind.IMAGE,
            content={"media_id": f"media-{canary}", "filename": f"{canary}.jpg", "mime_type": "image/jpeg"},
            referral={"headline": f"Advertisement {canary}"},
            reply_to=f"wamid.before.{canary}",
        ),
    )
    assert message is not None
    conversation = message.conversation
    (sent,) = conversations.queue(lock(conversation.pk), text=f"Answer {canary}", author=Message.Author.BOT)
    Message.objects.filter(pk=sent.pk).update(
        state="sent", external_id=f"wamid.out.{canary}", former_ids=[f"wamid.former.{canary}"]
    )
    failure = Failure(Trouble.UNDELIVERABLE, code=f"{canary}", detail=f"Refused {canary}")
    conversations.mark(
        inbox,
        Status(inbox.external_key, f"wamid.out.{canary}", DeliveryState.FAILED, datetime.now(UTC), failure=failure),
    )
    conversations.reply(conversation, text=f"By program {canary}", user=None, via=f"Key of {canary}")
    made_up = {"unsupported": [{"kind": "url", "text": f"{canary}.example"}]}
    Turn.objects.create(conversation=conversation, messages=[], outcome="not_grounded", epoch=0, grounding=made_up)
