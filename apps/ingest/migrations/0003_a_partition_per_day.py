"""The ledger of deliveries becomes a table with a partition per UTC day, rows kept."""

import django.db.models.deletion
from django.db import migrations, models

#: An identity column would not be handed down to partitions before Postgres 17, so the id has a sequence.
PARTITIONED = """
ALTER TABLE ingest_quarantined DROP CONSTRAINT IF EXISTS {foreign_key};
ALTER TABLE ingest_delivery RENAME TO ingest_delivery_whole;
CREATE SEQUENCE ingest_delivery_number AS bigint;
CREATE TABLE ingest_delivery (
  id bigint NOT NULL DEFAULT nextval('ingest_delivery_number'),
  body bytea,
  headers jsonb NOT NULL,
  received_at timestamptz NOT NULL DEFAULT statement_timestamp(),
  state varchar(20) NOT NULL DEFAULT 'received',
  items integer CHECK (items >= 0),
  error varchar(300) NOT NULL DEFAULT '',
  lease_until timestamptz,
  token bigint NOT NULL DEFAULT 0,
  attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  processed_at timestamptz,
  hook_id bigint NOT NULL REFERENCES tenants_hook (id) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT ingest_delivery_by_day PRIMARY KEY (id, received_at)
) PARTITION BY RANGE (received_at);
ALTER SEQUENCE ingest_delivery_number OWNED BY ingest_delivery.id;
CREATE INDEX delivery_of_hook ON ingest_delivery (hook_id);
CREATE INDEX delivery_waiting_by_hook ON ingest_delivery (hook_id, id) WHERE state = 'received';
CREATE TABLE ingest_delivery_default PARTITION OF ingest_delivery DEFAULT;
DO $$
DECLARE
  today date := (now() AT TIME ZONE 'UTC')::date;
  first date := coalesce((SELECT min(received_at AT TIME ZONE 'UTC')::date FROM ingest_delivery_whole), today);
  day date;
BEGIN
  FOR day IN SELECT generate_series(greatest(first, today - 31), today + 7, '1 day')::date LOOP
    EXECUTE format(
      'CREATE TABLE %I PARTITION OF ingest_delivery FOR VALUES FROM (%L) TO (%L)',
      'ingest_delivery_' || to_char(day, 'YYYYMMDD'),
      day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC'
    );
  END LOOP;
END $$;
INSERT INTO ingest_delivery
  (id, body, headers, received_at, state, items, error, lease_until, token, attempts, processed_at, hook_id)
SELECT id, body, headers, received_at, state, items, error, lease_until, token, attempts, processed_at, hook_id
FROM ingest_delivery_whole;
SELECT setval('ingest_delivery_number', (SELECT coalesce(max(id), 0) + 1 FROM ingest_delivery_whole), false);
DROP TABLE ingest_delivery_whole;
"""
FOREIGN_KEY = """
SELECT conname FROM pg_constraint
WHERE conrelid = 'ingest_quarantined'::regclass AND confrelid = 'ingest_delivery'::regclass
"""


def partition(apps, schema_editor):
    """Recreates the table. The foreign key's name was made up by Django, so it is looked up."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(FOREIGN_KEY)
        found = cursor.fetchone()
    name = schema_editor.quote_name(found[0] if found else "none")
    schema_editor.execute(PARTITIONED.replace("{foreign_key}", name), params=None)


class Migration(migrations.Migration):

    dependencies = [
        ('ingest', '0002_dismissed'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(partition)],
            state_operations=[
                migrations.AlterField(
                    model_name='delivery',
                    name='body',
                    field=models.BinaryField(null=True),
                ),
                migrations.AlterField(
                    model_name='quarantined',
                    name='delivery',
                    field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='quarantined', to='ingest.delivery'),
                ),
                migrations.RemoveIndex(
                    model_name='delivery',
                    name='delivery_waiting',
                ),
                migrations.RemoveIndex(
                    model_name='delivery',
                    name='delivery_by_time',  # a day is a partition now
                ),
                migrations.AddIndex(
                    model_name='delivery',
                    index=models.Index(condition=models.Q(('state', 'received')), fields=['hook', 'id'], name='delivery_waiting_by_hook'),
                ),
            ],
        ),
    ]
