"""Proposals of an existing office become requests of the approval engine: what waits keeps whom it was asked of, what is
decided or withdrawn keeps who decided and when. Evidence that was frozen goes along; where nothing was frozen yet, it is
when somebody decides."""

import hashlib
import json
from datetime import date

from django.core.serializers.json import DjangoJSONEncoder
from django.db import migrations

KIND = "investment.continuation"
NAMES = {"ja": "継続判断", "en": "Continue or stop"}
STEP = {"name_ja": "継続判断の決裁", "name_en": "Decision on the project"}
COURSES = {
    "continue": ("継続", "Continue"),
    "conditional": ("条件付き継続", "Continue with conditions"),
    "pause": ("休止", "Pause"),
    "stop": ("中止", "Stop"),
}
STATES = {"proposed": "running", "decided": "approved", "withdrawn": "withdrawn"}


def plain(value):
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False))


def digest_of(content, reason):
    """As the engine hashes; the migration keeps its own copy of how it was on the day."""
    said = json.dumps([content, reason], sort_keys=True, ensure_ascii=False, cls=DjangoJSONEncoder)
    return hashlib.sha256(said.encode()).hexdigest()


def put_on_a_route(apps, schema_editor):
    proposals = apps.get_model("governance", "ContinuationProposal").objects.select_related("project").order_by("number")
    model = apps.get_model
    if not proposals.exists() and not model("pmo_portal", "ApprovalRoute").objects.exists():
        return  # a new office gets its first routes with its set-up
    route = _route(model)
    types = model("contenttypes", "ContentType").objects
    about, _made = types.get_or_create(app_label="governance", model="continuationproposal")
    requests, _made = types.get_or_create(app_label="pmo_portal", model="approvalrequest")
    newest = model("pmo_portal", "ApprovalRequest").objects.order_by("-number").first()
    number = newest.number if newest else 0
    for proposal in proposals.iterator(200):
        number += 1
        _move(model, proposal, number, route, about, requests)


def _route(model):
    found = model("pmo_portal", "ApprovalRoute").objects.filter(kind=KIND).first()
    if found is not None:
        return found
    route = model("pmo_portal", "ApprovalRoute").objects.create(
        code="investment-continuation-1",
        kind=KIND,
        name_ja=NAMES["ja"],
        name_en=NAMES["en"],
        starts_on=date(2020, 4, 1),
    )
    model("pmo_portal", "ApprovalRouteStep").objects.create(
        route=route, position=1, manner="decide", who="record", days=5, **STEP
    )
    return route


def _move(model, proposal, number, route, about, requests):
    ja, en = COURSES[proposal.course]
    content = plain(
        {
            "course": proposal.course,
            "conditions": proposal.conditions_text,
            "decide_by": proposal.decide_by,
            **({"evidence": proposal.evidence} if proposal.evidence else {}),
        }
    )
    request = model("pmo_portal", "ApprovalRequest").objects.create(
        number=number,
        kind=KIND,
        content_type=about,
        object_id=proposal.pk,
        scope_id=proposal.project.scope_id,
        label_ja=f"{NAMES['ja']}: {proposal.project.name_ja or proposal.project.name_en} – {ja}"[:300],
        label_en=f"{NAMES['en']}: {proposal.project.name_en or proposal.project.name_ja} – {en}"[:300],
        drafter_id=proposal.proposed_by_id,
        reason=proposal.reason,
        needed_by=proposal.decide_by,
        content=content,
        digest=digest_of(content, proposal.reason),
        route=route,
        state=STATES[proposal.state],
        submitted_at=proposal.proposed_at,
        ended_at=proposal.decided_at or (None if proposal.state == "proposed" else proposal.updated_at),
    )
    step = model("pmo_portal", "ApprovalStep").objects.create(
        request=request,
        round=1,
        position=1,
        manner="decide",
        need=1,
        days=5,
        opened_at=proposal.proposed_at,
        ended_at=request.ended_at,
        **STEP,
    )
    seats = model("pmo_portal", "ApprovalSeat").objects
    if proposal.decided_by_id:
        seats.create(
            step=step,
            person_id=proposal.decided_by_id,
            state="for",
            acted_by_id=proposal.decided_by_id,
            acted_at=proposal.decided_at,
            comment=proposal.decision_reason,
            digest=request.digest,
            answer={"course": proposal.decided_course},
        )
    waiting = model("pmo_portal", "Ask").objects.filter(kind="investment.decision", content_type=about)
    for ask in waiting.filter(object_id=proposal.pk, state="open"):
        seat = seats.create(step=step, person_id=ask.person_id)
        ask.content_type, ask.object_id, ask.key = requests, request.pk, f"approval-seat:{seat.pk}:1"
        ask.save(update_fields=["content_type", "object_id", "key"])


class Migration(migrations.Migration):
    dependencies = [
        ("governance", "0004_proposals_on_a_route"),
        ("pmo_portal", "0017_approvals_say_more"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    # The way back leaves the requests: proposals keep their own words.
    operations = [migrations.RunPython(put_on_a_route, migrations.RunPython.noop)]
