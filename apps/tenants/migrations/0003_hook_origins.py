from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenants", "0002_vector")]

    operations = [
        migrations.AddField(
            model_name="hook",
            name="origins",
            field=models.TextField(blank=True, default=""),
        ),
    ]
