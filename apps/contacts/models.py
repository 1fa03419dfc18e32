"""Contact, and the identities by which vendors know the same person."""

from django.db import models


class Contact(models.Model):
    """A person who writes to us. Which identities they have, a phone among them or not, is another table."""

    name = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=8, blank=True)
    facts = models.JSONField(default=dict)  # {source: {fact: value}}, told by higher apps
    opted_out_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name or f"Contact {self.pk}"

    @property
    def phone(self) -> str:
        """The newest phone number by which a vendor knows them, as +digits; empty when none does."""
        known = [identity.value for identity in self.identities.all() if identity.kind == "phone"]
        return f"+{known[-1]}" if known else ""

    @property
    def label(self) -> str:
        """What to call them in a list."""
        known = next((identity.label for identity in self.identities.all()), f"Contact {self.pk}")
        return self.name or self.phone or known


class Identity(models.Model):
    """One name by which a vendor knows a contact (providers.base.IdentityKind)."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="identities")
    kind = models.CharField(max_length=20)
    value = models.CharField(max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["kind", "value"], name="identity_once")]

    def __str__(self) -> str:
        return f"{self.kind} of contact {self.contact_id}"

    @property
    def label(self) -> str:
        """What to call somebody of whom nothing else is known; a visitor's id says nothing to a reader."""
        return f"Visitor {self.value[:4].upper()}" if self.kind == "visitor" else self.value
