"""Quarantined items that staff dismissed; deliveries found by their day."""

import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ingest', '0001_initial'),
        ('tenants', '0006_workspace_active_at'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='delivery',
            options={'verbose_name_plural': 'deliveries'},
        ),
        migrations.AlterModelOptions(
            name='quarantined',
            options={'verbose_name': 'quarantined', 'verbose_name_plural': 'quarantined'},
        ),
        migrations.AddField(
            model_name='quarantined',
            name='dismissed_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['received_at'], name='delivery_by_time'),
        ),
    ]
