"""How far a workspace that is being set up is."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Three columns."""

    dependencies = [("tenants", "0003_hook_origins")]

    operations = [
        migrations.AddField("workspace", "progress", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField("workspace", "step", models.CharField(blank=True, default="", max_length=40), preserve_default=False),
        migrations.AddField("workspace", "problem", models.CharField(blank=True, default="", max_length=80), preserve_default=False),
    ]
