"""Source: what an owner gave a bot. Page: what is read at once of it. Chunk: a piece that can be found.

Fact: a price, opening hours or a phone number that a chunk states of something.
"""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _
from pgvector.django import HalfVectorField, HnswIndex, VectorField

from apps.bots.models import Bot
from apps.knowledge.problems import Problem
from apps.llm.base import DIMENSIONS


class Source(models.Model):
    """A website, a file, a text, a list of questions or of products in a bot's knowledge.

    `run` counts how often it was read from its beginning; a run's pages carry its number. `next_at`: when it is
    read again by itself, or tried again.
    """

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        WEBSITE = "website", _("Website")
        FILE = "file", _("PDF or Word file")
        QUESTIONS = "questions", _("Questions and answers")
        PRODUCTS = "products", _("Products")

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting to be read"
        READING = "reading", "Being read"
        READY = "ready", "Ready"
        FAILED = "failed", "Failed"
        STOPPED = "stopped", "Stopped"

    bot = models.ForeignKey(Bot, on_delete=models.CASCADE, related_name="sources")
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.TEXT, db_default=Kind.TEXT)
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True)  # of a text, questions and products: as they were given
    address = models.CharField(max_length=1000, blank=True, default="", db_default="")  # of a website: where it begins
    file = models.CharField(max_length=100, blank=True, default="", db_default="")  # its name in the storage
    file_name = models.CharField(max_length=200, blank=True, default="", db_default="")  # as its owner calls it
    language = models.CharField(max_length=8, default="en")
    most_pages = models.PositiveSmallIntegerField(default=200, db_default=200)
    most_depth = models.PositiveSmallIntegerField(default=4, db_default=4)
    every_hours = models.PositiveSmallIntegerField(default=0, db_default=0)  # 0: it is not read again by itself
    state = models.CharField(max_length=20, choices=State, default=State.QUEUED)
    error = models.CharField(max_length=300, blank=True)
    run = models.PositiveIntegerField(default=0, db_default=0)
    robots = models.TextField(blank=True, default="", db_default="")  # the website's robots.txt in this run
    pause = models.FloatField(default=0.0, db_default=0.0)  # seconds between two pages, as robots.txt asks
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    indexed_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.title

    @property
    def is_under_way(self) -> bool:
        """Whether it waits to be read or is being read."""
        return self.state in (self.State.QUEUED, self.State.READING)


class Page(models.Model):
    """What is read at once of a source: a web page, a page of a PDF, some rows of a list, a whole text."""

    class State(models.TextChoices):
        WAITING = "waiting", _("To be read")
        READ = "read", _("Read")
        FAILED = "failed", _("Failed")
        LEFT_OUT = "left_out", _("Left out")

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="pages", db_index=False)
    run = models.PositiveIntegerField()
    number = models.PositiveIntegerField()  # counted from 1
    address = models.CharField(max_length=1000)  # of a web page; else the number
    depth = models.PositiveSmallIntegerField(default=0)  # links away from where the website begins
    title = models.CharField(max_length=200, blank=True)
    digest = models.CharField(max_length=64, blank=True)  # of title and text, once their chunks can be found
    state = models.CharField(max_length=20, choices=State, default=State.WAITING)
    problem = models.CharField(max_length=40, blank=True)  # a Problem
    detail = models.CharField(max_length=300, blank=True)  # a number or a name that belongs to the problem
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "address"], name="page_once")]
        indexes = [models.Index(fields=["source", "state", "depth", "number"], name="page_next")]

    def __str__(self) -> str:
        return f"{self.source} {self.address}"

    @property
    def why(self) -> str:
        """Why it was not read, for people; "" when it was."""
        return Problem(self.problem).words(self.detail) if self.problem else ""


class Chunk(models.Model):
    """A retrievable piece of a page: its words for full text, its vector with the name of what made it."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="chunks")
    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="chunks", db_index=False)
    position = models.PositiveIntegerField()  # in its page, counted from 0
    headings = models.CharField(max_length=400, blank=True, default="", db_default="")  # above it, outermost first
    text = models.TextField()
    words = SearchVectorField()
    embedder = models.CharField(max_length=80)
    embedding = VectorField(dimensions=DIMENSIONS)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["page", "position"], name="chunk_once")]
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

    @property
    def address(self) -> str:
        """Of its web page; "" when it comes from elsewhere."""
        return self.page.address if self.page and self.source.kind == Source.Kind.WEBSITE else ""


class Fact(models.Model):
    """What a chunk states of a thing, so that two that state different values can be told."""

    class Kind(models.TextChoices):
        PRICE = "price", _("Price")
        HOURS = "hours", _("Opening hours")
        PHONE = "phone", _("Phone number")

    chunk = models.ForeignKey(Chunk, on_delete=models.CASCADE, related_name="facts")
    kind = models.CharField(max_length=10, choices=Kind)
    thing = models.CharField(max_length=160)  # its words in one spelling and order, to be compared
    value = models.CharField(max_length=80)  # in one spelling, to be compared
    said = models.CharField(max_length=300)  # the line in which it stands

    class Meta:
        indexes = [models.Index(fields=["kind", "thing"], name="fact_thing")]

    def __str__(self) -> str:
        return f"{self.thing}: {self.value}"
