import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('work', '0002_turns_at_buckets_and_gaps'),
    ]

    operations = [
        migrations.CreateModel(
            name='Chore',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, unique=True)),
                ('due_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('lease_until', models.DateTimeField(null=True)),
                ('token', models.BigIntegerField(db_default=0)),
                ('attempts', models.PositiveIntegerField(db_default=0)),
                ('error', models.CharField(blank=True, db_default='', default='', max_length=300)),
                ('done_at', models.DateTimeField(null=True)),
            ],
        ),
    ]
