"""What every recorded WhatsApp delivery means, item by item. A new fixture needs a row here."""

from datetime import UTC, datetime
from typing import Any

from apps.providers.base import (
    ContentKind,
    DeliveryState,
    Echo,
    Failure,
    Identity,
    IdentityKind,
    Inbound,
    Notice,
    Party,
    Status,
    Trouble,
)
from tests.providers.cases import Case

KEY = "318204557719063"
SENT_AT = datetime(2026, 1, 1, 10, 0, tzinfo=UTC)
OUR_KEY = "0192f0c4-7c1e-7b1a-9f53-2f6f0c0e9a11"


def person(name: str = "", **values: str) -> Party:
    """A party from identities by kind, in the order given."""
    return Party(tuple(Identity(IdentityKind(kind), value) for kind, value in values.items()), name)


LUCIA = person("Lucía Ferrer", phone="34611204987", bsuid="ES.20417765093318420")


def inbound(
    kind: ContentKind, text: str = "", content: dict[str, Any] | None = None, *, type_: str = "", **fields: Any
) -> Inbound:
    """A message of Lucía's; `type_` is Meta's word for it, where it is not ours."""
    values: dict[str, Any] = {
        "route_key": KEY,
        "external_id": f"wamid.HBgLMzQ2MTEyMDQ5ODcVAgASGBQ{(type_ or kind).upper()}",
        "sender": LUCIA,
        "kind": kind,
        "text": text,
        "content": content or {},
        "sent_at": SENT_AT,
    }
    return Inbound(**{**values, **fields})


def media(media_id: int, mime_type: str, sha256: str, **more: Any) -> dict[str, Any]:
    return {"media_id": str(media_id), "mime_type": mime_type, "sha256": sha256, **more}


def status(state: DeliveryState, **fields: Any) -> Status:
    values: dict[str, Any] = {
        "route_key": KEY,
        "external_id": "wamid.HBgLOURS0100",
        "state": state,
        "at": SENT_AT.replace(second=5),
        "opaque": OUR_KEY,
    }
    return Status(**{**values, **fields})


def form(response: dict[str, Any] | None, reply_to: str = "") -> Inbound:
    content = {"name": "flow", "body": "Sent", "response": response}
    return inbound(ContentKind.FORM, "Sent", content, type_="interactive", reply_to=reply_to)


NICO = "ES.99120044817365520"
TEXT = ContentKind.TEXT

TEXTS = (
    Case("text", (inbound(TEXT, "¿Tenéis mesa para 4 el sábado? 🥘"),)),
    Case("text_reply", (inbound(TEXT, "Sí, esa", reply_to="wamid.HBgLOURS0001"),)),
    Case("text_forwarded", (inbound(TEXT, "mira", {"forwarded": True}),)),
    Case(
        "text_about_product",
        (
            inbound(
                TEXT,
                "¿Queda en azul?",
                {"referred_product": {"catalog_id": "771030551", "product_retailer_id": "BICI-AZ-54"}},
                reply_to="wamid.HBgLOURS0002",
            ),
        ),
    ),
    Case(
        "text_from_ad",
        (
            inbound(
                TEXT,
                "Quiero más información",
                referral={
                    "source_url": "https://fb.me/3kQpx",
                    "source_id": "120208841",
                    "source_type": "ad",
                    "headline": "Clases de yoga",
                    "body": "Primera clase gratis",
                    "media_type": "image",
                    "ctwa_clid": "ARAkLkA8rm",
                },
            ),
        ),
    ),
    Case("text_in_group", (inbound(TEXT, "hola a todos", group_id="Y2FwaV9ncm91cDo5MTg"),)),
    Case("text_milliseconds", (inbound(TEXT, "hola", sent_at=SENT_AT.replace(microsecond=123_000)),)),
    Case(
        "text_username_only",
        (
            inbound(
                TEXT,
                "hola",
                external_id="wamid.HBgUSERNAME",
                sender=person("Nico", bsuid=NICO, parent_bsuid="ES.ENT.5512009918", username="nico.rivas"),
            ),
        ),
    ),
    Case("text_empty_from", (inbound(TEXT, "hola", sender=person("Lucía Ferrer", bsuid="ES.20417765093318420")),)),
    Case(
        "text_bsuid_in_from",
        (inbound(TEXT, "hola", external_id="wamid.HBgINFROM", sender=person("Nico", bsuid=NICO)),),
    ),
    Case(
        "text_other_wa_id",
        (
            inbound(
                TEXT,
                "oi",
                external_id="wamid.HBgBRAZIL",
                sender=Party(
                    (
                        Identity(IdentityKind.PHONE, "5511987654321"),
                        Identity(IdentityKind.PHONE, "551187654321"),
                    ),
                    "Davi",
                ),
            ),
        ),
    ),
    Case(
        "two_senders",
        (
            inbound(TEXT, "uno"),
            inbound(
                TEXT,
                "dos",
                external_id="wamid.HBgTWO",
                sender=person("Nico", bsuid=NICO),
                sent_at=SENT_AT.replace(second=1),
            ),
            inbound(
                TEXT,
                "tres",
                external_id="wamid.HBgTHREE",
                sender=person(phone="34600000001"),
                sent_at=SENT_AT.replace(second=2),
            ),
        ),
    ),
    Case(
        "many",
        (
            inbound(TEXT, "primera"),
            inbound(TEXT, "primera"),
            status(DeliveryState.SENT, opaque=""),
            inbound(ContentKind.REACTION, "", {"target": "wamid.HBgLOURS0007", "emoji": "👍"}),
        ),
    ),
)

