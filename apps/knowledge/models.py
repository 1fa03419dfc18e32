"""Source: a text the owner gave a bot. Chunk: a piece of it that can be found."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models.functions import Cast
from pgvector.django import HalfVectorField, HnswIndex, VectorField

from apps.bots.models import Bot
from apps.llm.base import DIMENSIONS


class Source(models.Model):
    """A text of a bot's knowledge."""

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting to be read"
        READY = "ready", "Ready"
        FAILED = "failed", "Failed"

    bot = models.ForeignKey(Bot, on_delete=models.CASCADE, related_name="sources")
    title = models.CharField(max_length=200)
    text = models.TextField()
    language = models.CharField(max_length=8, default="en")
    state = models.CharField(max_length=20, choices=State, default=State.QUEUED)
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    indexed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.title


class Chunk(models.Model):
    """A retrievable piece of a source: its words for full text, its vector with the name of what made it."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="chunks")
    position = models.PositiveIntegerField()
    text = models.TextField()
    words = SearchVectorField()
    embedder = models.CharField(max_length=80)
    embedding = VectorField(dimensions=DIMENSIONS)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "position"], name="chunk_once")]
        indexes = [
            # Without fast updates: each search would look through all that was added since the last clean-up.
            GinIndex(fields=["words"], name="chunk_words", fastupdate=False),
            # Of half precision: half as large and nearly twice as fast to walk, and it finds the same.
            HnswIndex(
                OpClass(Cast("embedding", HalfVectorField(dimensions=DIMENSIONS)), name="halfvec_cosine_ops"),
                name="chunk_vector",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} #{self.position}"
