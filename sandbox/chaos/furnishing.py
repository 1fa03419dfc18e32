"""The numbers that faults are caused on: connected in the product, registered in the world, watched in the database."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.chaos.installation import Installation
from sandbox.world.records import Number

WORKSPACES = 2
#: What a customer's message is known by, wherever it turns up again.
TAG = r"q-[0-9A-Za-z]+-[0-9]+-[0-9]+"

#: Every takeover, every return to the bot, and every entry into `sending`, in the transaction that commits it.
WATCH = """
CREATE TABLE {schema}.chaos_log (
  id bigserial PRIMARY KEY, conversation_id bigint, message_id bigint, author text, what text
);
CREATE FUNCTION {schema}.chaos_conversation() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF NEW.epoch > OLD.epoch AND NEW.ai_paused_why IN ('person', 'switch') THEN
    INSERT INTO {schema}.chaos_log (conversation_id, what) VALUES (NEW.id, 'taken');
  ELSIF OLD.ai_paused_at IS NOT NULL AND NEW.ai_paused_at IS NULL THEN
    INSERT INTO {schema}.chaos_log (conversation_id, what) VALUES (NEW.id, 'given');
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER chaos AFTER UPDATE ON {schema}.conversations_conversation
  FOR EACH ROW EXECUTE FUNCTION {schema}.chaos_conversation();
CREATE FUNCTION {schema}.chaos_message() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO {schema}.chaos_log (conversation_id, message_id, author, what)
  VALUES (NEW.conversation_id, NEW.id, NEW.author, 'sending');
  RETURN NULL;
END $$;
CREATE TRIGGER chaos AFTER UPDATE ON {schema}.conversations_message
  FOR EACH ROW WHEN (NEW.state = 'sending' AND OLD.state <> 'sending') EXECUTE FUNCTION {schema}.chaos_message();
"""


@dataclass(frozen=True)
class Patience:
    """How long a bot waits for a burst to end, in seconds, and how many messages a minute its number sends."""

    quiet: int
    quiet_limit: int
    rate: int

    def limits(self) -> dict[str, int]:
        """As `show_limits` names them."""
        return {
            "quiet_seconds": self.quiet,
            "quiet_limit_seconds": self.quiet_limit,
            "inbox_rate_per_minute": self.rate,
        }


SHIPPED = Patience(3, 20, 80)
SHORTENED = Patience(1, 5, 4_800)


@dataclass(frozen=True)
class Line:
    """A number of a business: as the product knows it, and as the world does."""

    schema: str
    slug: str
    owner: str
    api_token: str
    inbox: int
    number: Number


def furnish(site: Installation, numbers: int, patience: Patience) -> Iterator[Line]:
    """So many numbers in each of the workspaces, alternating between them."""
    said = site.manage(
        "furnish_chaos",
        *("--workspaces", str(WORKSPACES), "--numbers", str(numbers), "--rate", str(patience.rate)),
        *("--quiet", str(patience.quiet), "--quiet-limit", str(patience.quiet_limit)),
    )["numbers"]
    site.write(*(WATCH.replace("{schema}", schema) for schema in sorted({one["schema"] for one in said})))
    site.world.script_model(script())
    lines = [line_of(one) for one in said]
    for line in lines:
        site.world.register_number(line.number)
    shares = [lines[start : start + numbers] for start in range(0, len(lines), numbers)]
    return iter([line for together in zip(*shares, strict=True) for line in together])


def line_of(one: Mapping[str, Any]) -> Line:
    """A number as `furnish_chaos` prints it."""
    number = Number(
        phone_number_id=one["key"],
        display_phone_number="+442079460000",
        waba_id=f"1{one['key']}",
        token=one["token"],
        app_secret=one["secret"],
        webhook_url=one["webhook_url"],
        verified_name="Chaos",
        any_recipient=True,
        read_after=0.3,
        retry_first=0.5,
        retry_cap=4.0,
    )
    return Line(one["schema"], one["slug"], one["owner"], one["api_token"], one["inbox"], number)


def script(*rules: Mapping[str, Any], delay: float = 0.1) -> Sequence[Mapping[str, Any]]:
    """The model: it repeats the tags of what it answers, so that the ledger tells which question an answer is to."""
    answer = {"reply": "Yes, we have it: {echo}.", "knows": True, "asks": None, "handoff_reason": None}
    return [*rules, {"when": "*", "reply": answer, "echo": TAG, "delay": delay}]
