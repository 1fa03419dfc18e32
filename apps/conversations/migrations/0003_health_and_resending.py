import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0002_message_via'),
        ('inboxes', '0003_account_and_hook'),
    ]

    operations = [
        migrations.AddField(
            model_name='message',
            name='former_ids',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), db_default=[], default=list, size=None),
        ),
        migrations.AddField(
            model_name='message',
            name='wait_until',
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name='message',
            name='changed_at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
        ),
        migrations.AlterField(
            model_name='message',
            name='created_at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
        ),
        migrations.AlterField(
            model_name='statechange',
            name='at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
        ),
        migrations.CreateModel(
            name='InboxHealth',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status_at', models.DateTimeField(null=True)),
                ('paused_until', models.DateTimeField(null=True)),
                ('paused_for', models.CharField(blank=True, max_length=20)),
                ('strikes', models.PositiveSmallIntegerField(default=0)),
                ('inbox', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='health', to='inboxes.inbox')),
            ],
        ),
    ]
