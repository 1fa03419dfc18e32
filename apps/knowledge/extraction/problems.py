"""Why something could not be read, as a closed list of codes; `knowledge.problems` has the words for them."""

ENCRYPTED = "encrypted"
BROKEN = "broken"
NO_WORDS = "no_words"
TOO_SLOW = "too_slow"
TOO_MUCH_MEMORY = "too_much_memory"
UNPACKED_TOO_LARGE = "unpacked_too_large"
TOO_MUCH_TEXT = "too_much_text"


class Unreadable(Exception):
    """It cannot be read, for one of these reasons; `detail` is a number or a name that belongs to it."""

    def __init__(self, problem: str, detail: str = "") -> None:
        super().__init__(problem)
        self.problem, self.detail = problem, detail