FILES = (
    Case(
        "image",
        (
            inbound(
                ContentKind.IMAGE,
                "Así quedó el salón",
                media(1098220473365512, "image/jpeg", "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg="),
            ),
        ),
    ),
    Case(
        "image_lost",
        (
            inbound(
                ContentKind.IMAGE,
                "",
                {
                    "media_id": "",
                    "mime_type": "",
                    "errors": [
                        {
                            "code": "131052",
                            "title": "Media download error",
                            "details": "Failed to download the media from the sender [number].",
                        }
                    ],
                },
            ),
        ),
    ),
    Case("video", (inbound(ContentKind.VIDEO, "el ruido del motor", media(1098220473365513, "video/mp4", "aa==")),)),
    Case("audio", (inbound(ContentKind.AUDIO, "", media(1098220473365514, "audio/mpeg", "bb==")),)),
    Case(
        "audio_voice",
        (
            inbound(
                ContentKind.AUDIO,
                "",
                media(1098220473365515, "audio/ogg; codecs=opus", "cc==", voice=True),
            ),
        ),
    ),
    Case(
        "voice",
        (
            inbound(
                ContentKind.AUDIO,
                "",
                media(1098220473365516, "audio/ogg; codecs=opus", "dd==", voice=True),
                type_="voice",
            ),
        ),
    ),
    Case(
        "document",
        (
            inbound(
                ContentKind.DOCUMENT,
                "el contrato",
                media(1098220473365517, "application/pdf", "ee==", filename="señal y año.pdf"),
            ),
        ),
    ),
    Case(
        "sticker",
        (inbound(ContentKind.STICKER, "", media(1098220473365518, "image/webp", "ff==", animated=True)),),
    ),
)

REPLIES = (
    Case(
        "button_reply",
        (
            inbound(
                ContentKind.CHOICE,
                "Sí, reservar",
                {"source": "button", "id": "book-yes", "title": "Sí, reservar"},
                type_="interactive",
                reply_to="wamid.HBgLOURS0003",
            ),
        ),
    ),
    Case(
        "list_reply",
        (
            inbound(
                ContentKind.CHOICE,
                "Yoga, mañana",
                {
                    "source": "list",
                    "id": "yoga-am",
                    "title": "Yoga, mañana",
                    "description": "Lunes y jueves, 9:30",
                },
                type_="interactive",
                reply_to="wamid.HBgLOURS0004",
            ),
        ),
    ),
    Case("form", (form({"flow_token": "t-81", "persons": 4, "note": "terraza"}, "wamid.HBgLOURS0005"),)),
    Case("form_broken", (form(None),)),
    Case("form_null", (form(None),)),
    Case("form_list", (form(None),)),
    Case(
        "call_permission",
        (
            inbound(
                ContentKind.CALL_PERMISSION,
                "",
                {
                    "response": "accept",
                    "is_permanent": False,
                    "expiration_timestamp": 1795773600,
                    "response_source": "user_action",
                },
                type_="interactive",
            ),
        ),
    ),
    Case(
        "interactive_unknown",
        (
            inbound(
                ContentKind.UNSUPPORTED,
                "",
                {"type": "interactive hologram_reply", "errors": []},
                type_="interactive",
            ),
        ),
    ),
    Case(
        "button",
        (
            inbound(
                ContentKind.CHOICE,
                "No recibir más",
                {"source": "template", "id": "STOP_PROMO", "title": "No recibir más"},
                type_="button",
                reply_to="wamid.HBgLOURS0006",
            ),
        ),
    ),
    Case(
        "button_bare",
        (
            inbound(
                ContentKind.CHOICE,
                "No recibir más",
                {"source": "template", "id": "No recibir más", "title": "No recibir más"},
                type_="button",
            ),
        ),
    ),
)

