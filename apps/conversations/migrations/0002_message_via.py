from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='message',
            name='via',
            field=models.CharField(blank=True, default='', max_length=80),
        ),
    ]
