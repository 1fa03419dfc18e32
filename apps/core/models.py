"""Exchange: what we asked of the outside and how it answered, for the owner to read. Never bodies."""

from django.db import models


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
