"""Incidents, the mails that tell the owner of them, and what the owner has answered."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('booking', '0006_schedules_close_and_people_miss'),
    ]

    operations = [
        migrations.CreateModel(
            name='Alert',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('opened', 'Trouble'), ('still_open', 'Still trouble, a day before'), ('all_clear', 'All clear'), ('receipt', 'Receipt of a disconnection')], max_length=16)),
                ('due_at', models.DateTimeField(blank=True, null=True)),
                ('claim', models.UUIDField(blank=True, null=True)),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('unanswered', models.PositiveSmallIntegerField(default=0)),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('dropped_at', models.DateTimeField(blank=True, null=True)),
                ('failed', models.BooleanField(default=False)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Incident',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('access', 'Access withdrawn'), ('misconfigured', 'The operator must act'), ('refused', 'Refused by the provider'), ('unreachable', 'The provider does not answer'), ('quota', 'The allowance comes too late'), ('deleted', 'Deleted at the provider')], max_length=16)),
                ('provider', models.CharField(max_length=32)),
                ('opened_at', models.DateTimeField()),
                ('healed_at', models.DateTimeField(blank=True, null=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('quiet_until', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.AddField(
            model_name='auditentry',
            name='connection',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='audit', to='booking.connection'),
        ),
        migrations.AddField(
            model_name='connection',
            name='replaced_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='replaces', to='booking.connection'),
        ),
        migrations.AddField(
            model_name='connection',
            name='was_revoked',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='meeting',
            name='accepted',
            field=models.CharField(blank=True, max_length=100),
        ),
        migrations.AddField(
            model_name='notification',
            name='failed',
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name='auditentry',
            name='verb',
            field=models.CharField(choices=[('booked', 'Booked'), ('requested', 'Requested'), ('approved', 'Approved'), ('declined', 'Declined'), ('moved', 'Moved'), ('cancelled', 'Cancelled'), ('restored', 'Taken back'), ('waits', 'Joined the waiting list'), ('offered', 'Was offered a place'), ('accepted', 'Took the offered place'), ('passed_over', 'Let the offer pass'), ('edited', 'Edited'), ('opened', 'Made the slot'), ('invited', 'Invited'), ('joined', 'Joined'), ('added', 'Added by hand'), ('ranked', 'Rights changed'), ('blocked', 'Blocked'), ('unblocked', 'No longer blocked'), ('missed', 'Marked as no-show'), ('came', 'No longer marked as no-show'), ('sent_again', 'Link sent again'), ('deleted', 'Deleted the schedule'), ('connected', 'Connected'), ('disconnected', 'Disconnected'), ('withdrawn', 'Access withdrawn'), ('wiped', 'Credentials deleted')], max_length=16),
        ),
        migrations.AddIndex(
            model_name='meeting',
            index=models.Index(condition=models.Q(('observed__in', ['nothing', 'unknown', 'gone']), ('wanted', 'present')), fields=['account', 'slot'], name='meeting_unready'),
        ),
        migrations.AddIndex(
            model_name='meeting',
            index=models.Index(fields=['connection', 'ready_at'], name='meeting_ready_last'),
        ),
        migrations.AddIndex(
            model_name='meeting',
            index=models.Index(condition=models.Q(('observed', 'gone')), fields=['account'], name='meeting_gone'),
        ),
        migrations.AddIndex(
            model_name='meeting',
            index=models.Index(condition=models.Q(('differences', ''), _negated=True), fields=['account'], name='meeting_different'),
        ),
        migrations.AddIndex(
            model_name='notification',
            index=models.Index(condition=models.Q(('failed', True)), fields=['account'], name='notification_failed'),
        ),
        migrations.AddField(
            model_name='alert',
            name='account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='alerts', to='booking.account'),
        ),
        migrations.AddField(
            model_name='alert',
            name='connection',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='alerts', to='booking.connection'),
        ),
        migrations.AddField(
            model_name='incident',
            name='account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='incidents', to='booking.account'),
        ),
        migrations.AddField(
            model_name='incident',
            name='connection',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='incidents', to='booking.connection'),
        ),
        migrations.AddField(
            model_name='alert',
            name='incident',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='alerts', to='booking.incident'),
        ),
        migrations.AddConstraint(
            model_name='incident',
            constraint=models.UniqueConstraint(condition=models.Q(('closed_at__isnull', True), ('connection__isnull', False)), fields=('account', 'kind', 'provider', 'connection'), name='incident_open_once'),
        ),
        migrations.AddConstraint(
            model_name='incident',
            constraint=models.UniqueConstraint(condition=models.Q(('closed_at__isnull', True), ('connection__isnull', True)), fields=('account', 'kind', 'provider'), name='incident_open_once_without_connection'),
        ),
        migrations.AddIndex(
            model_name='alert',
            index=models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='alert_due'),
        ),
        migrations.AddConstraint(
            model_name='alert',
            constraint=models.UniqueConstraint(fields=('incident', 'kind'), name='alert_once_per_incident'),
        ),
    ]
