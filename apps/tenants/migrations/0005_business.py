from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tenants', '0004_workspace_progress'),
    ]

    operations = [
        migrations.AddField(
            model_name='workspace',
            name='time_zone',
            field=models.CharField(blank=True, default='', max_length=64),
        ),
        migrations.AddField(
            model_name='workspace',
            name='logo',
            field=models.CharField(blank=True, default='', editable=False, max_length=200),
        ),
    ]
