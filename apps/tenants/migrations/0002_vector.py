"""pgvector's type, once per database and in the public schema, where every workspace's search path finds it."""

from django.db import migrations
from pgvector.django import VectorExtension


class Migration(migrations.Migration):
    """Creates the extension."""

    dependencies = [("tenants", "0001_initial")]

    operations = [VectorExtension()]
