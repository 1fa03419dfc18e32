"""Bots in the REST API: see, create, change. A bot's key goes in and never comes out."""

import copy
from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import transaction
from django.forms.models import model_to_dict
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.api import ApiView
from apps.bots import services
from apps.bots.forms import BotForm
from apps.bots.models import Bot
from apps.core.crypto import last_four


class BotSerializer(serializers.ModelSerializer):
    """A bot; what may be set of it is what its page allows."""

    api_key = serializers.CharField(
        write_only=True, required=False, allow_blank=True, max_length=300, help_text="Empty: forget this bot's key."
    )
    api_key_last_four = serializers.SerializerMethodField()

    class Meta:
        model = Bot
        fields = (
            *("id", "name", "business", "persona", "tone", "language", "region", "provider", "model"),
            *("api_key", "api_key_last_four", "temperature", "max_characters", "least_confidence", "fallback"),
            *("enabled", "created_at"),
        )

    def get_api_key_last_four(self, bot: Bot) -> str:
        """By which its owner knows the key again; empty without one."""
        return last_four(bot.api_key)

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        """The page's own rules over the bot as it would be."""
        bot = copy.copy(self.instance) if isinstance(self.instance, Bot) else Bot()
        forget = given.get("api_key") == ""
        form = BotForm(
            {**model_to_dict(bot), "api_key": "", **given, "forget_key": forget}, instance=bot, may_set_key=True
        )
        if not form.is_valid():
            raise serializers.ValidationError(form.errors)
        asked = form.values if self.instance is None else {n: v for n, v in form.values.items() if n in given}
        return {**asked, **({"enabled": given["enabled"]} if "enabled" in given else {})}


class Bots(ListModelMixin, ApiView):
    """The workspace's bots."""

    scopes: ClassVar[Mapping[str, str]] = {"GET": "bots:read", "POST": "bots:write"}
    queryset = Bot.objects.all()
    serializer_class = BotSerializer

    @extend_schema(summary="List bots")
    def get(self, request: Request) -> Response:
        """The newest first."""
        return self.list(request)

    @extend_schema(summary="Create a bot", responses={201: BotSerializer})
    def post(self, request: Request) -> Response:
        """Refused with 409 when the plan allows no more."""
        bot = services.create_bot(by=self.maker, **self.valid())
        return Response(self.get_serializer(bot).data, status=201)


class BotDetail(RetrieveModelMixin, ApiView):
    """One bot."""

    scopes: ClassVar[Mapping[str, str]] = {"GET": "bots:read", "PATCH": "bots:write"}
    queryset = Bot.objects.all()
    serializer_class = BotSerializer

    @extend_schema(summary="See a bot")
    def get(self, request: Request, pk: int) -> Response:
        """Its settings, of its key the last four characters."""
        return self.retrieve(request, pk=pk)

    @extend_schema(summary="Change a bot")
    def patch(self, request: Request, pk: int) -> Response:
        """Changes what is given and nothing else; `enabled` switches it on or off at once."""
        bot = self.get_object()
        values = self.valid(bot, partial=True)
        on = values.pop("enabled", None)
        with transaction.atomic():
            bot = services.change_bot(bot, by=self.maker, **values)
            if on is not None:
                services.switch_bot(bot, on=on, by=self.maker)
        return Response(self.get_serializer(bot).data)
