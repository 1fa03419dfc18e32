"""The customer: a person with a phone in the sandbox world."""

import time

from sandbox.smoke.cast import Cast
from sandbox.world.client import World

REPLY_SECONDS = 90.0


class Customer:
    """Writes to the business's number and reads what comes back."""

    def __init__(self, world: World, cast: Cast) -> None:
        self.world, self.cast = world, cast
        self.heard = 0

    def say(self, text: str) -> None:
        """Writes to the business."""
        self.world.say(self.cast.whatsapp, self.cast.number, text)

    def hears(self) -> str:
        """The next message of the business. Raises WorldError when none comes."""
        reply = self.world.wait_for_reply(self.cast.whatsapp, after=self.heard, timeout=REPLY_SECONDS)
        self.heard = reply.order
        return reply.text

    def waited(self) -> float:
        """Seconds from the customer's first message to the business's first, as the phone shows both."""
        shown = self.world.messages_of(self.cast.whatsapp)
        asked, answered = (
            next(message.at for message in shown if message.direction == direction)
            for direction in ("to_business", "from_business")
        )
        return answered - asked

    def hears_nothing(self, seconds: float) -> bool:
        """Whether the business stays silent for so long."""
        time.sleep(seconds)
        shown = self.world.messages_of(self.cast.whatsapp, after=self.heard)
        return not any(message.direction == "from_business" for message in shown)

    def asks(self, text: str) -> str:
        """Writes, and waits for the answer."""
        self.say(text)
        return self.hears()
