"""The pages of the import: files on their way in, one file's preview, its mapping, what became of it; the profiles."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pmo_portal import access, audit, lists
from pmo_portal.intake import actions, forms, keeping, peeking, queries, showing
from pmo_portal.intake.lists import ImportProfileList, ImportRunList, label_of
from pmo_portal.intake.models import ImportProfile, ImportRun
from pmo_portal.pages import ActPage, FormPage, ListPage, RecordPage, RoomPage

SECTION = "imports:list"
MAKERS = ("administrator", "manager")
MOST_COLUMNS = 150  # on the page of the mapping
READERS = ("administrator", "manager", "auditor")
State = ImportRun.State


class ImportRunListPage(ListPage):
    """What came in, and what waits on the way."""

    list_class = ImportRunList
    seen_by = READERS
    section = SECTION
    template_name = "pmo_portal/intake/run_list.html"

    def content(self) -> dict[str, Any]:
        return {"may_add": access.holds(self.viewer, *MAKERS)}


class ImportCreation(FormPage):
    """A file, and where it is to go."""

    seen_by = MAKERS
    section = SECTION
    form_class = forms.ImportForm
    template_name = "pmo_portal/intake/run_form.html"

    def title(self) -> str:
        return _("Bring in a file")

    def form_arguments(self) -> dict[str, Any]:
        return {"viewer": self.viewer}

    def initial(self) -> dict[str, Any]:
        asked = {name: showing.number(self.request.GET.get(name)) for name in ("scope", "profile", "period")}
        return {name: value for name, value in asked.items() if value}

    def act(self, form) -> ImportRun:
        return actions.receive_file(by=self.viewer, **form.cleaned_data)


class _OfRun:
    """One run, as far as the viewer may see it."""

    model = ImportRun
    lookup = {"pk": "pk"}
    related = ("by", "profile", "scope", "period")
    section = SECTION


class ImportRunPage(_OfRun, RoomPage):
    """The preview with what is to be decided; after applying, what was done."""

    template_name = "pmo_portal/intake/run_room.html"

    def title(self) -> str:
        if self.record.state in (State.UPLOADED, State.READING, State.PREVIEWED):
            return _("Preview of %(file)s") % {"file": self.record.file_name}
        return self.record.file_name

    def get(self, request, *args, **kwargs) -> HttpResponse:
        if request.GET.get("row") == "next":
            return self.to_the_next_problem()
        if self.is_fragment and not self.is_under_way:
            return HttpResponse(headers={"HX-Refresh": "true"})
        return self.show("progress")

    def to_the_next_problem(self) -> HttpResponse:
        """The next row that needs a hand, on its page; the filter goes where it would hide it."""
        asked = showing.Asked.read(self.request.GET)
        found = queries.next_problem(self.record, showing.number(self.request.GET.get("after")) or 0)
        if found is None:
            return HttpResponseRedirect(f"{self.request.path}{asked.query(row=None, cell=None)}")
        verdict = asked.verdict if asked.verdict in showing.PROBLEMS else ""
        if verdict and queries.row(self.record, found).verdict != verdict:
            verdict = ""
        before = queries.place_of(self.record, found, verdict=verdict)
        query = showing.Asked(verdict, "", before // showing.PER_PAGE + 1, found).query()
        return HttpResponseRedirect(f"{self.request.path}{query}#row-{found}")

    @property
    def is_under_way(self) -> bool:
        return self.record.state in (State.UPLOADED, State.READING, State.APPLYING) and queries.is_working(self.record)

    def content(self) -> dict[str, Any]:
        run, asked = self.record, showing.Asked.read(self.request.GET)
        unit = self.viewer.money_unit
        counts = queries.counts(run)
        reason = queries.why_not_apply(run)
        found = {
            "run": run,
            "asked": asked,
            "counts": counts,
            "changes": counts["new"] + counts["changed"],
            "chips": showing.chips(run, asked),
            "progress": showing.progress(run),
            "facts": queries.facts(run),
            "what": label_of(run),
            "message": queries.message(run),
            "again": queries.applied_before(run, queries.runs(self.viewer)) if run.state == State.PREVIEWED else None,
            "incomplete": queries.incomplete_count(run),
            "is_profile_found": queries.is_profile_found(run),
            "changed": showing.changed_since(run, asked),
            "is_open": run.state in (State.UPLOADED, State.READING, State.PREVIEWED),
            "home": queries.home_of(run),
            "door": queries.door_of(run),
            "is_of_a_list": queries.is_of_a_list(run),
            "may_be_mapped": queries.is_table(run) and not queries.is_of_a_list(run),
            "why_not": reason,
            "apply_words": showing.key_words(run),
            "problems": counts["ambiguous"] + counts["refused"],
            "warning": queries.warning(run.definition),
            "next_url": f"?row=next&after={asked.row or 0}",
            "is_unmapped": bool(counts["all"]) and not (run.facts or {}).get("columns"),
            "brought_to": queries.address_of(run) if run.state == State.APPLIED else "",
        }
        if counts["all"]:
            found["chosen"] = chosen = showing.chosen(run, asked, unit)
            if chosen is not None and chosen.cell is not None:
                asked = replace(asked, cell=chosen.cell.index)
            found["table"] = showing.page_of(run, asked, unit)
            found["proposals"] = queries.proposal_count(run) if counts["open"] else 0
        return found


class _RunAct(_OfRun, ActPage):
    """A button on the run's page. What is refused is said there."""

    permit = "apply"
    form_class = forms.VersionForm
    http_method_names = ["post"]

    def back(self) -> str:
        """The page one came from, as far as it is this run's."""
        query = self.request.GET.urlencode()
        return f"{self.record.get_absolute_url()}{'?' + query if query else ''}"

    def refused(self, form) -> HttpResponse:
        said = [str(error) for errors in form.errors.values() for error in errors]
        messages.error(self.request, " ".join(said))
        return HttpResponseRedirect(self.back())

    def collided(self, form, conflict: audit.Conflict) -> HttpResponse:
        messages.error(self.request, _("Someone changed this import in the meantime. Look at it once more."))
        return HttpResponseRedirect(self.back())

    def success_url(self, outcome) -> str:
        return self.back()


