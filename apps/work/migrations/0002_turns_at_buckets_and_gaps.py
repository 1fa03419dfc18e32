import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('work', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='pulse',
            name='gap',
            field=models.FloatField(db_default=0.0),
        ),
        migrations.AddField(
            model_name='pulse',
            name='since',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
        ),
        migrations.AddField(
            model_name='workitem',
            name='slot',
            field=models.CharField(blank=True, db_default='', default='', max_length=80),
        ),
        migrations.AddField(
            model_name='workitem',
            name='slot_at',
            field=models.DateTimeField(null=True),
        ),
    ]
