"""Exchange: what we asked of the outside and how it answered, never bodies. AuditRow: who changed what."""

from typing import Any, NoReturn

from django.db import models

from apps.core.actors import Kind

UNCHANGEABLE = "A row of the audit log is written once. Nobody changes or removes it; audit.forget does when it is old."


class Exchange(models.Model):
    """One HTTP exchange with the outside, without secrets and without anybody's words."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    method = models.CharField(max_length=10)
    url = models.CharField(max_length=500)
    status = models.PositiveSmallIntegerField(null=True)
    milliseconds = models.PositiveIntegerField()
    error = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.method} {self.url} {self.status or self.error}"


class AuditRows(models.QuerySet["AuditRow"]):
    """Rows to be read. A trigger of the table refuses what slips by here."""

    def update(self, **values: Any) -> NoReturn:
        """Refuses."""
        raise RuntimeError(UNCHANGEABLE)

    def delete(self) -> NoReturn:
        """Refuses."""
        raise RuntimeError(UNCHANGEABLE)


class AuditRow(models.Model):
    """Who did what to what, when and from where; `audit.record` writes it in the transaction of the change.

    `changes`: {field: [before, after]}, or {field: "changed"} for what is nobody's to read. Who and what are told by
    name too, because both may be gone when the row is read.
    """

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    actor_kind = models.CharField(max_length=10, choices=Kind)
    actor_id = models.BigIntegerField(null=True)  # of the user or the key; no reference, so that it outlives both
    actor_name = models.CharField(max_length=254, blank=True)
    address = models.GenericIPAddressField(null=True)
    action = models.CharField(max_length=60)  # audit_words.ACTIONS
    subject_kind = models.CharField(max_length=40, blank=True)  # the model's name
    subject_id = models.BigIntegerField(null=True)
    subject_name = models.CharField(max_length=254, blank=True)  # never a customer's
    changes = models.JSONField(default=dict)

    objects = AuditRows.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["actor_kind", "actor_id", "-id"], name="audit_by_actor"),
            models.Index(fields=["action", "-id"], name="audit_by_action"),
            models.Index(fields=["subject_kind", "subject_id", "-id"], name="audit_by_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject_kind} {self.subject_id or ''}".strip()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Writes it once."""
        if not self._state.adding:
            raise RuntimeError(UNCHANGEABLE)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuses."""
        raise RuntimeError(UNCHANGEABLE)