class ImportApplication(_RunAct):
    """Everything or nothing, in the background; or all but what others have changed since."""

    form_class = forms.ApplicationForm

    def act(self, record, form):
        return actions.apply_run(record, by=self.viewer, **form.cleaned_data)

    def success_url(self, outcome) -> str:
        return self.record.get_absolute_url()


class ImportReading(_RunAct):
    """Read the file again, after the work was given up or the register has changed."""

    def act(self, record, form):
        return actions.preview(record, by=self.viewer)


class ImportWithdrawal(_RunAct):
    """Leave it; the file is deleted."""

    def act(self, record, form):
        return actions.discard(record, by=self.viewer, version=form.cleaned_data["version"])

    def succeeded(self, outcome) -> HttpResponse:
        messages.success(self.request, _("The import was dropped. Nothing was written."))
        return HttpResponseRedirect(queries.home_of(self.record)[0])


class ImportMatches(_RunAct):
    """Every proposal that leaves no doubt."""

    def act(self, record, form):
        count = actions.accept_matches(record, by=self.viewer)
        text = ngettext("%(n)s row was matched as proposed.", "%(n)s rows were matched as proposed.", count)
        messages.success(self.request, text % {"n": count})
        return record


class ImportAnswer(_RunAct):
    """What a person decides on one row; then on to the next problem."""

    form_class = forms.AnswerForm

    def act(self, record, form):
        return actions.answer(record, by=self.viewer, number=self.kwargs["number"], **form.cleaned_data)

    def success_url(self, outcome) -> str:
        return onward(self.record, self.kwargs["number"], stay=not self.request.POST.get("choice"))


