"""A net under everything that is logged or reported: numbers, addresses and links that let somebody in are blotted out.

Nothing of the kind should come here; this is for what slips through, as the path of a request that was refused.
"""

import re

#: Nine digits or more, as people write numbers; not dates, times, or parts of names and ids.
_NUMBER = re.compile(r"(?<![\w.:-])\+?\(?\d(?:[\s()-]{0,2}\d){8,18}(?![\w:]|-\d)")
#: Begins where a word does: looking from every letter of a long one would take its square.
_EMAIL = re.compile(r"(?<![^\s@<>\"'(),:;=])[^\s@<>\"'(),:;=]{1,80}@[^\s@<>\"'(),:;]{1,255}\.[^\W\d_]{2,}")
#: An invitation's link, also as a parameter of another address. Its token lets in whoever has it.
_INVITATION = re.compile(r"(invitations(?:/|%2F))[\w-]{20,200}", re.IGNORECASE)
#: Longer texts are cut before they are searched.
LONGEST = 20_000


def masked(text: str) -> str:
    """The text without what looks like a phone number or an e-mail address, and without an invitation's token."""
    known = _INVITATION.sub(r"\1[token]", text[:LONGEST])
    return _NUMBER.sub("[number]", _EMAIL.sub("[e-mail]", known))
