from django.db import migrations

from pmo_portal.audit import triggers


def lay(apps, schema_editor):
    triggers.lay(schema_editor.connection)


def lift(apps, schema_editor):
    triggers.lift(schema_editor.connection)


class Migration(migrations.Migration):
    """Triggers refuse to change or drop audit entries. A later migration that rebuilds these tables must lay them anew."""

    dependencies = [("pmo_portal", "0004_personplacement")]
    operations = [migrations.RunPython(lay, lift, elidable=False)]
