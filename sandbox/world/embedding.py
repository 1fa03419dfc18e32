"""A small embedder of the model server's own: hashed words and parts of words, no model and no network.

Owns the vectors; equal texts have equal vectors, and texts that share words are near each other.
"""

import base64
import hashlib
import math
import re
import struct

WORD = re.compile(r"\w+")

#: Vector sizes of OpenAI's own models; any other name gets the first.
SIZES = {"text-embedding-3-small": 1536, "text-embedding-3-large": 3072, "text-embedding-ada-002": 1536}
WHOLE, PART = 1.0, 0.3  # weight of a word and of each three letters of it


def embed(text: str, size: int) -> list[float]:
    """A vector of length 1 with `size` numbers."""
    vector = [0.0] * size
    for word in WORD.findall(text.lower()):
        _add(vector, word, WHOLE)
        padded = f"<{word}>"
        for start in range(len(padded) - 2):
            _add(vector, padded[start : start + 3], PART)
    if not any(vector):  # a text without a word still needs a direction
        _add(vector, text, WHOLE)
    length = math.sqrt(sum(value * value for value in vector))
    return [value / length for value in vector]


def _add(vector: list[float], piece: str, weight: float) -> None:
    digest = hashlib.blake2b(piece.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    place = int.from_bytes(digest[:7], "big") % len(vector)
    vector[place] += weight if digest[7] & 1 else -weight


def to_base64(vector: list[float]) -> str:
    """Little-endian 32-bit floats in base64, the SDK's default encoding."""
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()
