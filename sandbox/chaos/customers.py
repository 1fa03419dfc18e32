"""What customers write, in Meta's format: who, what, when, how often, in which order. Decided by the seed alone."""

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from sandbox.chaos.furnishing import Line
from sandbox.world import payloads
from sandbox.world.records import Number, Person


@dataclass(frozen=True)
class Size:
    """A load. `seconds`: how long it takes to write it; `taken`: the part of conversations that people take over."""

    conversations: int
    messages: int
    seconds: float
    duplicates: float = 0.3
    most_in_post: int = 10
    taken: float = 0.1


@dataclass(frozen=True)
class Written:
    """One message of a customer."""

    wamid: str
    tag: str
    person: str
    number: str
    conversation: int
    place: int
    text: str
    at: float  # Unix seconds, as the vendor dates it


@dataclass(frozen=True)
class Post:
    """One webhook, `after` so many seconds of the load."""

    after: float
    url: str
    secret: str
    body: bytes
    wamids: tuple[str, ...] = ()
    kind: str = "messages"


@dataclass(frozen=True)
class Takeover:
    """A person takes a conversation over, in the phone app or by the panel's services through the API."""

    after: float
    line: Line
    person: str
    by_phone: bool
    at: float  # Unix seconds, as the vendor dates it


@dataclass(frozen=True)
class Load:
    """Everything that is written, and in which posts."""

    written: tuple[Written, ...]
    posts: tuple[Post, ...]
    takeovers: tuple[Takeover, ...] = ()
    lines: tuple[Line, ...] = field(default=(), repr=False)

    def line_of(self, one: Written) -> Line:
        """The number that the message was written to."""
        return next(line for line in self.lines if line.number.phone_number_id == one.number)


Words = Callable[[str], str]


def ask(tag: str) -> str:
    """What a customer asks."""
    return f"Do you have {tag} in size 42?"


def write(name: str, lines: Sequence[Line], size: Size, *, seed: int, now: float, words: Words = ask) -> Load:
    """The load of a fault called `name` (letters and digits), spread over the numbers. `now` is Unix seconds."""
    draw = random.Random(f"{name}/{seed}")  # noqa: S311  # repeatable on purpose, guards nothing
    written = list(conversations(name, lines, size, draw, now, words))
    by_line = {line.number.phone_number_id: line for line in lines}
    posts = [post for line in lines for post in posts_of(line, written, size, draw)]
    taken = draw.sample(range(size.conversations), round(size.conversations * size.taken))
    takeovers = [
        Takeover(draw.uniform(0.3, 0.8) * size.seconds, by_line[one.number], one.person, order % 2 == 0, now)
        for order, number in enumerate(sorted(taken))
        for one in written
        if one.conversation == number and one.place == 0
    ]
    posts += [echo_of(takeover) for takeover in takeovers if takeover.by_phone]
    posts.sort(key=lambda post: post.after)
    return Load(tuple(written), tuple(posts), tuple(takeovers), tuple(lines))


def conversations(
    name: str, lines: Sequence[Line], size: Size, draw: random.Random, now: float, words: Words
) -> Iterator[Written]:
    """Every message, conversation after conversation, in the order in which it is written."""
    for conversation in range(size.conversations):
        count = size.messages // size.conversations + (conversation < size.messages % size.conversations)
        line, person = lines[conversation % len(lines)], phone(name, conversation)
        for place in range(count):
            tag = f"q-{name}-{conversation}-{place}"
            wamid = "wamid." + f"{draw.getrandbits(160):040X}"
            # A second apart and in the past: what counts is the vendor's order, not the order of arrival.
            at = now - 2 * count + place
            yield Written(wamid, tag, person, line.number.phone_number_id, conversation, place, words(tag), at)


def phone(name: str, conversation: int) -> str:
    """A customer's phone; the same for the same name and place."""
    return f"4477{random.Random(name).randrange(100):02}{conversation:06}"  # noqa: S311  # a label


def posts_of(line: Line, written: Iterable[Written], size: Size, draw: random.Random) -> Iterator[Post]:
    """The line's messages in posts of 1 to `most_in_post`, some of them twice, in disorder within a second or two."""
    mine = [one for one in written if one.number == line.number.phone_number_id]
    again = draw.sample(mine, round(len(mine) * size.duplicates))
    most = max((one.place for one in mine), default=0) + 1
    timed = [(one.place / most * size.seconds + draw.uniform(0, size.seconds / most), one) for one in mine]
    timed += [(draw.uniform(0, size.seconds), one) for one in again]
    timed.sort(key=lambda pair: pair[0])
    while timed:
        count = draw.randint(1, size.most_in_post)
        batch, timed = timed[:count], timed[count:]
        yield post_of(line, [one for _, one in draw.sample(batch, len(batch))], batch[0][0])


def post_of(line: Line, messages: Sequence[Written], after: float) -> Post:
    """One webhook with these messages."""
    changes = [change for one in messages for change in message_of(line.number, one)["entry"][0]["changes"]]
    whole = {"object": "whatsapp_business_account", "entry": [{"id": line.number.waba_id, "changes": changes}]}
    return signed(line, payloads.to_bytes(whole), after, tuple(one.wamid for one in messages))


def message_of(number: Number, one: Written) -> payloads.Json:
    """The message as Meta reports it."""
    return payloads.text_message(number, person_of(one.person), one.text, wamid=one.wamid, at=one.at)


def echo_of(takeover: Takeover) -> Post:
    """The webhook of an answer that somebody typed into the phone app."""
    wamid, person = f"wamid.echo.{takeover.person}", person_of(takeover.person)
    echo = payloads.echo(takeover.line.number, person, "I am on it myself.", wamid=wamid, at=takeover.at)
    return replace(signed(takeover.line, payloads.to_bytes(echo), takeover.after), kind="echo")


def signed(line: Line, body: bytes, after: float, wamids: tuple[str, ...] = ()) -> Post:
    """A post of these bytes to where the number's webhooks go."""
    return Post(after, line.number.webhook_url, line.number.app_secret, body, wamids)


def person_of(phone: str) -> Person:
    """The customer with this phone."""
    return Person(phone=phone, name=f"Customer {phone[-4:]}")
