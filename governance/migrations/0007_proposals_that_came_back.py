"""Proposals whose request was sent or pulled back say so themselves."""

from django.db import migrations

CAME_BACK = ("returned", "pulled_back")


def say_so(apps, editor):
    proposals = apps.get_model("governance", "ContinuationProposal").objects.filter(state="proposed")
    requests = apps.get_model("pmo_portal", "ApprovalRequest").objects.filter(
        kind="investment.continuation", state__in=CAME_BACK
    )
    for state in CAME_BACK:
        proposals.filter(pk__in=requests.filter(state=state).values("object_id")).update(state=state)


def say_proposed(apps, editor):
    apps.get_model("governance", "ContinuationProposal").objects.filter(state__in=CAME_BACK).update(state="proposed")


class Migration(migrations.Migration):
    dependencies = [
        ("governance", "0006_proposals_come_back"),
        ("pmo_portal", "0019_custom_fields"),
    ]

    operations = [migrations.RunPython(say_so, say_proposed)]
