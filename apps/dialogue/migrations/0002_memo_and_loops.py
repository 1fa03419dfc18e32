import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0003_health_and_resending'),
        ('dialogue', '0001_initial'),
    ]

    operations = [
        migrations.AlterField(
            model_name='turn',
            name='outcome',
            field=models.CharField(choices=[('answered', 'Answered'), ('asked_person', 'The contact asked for a person'), ('handed_off', 'The assistant asked for a person'), ('opted_out', 'The contact does not want to be written to'), ('stopped', 'The contact asked to stop'), ('resumed', 'The contact wants to be written to again'), ('person_talking', 'People have the conversation'), ('bot_off', 'The bot is switched off'), ('inbox_off', 'The inbox is not connected'), ('nothing_to_say', 'Nothing in it asks for an answer'), ('taken_over', 'A person took over meanwhile'), ('model_failed', 'The model gave no answer'), ('set_aside', 'Deciding failed again and again'), ('loop', 'Two machines were talking to each other')], max_length=20),
        ),
        migrations.CreateModel(
            name='Memo',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=64)),
                ('answer', models.JSONField()),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('conversation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memos', to='conversations.conversation')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('conversation', 'key'), name='memo_once')],
            },
        ),
    ]
