"""The approver's pages: what waits for me, one request, the routes, how long things wait."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext, pgettext

from pmo_portal import access, audit
from pmo_portal.approvals import actions, forms, queries, turns
from pmo_portal.approvals.access import SEE_WAITING_TIMES
from pmo_portal.approvals.kinds import kinds
from pmo_portal.approvals.lists import RequestList, kind_label
from pmo_portal.approvals.models import ApprovalRequest
from pmo_portal.i18n.dates import format_moment_in_full
from pmo_portal.measures import figure_url
from pmo_portal.pages import ActPage, DeskPage, ListPage, RecordPage
from pmo_portal.pages.standing import tell_standing

SECTION = "approvals:waiting"
AGAIN = "approvals.again"  # in the session: what was ticked and not signed, for the page that says so
EACH, MOST = 50, 300  # requests of a kind that are shown: beside other kinds, and alone


class WaitingPage(DeskPage):
    """What waits for my signature; like requests can be signed together."""

    seen_by = access.EVERYONE
    section = SECTION
    template_name = "pmo_portal/approvals/waiting_desk.html"

    def title(self) -> str:
        count = sum(alike.count for alike in self.waiting)
        if not count:
            return _("Nothing waits for your signature")
        return ngettext(
            "%(count)s request waits for your signature", "%(count)s requests wait for your signature", count
        ) % {"count": count}

    @property
    def only(self) -> str:
        """The kind that was asked for alone; empty: all of them."""
        return self.request.GET.get("kind", "") if self.request.GET.get("kind") in kinds else ""

    @cached_property
    def waiting(self) -> list[queries.Alike]:
        return queries.waiting_groups(self.viewer, MOST if self.only else EACH, kind=self.only)

    def content(self) -> dict[str, Any]:
        again = self.request.session.pop(AGAIN, {})
        return {
            "groups": self.waiting,
            "only": self.only,
            "ticked": again.get("ticked", ()),
            "comment": again.get("comment", ""),
            "now": timezone.now(),
            "drafted": list(
                queries.requests(self.viewer)
                .filter(queries.by_drafter(self.viewer))
                .exclude(state__in=("approved", "rejected", "withdrawn"))[:20]
            ),
        }

    def post(self, request, *args, **kwargs) -> HttpResponse:
        """Sign the ticked ones, each on the version that was shown."""
        ticked, chosen, refused = request.POST.getlist("request"), [], []
        named = [pk for pk in (value.partition(":")[0] for value in ticked) if pk.isdecimal() and len(pk) < 18]
        shown = {str(r.pk): r for r in queries.waiting_for(self.viewer).filter(pk__in=named[:MOST])}
        for value in ticked:
            pk, _dots, version = value.partition(":")
            found = shown.get(pk)
            if found is None:
                refused += self.too_late(pk)
            elif version != str(found.version):
                refused.append((found, _("It changed since it was shown; look at it again.")))
            else:
                chosen.append(found)
        comment = request.POST.get("comment", "")[:4000]
        told = actions.decide_many(chosen, by=self.viewer, comment=comment)
        refused += [(found, fault) for found, fault in told if fault]
        if refused:
            # What changed meanwhile is to be read anew: only what was shown as it is stays ticked.
            again = [found.pk for found, fault in told if fault]
            request.session[AGAIN] = {"ticked": again, "comment": comment}
        self.tell(sum(1 for _found, fault in told if not fault), refused)
        if not ticked:
            messages.info(request, _("Tick the requests that you want to sign."))
        return HttpResponseRedirect(reverse("approvals:waiting") + (f"?kind={self.only}" if self.only else ""))

    def too_late(self, pk: str) -> list[tuple[ApprovalRequest, str]]:
        """What to say of a ticked request that waits for the viewer no more."""
        found = queries.requests(self.viewer).filter(pk=pk).first() if pk.isdecimal() and len(pk) < 18 else None
        told = turns.settled(found, self.viewer) if found else None
        return [(found, str(told))] if found and told else []

    def tell(self, done: int, refused: list[tuple[ApprovalRequest, str]]) -> None:
        """How many were signed; each that was not, with its reason, until the page is left."""
        if done:
            said = ngettext(
                "You approved %(count)s request on %(at)s.", "You approved %(count)s requests on %(at)s.", done
            )
            messages.success(self.request, said % {"count": done, "at": format_moment_in_full(timezone.now())})
        if refused:
            heading = ngettext(
                "%(count)s request was not signed", "%(count)s requests were not signed", len(refused)
            ) % {"count": len(refused)}
            tell_standing(self.request, heading, [(r.get_absolute_url(), str(r), why) for r, why in refused])


class RequestListPage(ListPage):
    list_class = RequestList
    section = SECTION


class RequestRecordPage(RecordPage):
    """What, how much, against which budget, what is unusual; one key to decide."""

    model = ApprovalRequest
    lookup = {"number": "number"}
    related = queries.RELATED
    section = SECTION
    template_name = "pmo_portal/approvals/request_record.html"

    def title(self) -> str:
        return self.record.label

    def content(self) -> dict[str, Any]:
        request = self.record
        steps = turns.steps_of(request)
        seat = turns.seat_of(request, self.viewer, steps=steps)
        lines = queries.lines_of(request)
        kind = kinds.get(request.kind)
        about = queries.record_of(self.viewer, request)
        decide_url = queries.decide_url(self.viewer, request, seat, about, steps)
        history = audit.told(audit.history(self.viewer, request)[:40])
        is_back = request.state == ApprovalRequest.State.RETURNED
        return {
            "sent_back": next((t.entry for t in history if t.entry.action == "sent_back"), None) if is_back else None,
            "stands_in_for": stood_in_for(seat, self.viewer),
            "others": queries.others_about(self.viewer, request, about),
            "approval": request,
            "kind_label": kind_label(request),
            "columns": queries.drawn(self.viewer, request, steps),
            "earlier_rounds": range(1, request.round),
            "seat": seat,
            "is_informing": seat is not None and seat.step.manner in ("inform", "after"),
            "lines": lines,
            "unusual": [line for line in lines if line.unusual],
            "about": about,
            "comments": list(request.comments.select_related("by")),
            "history": history,
            "is_untouched": queries.is_untouched(request),
            "edit_url": kind.edit_url(request) if kind and kind.edit_url else "",
            "decide_url": decide_url,
            "following": self.following(steps) if seat is None else None,
            "needs_detail": bool(decide_url) and queries.needs_detail(request),
            "comment_form": forms.CommentForm(),
        }

    def following(self, steps) -> ApprovalRequest | None:
        """For whoever has signed here: what waits for them next."""
        has_signed = any(seat.acted_by_id == self.viewer.pk for step in steps for seat in step.seats.all())
        return queries.waiting_for(self.viewer).exclude(pk=self.record.pk).first() if has_signed else None


def stood_in_for(seat, viewer):
    """In whose name the viewer would sign; None: their own."""
    return seat.person if seat is not None and seat.person_id != viewer.pk else None


class _OfRequest(ActPage):
    model = ApprovalRequest
    lookup = {"number": "number"}
    related = queries.RELATED
    section = SECTION
    template_name = "pmo_portal/approvals/sign_form.html"
    verb = ""

    def initial(self) -> dict[str, Any]:
        return {"version": self.record.version, "digest": self.record.digest}

    def title(self) -> str:
        return f"{self.verb}: {self.record}"

    def content(self) -> dict[str, Any]:
        return {"approval": self.record, "lines": queries.lines_of(self.record), "verb": self.verb}


class _Signing(_OfRequest):
    """What only somebody whose turn it is may do. Who comes too late reads who was first, who signs gets a receipt."""

    permit = "sign"

    @property
    def receipt(self) -> str:
        raise NotImplementedError

    def admit(self) -> None:
        try:
            super().admit()
        except PermissionDenied as refusal:
            raise turns.settled(self.record, self.viewer) or refusal from None

    def collided(self, form, conflict) -> HttpResponse:
        """Sent twice at once: the first one counts."""
        if turns.seat_of(conflict.current, self.viewer) is None and (
            told := turns.settled(conflict.current, self.viewer)
        ):
            raise told
        return super().collided(form, conflict)

    @cached_property
    def seat(self):
        """Where the viewer signs; kept, as it is theirs no more afterwards."""
        return turns.seat_of(self.record, self.viewer)

    def content(self) -> dict[str, Any]:
        return super().content() | {"stands_in_for": stood_in_for(self.seat, self.viewer)}

    @property
    def is_informing(self) -> bool:
        return self.seat is not None and self.seat.step.manner in ("inform", "after")

    def succeeded(self, outcome) -> HttpResponse:
        said = {"request": self.record, "at": format_moment_in_full(timezone.now())}
        messages.success(self.request, self.receipt % said)
        return super().succeeded(outcome)


class Signature(_Signing):
    """Approve, or take note: what is asked once more, and a word with it."""

    form_class = forms.SignForm

    def get(self, request, *args, **kwargs) -> HttpResponse:
        return HttpResponseRedirect(url) if (url := self.detail_url()) else super().get(request, *args, **kwargs)

    def detail_url(self) -> str:
        """The page that decides where a yes does not say enough."""
        if self.seat is None or not queries.needs_detail(self.record):
            return ""
        about = queries.record_of(self.viewer, self.record)
        return queries.decide_url(self.viewer, self.record, self.seat, about)

    @property
    def verb(self) -> str:
        return pgettext("verb", "Take note") if self.is_informing else _("Approve")

    @property
    def receipt(self) -> str:
        return (
            _("You took note of %(request)s on %(at)s.")
            if self.is_informing
            else _("You approved %(request)s on %(at)s.")
        )

    def form_arguments(self) -> dict[str, Any]:
        return {"must_say_why": self.seat is not None and turns.must_say_why(self.record, self.seat, self.viewer)}

    def act(self, record, form):
        return actions.approve(record, by=self.viewer, **form.cleaned_data)


class Refusal(Signature):
    form_class = forms.RefusalForm

    def detail_url(self) -> str:
        return ""

    @property
    def verb(self) -> str:
        return _("Reject")

    @property
    def receipt(self) -> str:
        return _("You rejected %(request)s on %(at)s.")

    def form_arguments(self) -> dict[str, Any]:
        return {}

    def act(self, record, form):
        return actions.reject(record, by=self.viewer, **form.cleaned_data)


class SendingBack(_Signing):
    form_class = forms.SendBackForm

    @property
    def verb(self) -> str:
        return _("Send back")

    @property
    def receipt(self) -> str:
        return _("You sent back %(request)s on %(at)s.")

    def form_arguments(self) -> dict[str, Any]:
        return {"steps": queries.earlier_positions(self.record, self.seat)}

    def act(self, record, form):
        return actions.send_back(record, by=self.viewer, **form.cleaned_data)

    def success_url(self, outcome) -> str:
        return reverse("approvals:waiting")


class StepAddition(_Signing):
    form_class = forms.AddStepForm

    @property
    def verb(self) -> str:
        return _("Ask somebody else as well")

    @property
    def receipt(self) -> str:
        return _("Somebody else is asked as well about %(request)s.")

    def initial(self) -> dict[str, Any]:
        return {"version": self.record.version, "manner": "consult", "after": True}

    def get_form(self, data=None, files=None):
        form = super().get_form(data, files)
        form.fields["person"].leave_out(self.viewer.pk, self.record.drafter_id, self.record.on_behalf_of_id)
        return form

    def act(self, record, form):
        actions.add_step(record, by=self.viewer, **form.cleaned_data)
        return record


class StepTakingBack(_OfRequest):
    """By whoever added the step; the form asks once more."""

    form_class = forms.PullBackForm
    permit = "view"
    receipt = _lazy("The step is taken back.")

    @property
    def verb(self) -> str:
        return _("Take the step back")

    def act(self, record, form):
        step = get_object_or_404(record.steps, pk=self.kwargs["step"])
        return actions.take_back_step(record, step, by=self.viewer, version=form.cleaned_data["version"])


class Comment(_OfRequest):
    form_class = forms.CommentForm
    permit = "comment"

    @property
    def verb(self) -> str:
        return _("Comment")

    def act(self, record, form):
        actions.comment(record, by=self.viewer, text=form.cleaned_data["text"])
        return record


class PullingBack(_OfRequest):
    form_class = forms.PullBackForm
    permit = "pull_back"

    @property
    def verb(self) -> str:
        return _("Pull back")

    def act(self, record, form):
        return actions.pull_back(record, by=self.viewer, **form.cleaned_data)


class Resubmission(_OfRequest):
    form_class = forms.ResubmitForm
    permit = "resubmit"

    @property
    def verb(self) -> str:
        return _("Submit again")

    def get(self, request, *args, **kwargs) -> HttpResponse:
        """A kind with a form of its own is mended there."""
        kind = kinds.get(self.record.kind)
        if kind is not None and kind.edit_url is not None:
            return HttpResponseRedirect(kind.edit_url(self.record))
        return super().get(request, *args, **kwargs)

    @property
    def mending(self):
        kind = kinds.get(self.record.kind)
        return kind.mending if kind is not None else None

    def get_form(self, data=None, files=None):
        return forms.resubmit_form(self.mending)(data, files, initial=self.initial())

    def initial(self) -> dict[str, Any]:
        names = self.mending.base_fields if self.mending else ()
        known = {name: self.record.content.get(name) for name in names}
        return {"version": self.record.version, "reason": self.record.reason} | known

    def act(self, record, form):
        return actions.resubmit(record, by=self.viewer, **form.cleaned_data)


class Withdrawal(_OfRequest):
    form_class = forms.PullBackForm
    permit = "pull_back"

    @property
    def verb(self) -> str:
        return _("Withdraw for good")

    def act(self, record, form):
        return actions.withdraw(record, by=self.viewer, **form.cleaned_data)


# ---- routes


class WaitingTimesPage(DeskPage):
    """Where requests wait, and for how long."""

    seen_by = SEE_WAITING_TIMES
    section = "approvals:routes"
    template_name = "pmo_portal/approvals/waiting_times.html"

    def title(self) -> str:
        slowest = max(self.rows, key=lambda r: r.median_hours, default=None)
        if slowest is None or not slowest.count:
            return _("No step has kept a request waiting yet")
        return _("Requests wait longest at “%(step)s”") % {"step": slowest.name}

    @property
    def rows(self) -> list[queries.Waiting]:
        if not hasattr(self, "_rows"):
            self._rows = queries.waiting_times(self.viewer, scope_id=self.scope_id)
        return self._rows

    @property
    def scope_id(self) -> int | None:
        """One project's steps only: where its figure leads."""
        given = self.request.GET.get("scope", "")
        return int(given) if given.isdecimal() and len(given) < 18 else None

    def content(self) -> dict[str, Any]:
        figure = None if self.scope_id else queries.office_wait(self.viewer)
        return {
            "rows": self.rows,
            "longest": max((r.median_hours for r in self.rows), default=0) or 1,
            "figure_url": figure_url(figure.measure, figure.scope_id, figure.period.key) if figure else "",
            "behind": queries.waited(self.viewer, self.scope_id) if self.scope_id else [],
        }
