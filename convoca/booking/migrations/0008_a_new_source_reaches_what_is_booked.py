from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('booking', '0007_the_owner_is_told_of_trouble'),
    ]

    operations = [
        migrations.AddField(
            model_name='meeting',
            name='stands_in',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='schedule',
            name='applying',
            field=models.CharField(blank=True, choices=[('', 'To nothing that exists'), ('missing', 'To what has no link'), ('all', 'To everything booked')], default='', max_length=8),
        ),
        migrations.AlterField(
            model_name='notification',
            name='kind',
            field=models.CharField(choices=[('confirmation', 'Confirmation'), ('link_ready', 'Meeting link'), ('link_changed', 'New meeting link'), ('backup_link', 'Backup link'), ('reminder', 'Reminder'), ('cancellation', 'Cancellation'), ('request', 'Request received'), ('approval_wanted', 'Approval wanted'), ('declined', 'Request declined'), ('moved', 'Appointment moved'), ('waiting', 'Waiting list'), ('offer', 'A place is free'), ('offer_passed', 'The offer has passed'), ('left', 'Cancelled with a message')], max_length=16),
        ),
    ]
