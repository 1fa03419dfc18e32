"""What reading a page brought. Pure."""

from dataclasses import dataclass

#: Characters of a page that are kept.
MOST_TEXT = 200_000


@dataclass(frozen=True)
class Read:
    """A page's title and text, or its items, each a text of its own; where it leads; or why there is none of it.

    `problem` is a Problem, with its detail. `shut`: an address of the website that robots.txt keeps from us.
    """

    address: str
    title: str = ""
    text: str = ""
    items: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    shut: str = ""
    problem: str = ""
    detail: str = ""

    @property
    def kept(self) -> str:
        """The text as far as it is kept."""
        return self.text[:MOST_TEXT]
