"""When somebody last wrote to a workspace or worked in it."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tenants', '0005_business'),
    ]

    operations = [
        migrations.AddField(
            model_name='workspace',
            name='active_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]