class ImportRepair(_RunAct):
    """One cell is read as what was typed."""

    form_class = forms.RepairForm

    def act(self, record, form):
        text = None if form.cleaned_data["restore"] else form.cleaned_data["text"]
        place = {"number": self.kwargs["number"], "column": self.kwargs["column"]}
        return actions.repair(record, by=self.viewer, text=text, **place)

    def success_url(self, outcome) -> str:
        is_well = outcome.verdict != "refused"
        return onward(self.record, self.kwargs["number"], stay=not is_well, cell=self.kwargs["column"])


def onward(run: ImportRun, number: int, *, stay: bool, cell: int | None = None) -> str:
    """To the next problem where there is one; else to the same row again."""
    if not stay and queries.next_problem(run):
        return f"{run.get_absolute_url()}?row=next&after={number}"
    page = queries.place_of(run, number) // showing.PER_PAGE + 1
    return f"{run.get_absolute_url()}{showing.Asked('', '', page, number, cell).query()}#row-{number}"


class ImportUndoing(_OfRun, ActPage):
    """Asked once more, with what will go back; then in one step."""

    permit = "undo"
    form_class = forms.UndoingForm
    template_name = "pmo_portal/intake/undoing_form.html"

    def title(self) -> str:
        return _("Undo the import of %(file)s") % {"file": self.record.file_name}

    def initial(self) -> dict[str, Any]:
        return {"version": self.record.version}

    def content(self) -> dict[str, Any]:
        return {"run": self.record, "counts": queries.counts(self.record), "why_not": queries.why_not_undo(self.record)}

    def act(self, record, form):
        actions.undo_run(record, by=self.viewer, **form.cleaned_data)
        messages.success(self.request, _("The import was undone. Everything is as it was before."))
        return record


def shown_columns(columns: list) -> list:
    """All that are read, and of the others so many that the page stays one that a browser draws at once."""
    room = max(0, MOST_COLUMNS - sum(1 for c in columns if c.field))
    rest = {c.index for c in [c for c in columns if not c.field][:room]}
    return [c for c in columns if c.field or c.index in rest]


class ImportMapping(_OfRun, ActPage):
    """The mapping room: the sheet's columns beside the portal's fields."""

    permit = "apply"
    kind = "room"
    form_class = forms.MappingForm
    template_name = "pmo_portal/intake/mapping_room.html"

    def title(self) -> str:
        return _("Columns of %(file)s") % {"file": self.record.file_name}

    def form_arguments(self) -> dict[str, Any]:
        if not hasattr(self, "_columns"):
            facts = self.record.facts or {}
            every = queries.columns(self.record)
            self._columns = shown_columns(every)
            self._hidden = len(every) - len(self._columns)
            asked = self.request.GET.get("sheet", "")[:200]
            chosen = asked or self.record.definition.get("sheet") or facts.get("sheet") or ""
            self._peek = peeking.peek(self.record, chosen)
            self._sheets = self._peek.sheets if self._peek else facts.get("sheets") or []
        samples = self._peek.samples if self._peek else {}
        return {"run": self.record, "columns": self._columns, "sheets": self._sheets, "samples": samples}

    def initial(self) -> dict[str, Any]:
        definition = self.record.definition
        return {
            "sheet": definition.get("sheet") or "",
            "layout": definition.get("layout") or "auto",
            "header_row": definition.get("header_row") or None,
            "version": self.record.version,
        }

    def content(self) -> dict[str, Any]:
        run = self.record
        return {
            "run": run,
            "facts": queries.facts(run),
            "message": queries.message(run),
            "peek": self._peek,
            "hidden_columns": self._hidden,
            "header_row": (run.facts or {}).get("header_row"),
            "reading_form": forms.ReadingByForm(
                viewer=self.viewer, target=run.target, initial={"profile": run.profile_id, "version": run.version}
            ),
            "profile_form": forms.ProfileForm(initial=self.profile_initial()),
            "is_open": run.state in actions.OPEN_STATES,
            "is_under_way": queries.is_working(run),
        }

    def profile_initial(self) -> dict[str, str]:
        profile = self.record.profile
        if profile is None or profile.is_shipped:
            return {}
        return {"name": profile.name, "note": profile.note}

    def act(self, record, form) -> ImportRun:
        return actions.set_reading(record, by=self.viewer, **form.said())

    def success_url(self, outcome) -> str:
        return reverse(
            "imports:mapping" if "stay" in self.request.POST else "imports:record", kwargs={"pk": outcome.pk}
        )


