from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('work', '0006_unlogged_buckets'),
    ]

    operations = [
        migrations.AddField(
            model_name='workitem',
            name='held_up',
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
    ]
