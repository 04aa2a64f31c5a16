"""The floor: what Django itself costs here. Session, person, one query of 50 rows × 8 columns, a base layout with a menu,
a page of 34 KB; a POST that keeps one row; 100 rows as JSON; all rows as CSV. Nothing of the portal's pages is on the way."""

from __future__ import annotations

import csv as csv_writer
import io

from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.template import Engine
from django.template.context import RequestContext
from django.urls import path
from django.utils import timezone

from pmo_portal.accounts.models import LastSeen
from projects.register.models import Project

BASE = """<!doctype html><html lang="{{ language }}"><head><meta charset="utf-8"><title>{% block title %}{% endblock %}</title>
<link rel="stylesheet" href="/static/app.css"><script src="/static/app.js" defer></script></head><body>
<nav aria-label="Rooms"><ul>{% for room in menu %}<li><a href="{{ room.url }}" title="{{ room.label }}"{% if room.active %} aria-current="page"{% endif %}><svg class="icon" aria-hidden="true"><use href="/static/icons.svg#{{ room.icon }}"/></svg><span class="label">{{ room.label }}</span></a></li>{% endfor %}</ul></nav>
<header><form action="/search/"><input type="search" name="q"></form><span>{{ user.name_ja }}</span><a href="/logout/">Sign out</a></header>
<main>{% block content %}{% endblock %}</main></body></html>"""
PAGE = """{% extends "base" %}{% block title %}Floor{% endblock %}{% block content %}<h1>Projects</h1>
<table class="table"><thead><tr>{% for head in heads %}<th scope="col"><a href="?sort={{ head }}">{{ head }}</a></th>{% endfor %}</tr></thead><tbody>
{% for p in rows %}<tr data-row><td class="key"><a href="/projects/{{ p.key }}/">{{ p.key }}</a></td><td class="name"><a href="/projects/{{ p.key }}/">{{ p.name_ja }}</a></td>
<td class="stage text-nowrap" data-label="Stage">{{ p.stage }}</td><td class="tier text-nowrap" data-label="Tier">{{ p.tier }}</td><td class="{% if p.confidence == "red" %}is-bad{% endif %}"><span class="mark is-{{ p.confidence }}">{{ p.confidence }}</span></td>
<td class="end text-nowrap" data-label="Approved budget">{{ p.approved_budget|floatformat:"0g" }}</td><td class="end text-nowrap" data-label="Forecast finish">{{ p.forecast_finish_on|date:"Y-m-d" }}</td><td class="state" data-label="State"><span class="pill is-{{ p.state }}">{{ p.state }}</span></td></tr>
{% endfor %}</tbody></table><p><a href="?page=2">Next</a></p>{% endblock %}"""
FIELDS = ("key", "name_ja", "stage", "tier", "confidence", "approved_budget", "forecast_finish_on", "state")
MENU = [
    {"url": f"/rooms/{n}/", "label": f"Room number {n}", "icon": f"icon-{n}", "active": n == 3} for n in range(1, 31)
]
engine = Engine(
    loaders=[
        (
            "django.template.loaders.cached.Loader",
            [("django.template.loaders.locmem.Loader", {"base": BASE, "page": PAGE})],
        )
    ]
)


def page(request):
    rows = Project.objects.only(*FIELDS).filter(archived_at=None).order_by("key")[:50]
    context = {"rows": rows, "user": request.user, "menu": MENU, "heads": FIELDS, "language": "ja"}
    return HttpResponse(engine.get_template("page").render(RequestContext(request, context)))


def post(request):
    LastSeen.objects.update_or_create(
        person=request.user, place=f"floor:{request.GET.get('n', '')}", defaults={"at": timezone.now()}
    )
    return HttpResponse("kept")


def api(request):
    rows = list(Project.objects.filter(archived_at=None).order_by("key").values(*FIELDS)[:100])
    return JsonResponse({"rows": rows, "user": request.user.pk})


def csv(request):
    return StreamingHttpResponse(_lines(), content_type="text/csv")


def _lines():
    buffer = io.StringIO()
    writer = csv_writer.writer(buffer)
    rows = Project.objects.filter(archived_at=None).order_by("key").values_list(*FIELDS)
    for number, row in enumerate(rows.iterator(chunk_size=1000), 1):
        writer.writerow(row)
        if number % 1000 == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


urlpatterns = [path("", page), path("post/", post), path("api/", api), path("csv/", csv)]
