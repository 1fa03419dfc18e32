"""Who of the staff came in, and what they looked at."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('tenants', '0006_workspace_active_at'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Visit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254)),
                ('address', models.GenericIPAddressField(null=True)),
                ('agent', models.CharField(blank=True, max_length=200, verbose_name='browser')),
                ('entered_at', models.DateTimeField(auto_now_add=True)),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who')),
            ],
            options={
                'verbose_name': 'visit of staff',
                'verbose_name_plural': 'visits of staff',
            },
        ),
        migrations.CreateModel(
            name='Look',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254)),
                ('what', models.CharField(choices=[('workspace', 'Opened a workspace'), ('person', 'Opened a person'), ('body', 'Read a body'), ('download', 'Downloaded a body'), ('search', 'Searched the bodies')], max_length=20)),
                ('subject', models.CharField(blank=True, max_length=200, verbose_name='whose, which')),
                ('words', models.CharField(blank=True, max_length=200, verbose_name='searched for')),
                ('looked_at', models.DateTimeField(auto_now_add=True)),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who')),
                ('workspace', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.workspace')),
            ],
            options={
                'verbose_name': "look at customers' data",
                'verbose_name_plural': "looks at customers' data",
                'indexes': [models.Index(fields=['workspace', '-id'], name='look_workspace')],
            },
        ),
    ]
