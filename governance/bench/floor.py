"""The floor page: what Django itself costs here. Session, person, one query of 50 rows × 8 columns, a page of 34 KB."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.template import engines
from django.urls import path

from pmo_portal.accounts.models import LastSeen
from projects.register.models import Project

MENU = "".join(
    f'<li><a href="/room/{n}/"><svg class="i"><use href="/static/icons.svg#i{n}"/></svg><span>Room {n}</span></a></li>'
    for n in range(30)
)
ROWS = """{% for p in rows %}<tr class="row"><td class="c1"><a href="/p/{{ p.key }}/">{{ p.key }}</a></td><td class="c2"><a href="/p/{{ p.key }}/">{{ p.name_ja }}</a></td><td class="c3">{{ p.stage }}</td>
<td class="c4">{{ p.tier }}</td><td class="c5">{{ p.confidence }}</td><td class="c6 end">{{ p.approved_budget }}</td><td class="c7 end">{{ p.forecast_finish_on|date:"Y-m-d" }}</td><td class="c8">{{ p.state }}</td></tr>{% endfor %}"""
PAGE = f"<!doctype html><html lang=en><head><title>Floor</title></head><body><nav><ul>{MENU}</ul></nav><p>{{{{ user.name_ja }}}}</p><table>{ROWS}</table></body></html>"
FIELDS = ("key", "name_ja", "stage", "tier", "confidence", "approved_budget", "forecast_finish_on", "state")


def rows():
    return Project.objects.only(*FIELDS).order_by("key")[:50]


def page(request):
    return HttpResponse(engines["django"].from_string(PAGE).render({"rows": rows(), "user": request.user}, request))


def post(request):
    LastSeen.objects.update_or_create(person=request.user, place="bench", defaults={"at": request.user.updated_at})
    return HttpResponse("ok")


def api(request):
    return JsonResponse({"rows": list(Project.objects.order_by("key").values(*FIELDS)[:100]), "user": request.user.pk})


def csv(request):
    found = Project.objects.order_by("key").values_list(*FIELDS).iterator(chunk_size=1000)
    return StreamingHttpResponse((",".join(str(v) for v in row) + "\n" for row in found), content_type="text/csv")


urlpatterns = [path("", page), path("post/", post), path("api/", api), path("csv/", csv)]
