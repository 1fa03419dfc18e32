"""Conversations in the REST API: read them, and send messages as people do."""

import uuid
from collections.abc import Mapping
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.api import ApiView, Id, PersonSerializer
from apps.conversations import services
from apps.conversations.models import Conversation, Message
from apps.conversations.services.delivering import window_closed
from apps.core.api import Conflict
from apps.inboxes.models import Inbox
from apps.providers import registry

#: All but tests of a bot.
SHOWN = Conversation.objects.filter(inbox__hidden=False)
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "format": "uuid"},
    OpenApiParameter.HEADER,
    description="A new UUID for each message. Sent again with the same one, the message is not sent twice.",
)


class ConversationSerializer(serializers.ModelSerializer):
    """What a contact and the business write to each other by one inbox."""

    bot_answers = serializers.BooleanField(source="ai_on", read_only=True)
    paused_why = serializers.ChoiceField(choices=Conversation.Paused.choices, source="ai_paused_why", read_only=True)
    vendor = PersonSerializer(read_only=True, allow_null=True)

    class Meta:
        model = Conversation
        fields = (
            *("id", "inbox", "contact", "bot_answers", "paused_why", "vendor", "unread", "preview"),
            *("last_inbound_at", "last_message_at", "created_at", "changed_at"),
        )
        read_only_fields = fields


class ConversationFilter(serializers.Serializer):
    """Which conversations."""

    inbox = Id(required=False)
    contact = Id(required=False)
    changed_after = serializers.DateTimeField(required=False, source="changed_at__gt")


class MessageSerializer(serializers.ModelSerializer):
    """A message. `user` or `via`, the name of an API key, says who wrote for the business."""

    user = PersonSerializer(read_only=True, allow_null=True)
    content = serializers.DictField(read_only=True, help_text="Details by kind: a place, a choice, a file.")

    class Meta:
        model = Message
        fields = (
            *("id", "conversation", "direction", "author", "user", "via", "kind", "text", "content", "state"),
            *("trouble", "trouble_detail", "external_id", "sent_at", "created_at", "changed_at"),
        )
        read_only_fields = fields


class NewMessage(serializers.Serializer):
    """What to write to the contact."""

    text = serializers.CharField(max_length=20_000)


class Conversations(ListModelMixin, ApiView):
    """The workspace's conversations."""

    scopes: ClassVar[Mapping[str, str]] = {"GET": "conversations:read"}
    queryset = SHOWN.select_related("vendor")
    serializer_class = ConversationSerializer
    filters = ConversationFilter

    @extend_schema(summary="List conversations", parameters=[ConversationFilter])
    def get(self, request: Request) -> Response:
        """The newest first, by when they began."""
        return self.list(request)


class ConversationDetail(RetrieveModelMixin, ApiView):
    """One conversation."""

    scopes: ClassVar[Mapping[str, str]] = {"GET": "conversations:read"}
    queryset = SHOWN.select_related("vendor")
    serializer_class = ConversationSerializer

    @extend_schema(summary="See a conversation")
    def get(self, request: Request, pk: int) -> Response:
        """Who has it, and whether the bot answers."""
        return self.retrieve(request, pk=pk)


class Messages(ListModelMixin, ApiView):
    """The messages of a conversation."""

    scopes: ClassVar[Mapping[str, str]] = {"GET": "conversations:read", "POST": "conversations:write"}
    queryset = Message.objects.select_related("user")
    serializer_class = MessageSerializer

    @extend_schema(summary="List messages")
    def get(self, request: Request, pk: int) -> Response:
        """The newest first."""
        self.queryset = self.queryset.filter(conversation=get_object_or_404(SHOWN, pk=pk))
        return self.list(request)

    @extend_schema(
        summary="Send a message",
        request=NewMessage,
        parameters=[IDEMPOTENCY_KEY],
        responses={200: MessageSerializer, 201: MessageSerializer},
    )
    def post(self, request: Request, pk: int) -> Response:
        """A person takes the conversation over with it: the bot is silent, what it was about to say is dropped.

        201: it waits to be sent; look at its `state` later. 200: it was sent for with this Idempotency-Key before.
        409: the reply window is closed, the inbox is disconnected, the contact has asked not to be written to, or the
        Idempotency-Key is another message's.
        """
        conversation = get_object_or_404(SHOWN.select_related("inbox"), pk=pk)
        given, key = NewMessage(data=request.data), _key(request)
        given.is_valid(raise_exception=True)
        text = given.validated_data["text"]
        before = Message.objects.filter(key=key).first() if key else None
        if before is None:
            _refuse_what_cannot_be_sent(conversation, text)
        try:
            message = before or services.reply(conversation, text=text, user=None, via=self.key.name, key=key)
        except IntegrityError as error:  # another conversation's message has taken the key since we looked
            raise _taken() from error
        except ValidationError as error:  # the contact's STOP was faster, or stands already
            raise Conflict(" ".join(error.messages)) from error
        if (message.conversation_id, message.text, message.author) != (pk, text, Message.Author.PERSON):
            raise _taken()
        return Response(self.get_serializer(message).data, status=200 if before else 201)


def _key(request: Request) -> uuid.UUID | None:
    given = request.headers.get("Idempotency-Key")
    try:
        return uuid.UUID(given) if given is not None else None
    except ValueError:
        raise serializers.ValidationError({"Idempotency-Key": "Send a UUID, a new one for each message."}) from None


def _refuse_what_cannot_be_sent(conversation: Conversation, text: str) -> None:
    provider = registry.get(conversation.inbox.provider)
    if len(text) > provider.max_text:
        raise serializers.ValidationError({"text": f"This inbox takes {provider.max_text:,} characters in a message."})
    if conversation.inbox.state == Inbox.State.DISCONNECTED:
        raise Conflict("The inbox is disconnected. Connect it again, then send.")
    if window_closed(conversation, provider):
        raise Conflict("The reply window is closed until the contact writes again.")


def _taken() -> Conflict:
    return Conflict("This Idempotency-Key belongs to another message. Use a new UUID for each.")
