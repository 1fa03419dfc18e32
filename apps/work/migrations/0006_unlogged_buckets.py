"""A bucket's state is worth no wait for the disk: four of them are asked in each turn, and after a crash of Postgres
they begin full, which lets through at most one burst more.
"""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("work", "0005_soonest"),
    ]

    operations = [
        migrations.RunSQL("ALTER TABLE work_bucket SET UNLOGGED", "ALTER TABLE work_bucket SET LOGGED"),
    ]
