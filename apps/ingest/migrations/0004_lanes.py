"""Deliveries know the number that they seem to be for, and are worked number by number."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ingest', '0003_a_partition_per_day'),
    ]

    operations = [
        migrations.AddField(
            model_name='delivery',
            name='lane',
            field=models.CharField(db_default='', max_length=60),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('state', 'received')), fields=['hook', 'lane', 'id'], name='delivery_waiting_by_lane'),
        ),
        migrations.RemoveIndex(
            model_name='delivery',
            name='delivery_waiting_by_hook',
        ),
    ]