THINGS = (
    Case(
        "location",
        (
            inbound(
                ContentKind.LOCATION,
                "Mercat de Sants, Carrer de Sant Jordi 6, Barcelona",
                {
                    "latitude": 41.3874,
                    "longitude": 2.1686,
                    "name": "Mercat de Sants",
                    "address": "Carrer de Sant Jordi 6, Barcelona",
                    "url": "https://example.com/sants",
                },
            ),
        ),
    ),
    Case("location_bare", (inbound(ContentKind.LOCATION, "", {"latitude": -33.4489, "longitude": 0.0}),)),
    Case(
        "contacts",
        (
            inbound(
                ContentKind.CONTACTS,
                "Marta Solé +34 622 33 10 08\nTaller 34933110022",
                {
                    "contacts": [
                        {
                            "name": {"formatted_name": "Marta Solé", "first_name": "Marta"},
                            "phones": [{"phone": "+34 622 33 10 08", "wa_id": "34622331008", "type": "CELL"}],
                        },
                        {"name": {"first_name": "Taller"}, "phones": [{"wa_id": "34933110022"}]},
                    ]
                },
            ),
        ),
    ),
    Case(
        "contacts_requested",
        (
            inbound(
                ContentKind.CONTACTS,
                "Nico +34 655 01 02 03",
                {
                    "contacts": [
                        {
                            "origin": "contact_request",
                            "name": {"formatted_name": "Nico"},
                            "phones": [{"phone": "+34 655 01 02 03"}],
                            "vcard": "BEGIN:VCARD\nEND:VCARD",
                        }
                    ],
                    "origin": "contact_request",
                },
            ),
        ),
    ),
    Case("reaction", (inbound(ContentKind.REACTION, "", {"target": "wamid.HBgLOURS0007", "emoji": "👍"}),)),
    Case(
        "reaction_removed",
        (inbound(ContentKind.REACTION, "", {"target": "wamid.HBgLOURS0007", "emoji": ""}),),
    ),
    Case(
        "order",
        (
            inbound(
                ContentKind.ORDER,
                "Sin gluten, por favor",
                {
                    "catalog_id": "771030551",
                    "items": [{"product_id": "TARTA-6", "quantity": 2, "price": 18.5, "currency": "EUR"}],
                },
            ),
        ),
    ),
    Case("edit", (inbound(ContentKind.EDIT, "El domingo, no el sábado", {"target": "wamid.HBgTHEIRS01"}),)),
    Case("edit_caption", (inbound(ContentKind.EDIT, "Así quedó la cocina", {"target": "wamid.HBgTHEIRS02"}),)),
    Case("revoke", (inbound(ContentKind.REVOKE, "", {"target": "wamid.HBgTHEIRS01"}),)),
    Case(
        "unsupported",
        (
            inbound(
                ContentKind.UNSUPPORTED,
                "",
                {
                    "type": "poll_creation",
                    "errors": [
                        {
                            "code": "131051",
                            "title": "Message type unknown",
                            "details": "Message type is currently not supported.",
                        }
                    ],
                },
            ),
        ),
    ),
    Case(
        "ephemeral",
        (
            inbound(
                ContentKind.UNSUPPORTED,
                "",
                {"type": "ephemeral", "errors": [{"code": "131051", "title": "Unsupported message type"}]},
                type_="ephemeral",
            ),
        ),
    ),
    Case(
        "future_type",
        (inbound(ContentKind.UNSUPPORTED, "", {"type": "telepathy", "errors": []}, type_="telepathy"),),
    ),
    Case("request_welcome", (inbound(ContentKind.WELCOME, type_="request_welcome"),)),
)