class ImportProfileChoice(_RunAct):
    """Read the file by another profile, or by none."""

    form_class = forms.ReadingByForm

    def form_arguments(self) -> dict[str, Any]:
        return {"viewer": self.viewer, "target": self.record.target}

    def act(self, record, form):
        return actions.set_profile(record, by=self.viewer, **form.cleaned_data)


class ImportProfileCreation(_RunAct):
    """Remember this run's mapping under a name."""

    form_class = forms.ProfileForm

    def act(self, record, form):
        profile = actions.save_profile(record, by=self.viewer, **form.cleaned_data)
        messages.success(self.request, _("Saved as the profile “%(name)s”.") % {"name": profile.name})
        return record

    def back(self) -> str:
        return reverse("imports:mapping", kwargs={"pk": self.record.pk})


class RefusedRows(_OfRun, RoomPage):
    """The refused rows as a file: row, column, value, reason, and the row as it stands."""

    def get(self, request, *args, **kwargs) -> HttpResponse:
        if kwargs["ending"] not in ("csv", "xlsx"):
            raise Http404(_("There is nothing here, or it is outside your scope."))
        heads, rows = queries.refused_table(self.record)
        name = _("refused rows of %(file)s") % {
            "file": self.record.file_name.rpartition(".")[0] or self.record.file_name
        }
        return lists.table_file(heads, rows, name, kwargs["ending"])


class KeptFile(_OfRun, RoomPage):
    """The file as it came in."""

    def get(self, request, *args, **kwargs) -> HttpResponse:
        if not self.record.file_path:
            raise Http404(_("The file was deleted."))
        try:
            file = keeping.opened(self.record.file_path)
        except OSError:
            raise Http404(_("The file was deleted.")) from None
        return FileResponse(
            file, as_attachment=True, filename=self.record.file_name, content_type="application/octet-stream"
        )


# ---- profiles


class ImportProfileListPage(ListPage):
    list_class = ImportProfileList
    seen_by = (*READERS, "expert")
    section = SECTION
    template_name = "pmo_portal/intake/profile_list.html"


class _OfProfile:
    model = ImportProfile
    lookup = {"pk": "pk"}
    section = SECTION


class ImportProfilePage(_OfProfile, RecordPage):
    """What a profile knows of its source, as a table that people can read."""

    template_name = "pmo_portal/intake/profile_record.html"

    def content(self) -> dict[str, Any]:
        profile = self.record
        return {
            "what": label_of(profile),
            "columns": queries.profile_columns(profile),
            "settings": queries.profile_settings(profile),
            "definition": queries.definition_text(profile),
            "runs": queries.runs(self.viewer).filter(profile=profile)[:8],
            "history": audit.told(audit.history(self.viewer, profile)[:20]),
        }


class ImportProfileEdit(_OfProfile, ActPage):
    permit = "edit"
    form_class = forms.ProfileEditForm

    def title(self) -> str:
        return _("Change %(name)s") % {"name": self.record.name}

    def initial(self) -> dict[str, Any]:
        return {"name": self.record.name, "note": self.record.note, "version": self.record.version}

    def act(self, record, form):
        return actions.rename_profile(record, by=self.viewer, **form.cleaned_data)


class ImportProfileArchiving(_OfProfile, ActPage):
    permit = "edit"
    form_class = forms.ArchiveForm
    template_name = "pmo_portal/intake/profile_archive_form.html"

    def title(self) -> str:
        return _("Archive %(name)s") % {"name": self.record.name}

    def initial(self) -> dict[str, Any]:
        return {"version": self.record.version}

    def act(self, record, form):
        return actions.archive_profile(record, by=self.viewer, **form.cleaned_data)

    def success_url(self, outcome) -> str:
        return reverse("imports:profile_list")
