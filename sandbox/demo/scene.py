"""A talk on its way through its lines: the messages, turns and handoffs that it leaves, as the product leaves them."""

import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from apps.accounts.models import User
from apps.contacts.services import opt_out
from apps.conversations.models import Conversation, Message, StateChange
from apps.dialogue.models import Turn
from apps.handoff.models import Handoff
from apps.providers import web_chat
from apps.providers.base import TROUBLES, ContentKind, Trouble
from apps.providers.web_chat.posts import external_id
from sandbox.demo.past import Past
from sandbox.demo.script import BOT, CUSTOMER, PHONE, Line, Talk
from sandbox.demo.traces import ASKED_BY, KINDS, OUTCOMES, STEPS

Author, Direction, State, Paused = Message.Author, Message.Direction, Message.State, Conversation.Paused
Outcome = Turn.Outcome


@dataclass
class Scene:
    """What stands so far. Its rows are written with the rest of the `past`."""

    conversation: Conversation
    talk: Talk
    visitor: str  # of the web chat, else empty
    colleagues: Mapping[str, User]
    now: datetime
    past: Past
    heard: list[Message] = field(default_factory=list)
    waiting: list[Message] = field(default_factory=list)  # for the bot to decide about
    told: Message | None = None  # the newest that went out
    shown: Message | None = None  # the newest that the list shows
    turn: Turn | None = None
    handoff: Handoff | None = None
    asked: dict[str, int] = field(default_factory=dict)

    def play(self) -> None:
        """Plays the talk from its first line to its last."""
        for line, at in zip(self.talk.lines, self.talk.moments(self.now), strict=True):
            if line.who == CUSTOMER:
                self._hear(line, at)
            elif line.who == BOT:
                self._answer(line, at)
            else:
                self._step_in(line, at)

    def _hear(self, line: Line, at: datetime) -> None:
        if line.act == "reacts":
            target = {"target": self.told.external_id if self.told else "", "emoji": line.text}
            self._write(line, at, Author.CONTACT, kind=ContentKind.REACTION, text="", content=target, answered_at=at)
            return
        kind, content = KINDS.get(line.act, (ContentKind.TEXT, {}))
        words, _, place = line.text.partition(" @ ")
        if place:
            latitude, longitude = map(float, place.split(","))
            name, _, address = words.partition(", ")
            content = {"latitude": latitude, "longitude": longitude, "name": name, "address": address}
        quoted = self.told.external_id or "" if self.told and line.act == "quoting" else ""
        message = self._write(
            line, at, Author.CONTACT, kind=kind, text=words, content=dict(content), reply_to=quoted, sent_at=at
        )
        self.heard.append(message)
        self.conversation.last_inbound_at = at
        self.waiting.append(message)
        if self.conversation.ai_paused_at:
            self._decide(Outcome.PERSON_TALKING, at + timedelta(seconds=3))

    def _answer(self, line: Line, at: datetime) -> None:
        if line.act in ASKED_BY:
            self._pause(Paused.HANDOFF, at)
            asked_by, reason = ASKED_BY[line.act], self.talk.reason
            handoff = Handoff(conversation=self.conversation, asked_by=asked_by, reason=reason)
            self.handoff = self.past.add(handoff, at)
        message = self._write(line, at, Author.BOT)
        if line.act == "stopping":
            opt_out(self.conversation.contact, at)
        if self.waiting:
            self._decide(OUTCOMES.get(line.act, Outcome.ANSWERED), at)
        if self.turn is not None:
            self.turn.replies.append(message.pk)
        if line.field:
            self.asked[line.field] = self.heard[-1].pk

    def _step_in(self, line: Line, at: datetime) -> None:
        """A colleague writes, takes over or is done; one who writes in the phone app is nobody we know."""
        colleague = self.colleagues.get(line.who)
        if line.act == "resolves":
            self._resolve(colleague, at)
            return
        self._pause(Paused.PERSON, at)
        self.conversation.vendor = self.conversation.vendor or colleague
        if self.handoff and colleague and self.handoff.state == Handoff.State.PENDING:
            self.handoff.state, self.handoff.user = Handoff.State.ASSIGNED, colleague
        if line.who == PHONE:
            self._write(line, at, Author.PHONE, sent_at=at)
        elif line.text:
            self._write(line, at, Author.PERSON, user=colleague)

    def _resolve(self, colleague: User | None, at: datetime) -> None:
        self.conversation.ai_paused_at, self.conversation.ai_paused_why = None, Paused.NOT
        if self.handoff:
            self.handoff.state, self.handoff.resolved_at = Handoff.State.RESOLVED, at
            self.handoff.user = self.handoff.user or colleague
            self.handoff = None

    def _pause(self, why: Conversation.Paused, at: datetime) -> None:
        self.conversation.epoch += 1
        self.conversation.ai_paused_at, self.conversation.ai_paused_why = at, why

    def _decide(self, outcome: Turn.Outcome, at: datetime) -> None:
        """The turn about all that waits."""
        offline = outcome in (Outcome.ANSWERED, Outcome.HANDED_OFF)
        turn = Turn(
            conversation=self.conversation,
            messages=[message.pk for message in self.waiting],
            outcome=outcome,
            epoch=self.conversation.epoch,
            model="offline" if offline else "",
            milliseconds=40 if offline else 0,
        )
        self.turn = self.past.add(turn, min(at, self.now))
        for message in self.waiting:
            message.answered_at = min(at, self.now)
        self.waiting = []

    def _write(self, line: Line, at: datetime, author: Message.Author, **fields: object) -> Message:
        heard, own = author == Author.CONTACT, author in (Author.BOT, Author.PERSON)
        state = State.RECEIVED if heard else State(line.state) if own else State.SENT
        key = uuid.uuid4()
        message = Message(
            **{
                "conversation": self.conversation,
                "inbox": self.conversation.inbox,
                "direction": Direction.IN if heard else Direction.OUT,
                "author": author,
                "text": line.text,
                "state": state,
                "key": key,
                "external_id": None if state in (State.UNKNOWN, State.CANCELLED) else self._external_id(key),
                "epoch": self.conversation.epoch if own else 0,
                "attempts": 1 if own and state != State.CANCELLED else 0,
                **_trouble(line, state),
                **fields,
            }
        )
        moments = self._moments(message, at)
        self.past.add(message, at, changed_at=moments[-1][1] if moments else at)
        for change, moment in moments:
            self.past.add(StateChange(message=message, state=change), moment)
        self._show(message, at)
        return message

    def _moments(self, message: Message, at: datetime) -> list[tuple[Message.State, datetime]]:
        """The states that it went through, and when."""
        steps = STEPS[message.state] if message.author in (Author.BOT, Author.PERSON) else ()
        if message.author == Author.PHONE:
            steps = ((State.SENT, 0.0),)
        return [(state, min(at + timedelta(seconds=seconds), self.now)) for state, seconds in steps]

    def _show(self, message: Message, at: datetime) -> None:
        if message.direction == Direction.OUT:
            self.told = message
        if message.kind != ContentKind.REACTION:
            self.shown = message
            self.conversation.last_message_at = at

    def _external_id(self, key: uuid.UUID) -> str:
        if self.conversation.inbox.provider == web_chat.kind:
            return external_id(self.visitor, str(key))
        return f"wamid.demo{secrets.token_hex(16)}"


def _trouble(line: Line, state: Message.State) -> dict[str, str]:
    trouble = Trouble.AMBIGUOUS if state == State.UNKNOWN else line.trouble
    if not trouble or state not in (State.UNKNOWN, State.FAILED):
        return {}
    detail = TROUBLES[Trouble(trouble)].text
    return {"trouble": trouble, "trouble_code": line.code, "trouble_detail": detail}