SYSTEM = (
    Case(
        "system_number",
        (
            inbound(
                ContentKind.SYSTEM,
                "User Lucía Ferrer changed from 34611204987 to 34688770011",
                {"type": "user_changed_number", "old_phone": "34611204987", "new_phone": "34688770011"},
                external_id="wamid.HBgSYS1",
                sender=person(phone="34611204987"),
            ),
        ),
    ),
    Case(
        "system_user_id",
        (
            inbound(
                ContentKind.SYSTEM,
                "User Lucía Ferrer changed from ES.20417765093318420 to ES.70033518842006911",
                {
                    "type": "user_changed_user_id",
                    "old_bsuid": "ES.20417765093318420",
                    "new_bsuid": "ES.70033518842006911",
                    "new_parent_bsuid": "ES.ENT.881200455",
                },
                external_id="wamid.HBgSYS2",
                sender=person(phone="34611204987", bsuid="ES.20417765093318420"),
            ),
        ),
    ),
    # The person's profile name imitates Meta's sentence; only its end is believed.
    Case(
        "system_no_from",
        (
            inbound(
                ContentKind.SYSTEM,
                "User X changed from ES.1a to ES.2b changed from ES.20417765093318420 to ES.70033518842006911",
                {
                    "type": "user_changed_user_id",
                    "old_bsuid": "ES.20417765093318420",
                    "new_bsuid": "ES.70033518842006911",
                },
                external_id="wamid.HBgSYS3",
                sender=person(bsuid="ES.20417765093318420"),
            ),
        ),
    ),
)

STATUSES = (
    Case("status_sent", (status(DeliveryState.SENT),)),
    Case("status_delivered", (status(DeliveryState.DELIVERED),)),
    Case("status_read", (status(DeliveryState.READ),)),
    Case("status_played", (status(DeliveryState.READ),)),
    Case(
        "status_failed",
        (
            status(
                DeliveryState.FAILED,
                failure=Failure(
                    Trouble.WINDOW_CLOSED,
                    "131047",
                    "Message failed to send to [number] because more than 24 hours have passed "
                    "since the customer last replied.",
                ),
            ),
        ),
    ),
    Case("status_failed_silent", (status(DeliveryState.FAILED, failure=Failure(Trouble.UNDELIVERABLE)),)),
    Case("status_deleted", ()),
    Case("status_unknown", ()),
    Case("status_group", (status(DeliveryState.DELIVERED, external_id="wamid.HBgLOURS0101", opaque=""),)),
)

OTHERS = (
    Case(
        "echo",
        (
            Echo(
                KEY,
                "wamid.HBgECHO1",
                LUCIA,
                TEXT,
                "Te llamo en 5 minutos",
                {},
                SENT_AT.replace(second=10),
            ),
        ),
    ),
    Case(
        "echo_user_id",
        (
            Echo(
                KEY,
                "wamid.HBgECHO2",
                person(bsuid=NICO),
                ContentKind.IMAGE,
                "",
                {"media_id": "1098220473365599", "mime_type": "image/png"},
                SENT_AT.replace(second=10),
            ),
        ),
    ),
    Case(
        "template_status",
        (
            Notice(
                "249017730481255",
                "message_template_status_update",
                {
                    "event": "REJECTED",
                    "message_template_id": 880014,
                    "message_template_name": "recordatorio_cita",
                    "message_template_language": "es",
                    "reason": "INVALID_FORMAT",
                },
            ),
        ),
    ),
    Case(
        "user_preferences",
        (
            Notice(
                KEY,
                "user_preferences",
                {
                    "messaging_product": "whatsapp",
                    "metadata": {"display_phone_number": "+34 910 60 21 47", "phone_number_id": KEY},
                    "user_preferences": [
                        {
                            "wa_id": "34611204987",
                            "value": "stop",
                            "category": "marketing_messages",
                            "timestamp": 1767261600,
                        }
                    ],
                },
            ),
        ),
    ),
    Case(
        "value_errors",
        (
            Notice(
                KEY,
                "errors",
                {"errors": [{"code": 130429, "title": "Rate limit hit", "message": "Rate limit hit"}]},
            ),
        ),
    ),
)

CASES = (*TEXTS, *FILES, *REPLIES, *THINGS, *SYSTEM, *STATUSES, *OTHERS)
