"""Which programs are told of what, and whether it arrived."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from pmo_portal import access, audit
from pmo_portal.pages import ActPage, FormPage, RecordPage, RoomPage
from pmo_portal.setup import queries
from pmo_portal.setup.forms import NoFields
from pmo_portal.setup.views.office import SECTION, TOLD_OF, tabs
from pmo_portal.webhooks import actions, chatting, kinds
from pmo_portal.webhooks.models import Webhook, WebhookDelivery
from pmo_portal.webhooks.wording import FAULTS


class WebhookForm(forms.Form):
    label = forms.CharField(label=gettext_lazy("What for"), max_length=80)
    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=500,
        help_text=gettext_lazy("https://…: a program outside this office's own network."),
    )
    shape = forms.ChoiceField(
        label=gettext_lazy("Who reads it"),
        choices=Webhook.Shape.choices,
        initial=Webhook.Shape.PROGRAM,
        required=False,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("A chat takes the address of an incoming webhook that it gives you."),
    )
    kinds = forms.MultipleChoiceField(label=gettext_lazy("Told of"), widget=forms.CheckboxSelectMultiple)
    is_active = forms.BooleanField(label=gettext_lazy("In use"), required=False, initial=True)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        rooms_first = sorted(kinds.items(), key=lambda pair: pair[0].startswith("pmo_portal."))
        late = [(key, _("%(what)s (chats only)") % {"what": label}) for key, label in chatting.told_of_late().items()]
        records = [(key, told.label) for key, told in rooms_first]
        self.fields["kinds"].choices = [*records, *late]  # type: ignore[attr-defined]

    def clean_shape(self) -> str:
        return self.cleaned_data["shape"] or Webhook.Shape.PROGRAM


class WebhooksPage(RoomPage):
    seen_by = TOLD_OF
    section = SECTION
    template_name = "pmo_portal/setup/webhooks.html"

    def title(self) -> str:
        return _("Office settings")

    def content(self) -> dict[str, Any]:
        return tabs(self.viewer, "webhooks") | {
            "webhooks": queries.webhooks(self.viewer),
            "may_add": access.may(self.viewer, "add", Webhook(owner=self.viewer)),
        }


class WebhookCreation(FormPage):
    seen_by = ("sysadmin", "manager")
    section = SECTION
    form_class = WebhookForm
    template_name = "pmo_portal/setup/act.html"

    def title(self) -> str:
        return _("A new webhook")

    def content(self) -> dict[str, Any]:
        lead = _("It is told what happens to records that you may see: which and where, never what they say.")
        return {"back": reverse("setup:webhooks"), "back_label": _("Webhooks"), "lead": lead}

    def act(self, form) -> Webhook:
        given = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        return actions.create_webhook(by=self.viewer, **given)

    def succeeded(self, outcome: Webhook) -> HttpResponse:
        return secret_shown(self.request, outcome)


def secret_shown(request, webhook: Webhook) -> HttpResponse:
    """The record's page with the secret, which no other page shows; kept by nobody."""
    page = WebhookRecordPage()
    page.setup(request, pk=webhook.pk)
    page.record = webhook
    answer = page.show(secret=webhook.secret)
    answer["Cache-Control"] = "no-store"
    return answer


class WebhookRecordPage(RecordPage):
    model = Webhook
    lookup = {"pk": "pk"}
    related = ("owner",)
    section = SECTION
    template_name = "pmo_portal/setup/webhook_record.html"

    def content(self) -> dict[str, Any]:
        labels = {key: told.label for key, told in kinds.items()} | chatting.told_of_late()
        rows = list(queries.deliveries(self.record)[:100])
        for row in rows:
            told_of = row.payload.get("data", {})
            row.about = told_of.get("record") or told_of.get("text") or "–"
            row.said = FAULTS.get(row.fault, "")
        return {
            "deliveries": rows,
            "told_of": [labels[key] for key in self.record.kinds if key in labels],
            "history": audit.told(audit.history(self.viewer, self.record)[:20]),
        }


class _OfWebhook(ActPage):
    model = Webhook
    lookup = {"pk": "pk"}
    permit = "edit"
    section = SECTION
    template_name = "pmo_portal/setup/act.html"
    form_class = NoFields

    def content(self) -> dict[str, Any]:
        return {"back": self.record.get_absolute_url(), "back_label": str(self.record)}

    def refused(self, form) -> HttpResponse:
        if self.form_class is not NoFields:
            return super().refused(form)
        messages.error(self.request, " ".join(form.non_field_errors()))
        return HttpResponseRedirect(self.record.get_absolute_url())


class WebhookEdit(_OfWebhook):
    form_class = WebhookForm

    def title(self) -> str:
        return _("Edit %(webhook)s") % {"webhook": self.record}

    def initial(self) -> dict[str, Any]:
        return {name: getattr(self.record, name) for name in ("label", "url", "shape", "kinds", "is_active", "version")}

    def act(self, record, form) -> Webhook:
        return actions.edit_webhook(record, by=self.viewer, **form.cleaned_data)


class WebhookSecret(_OfWebhook):
    def title(self) -> str:
        return _("A new secret for %(webhook)s") % {"webhook": self.record}

    def content(self) -> dict[str, Any]:
        lead = _("The old secret signs nothing any more. The receiver needs the new one before the next message.")
        return super().content() | {"lead": lead, "danger": True, "verb": _("Renew the secret")}

    def act(self, record, form) -> Webhook:
        return actions.renew_secret(record, by=self.viewer)

    def succeeded(self, outcome: Webhook) -> HttpResponse:
        return secret_shown(self.request, outcome)


class WebhookEnding(_OfWebhook):
    permit = "end"

    def title(self) -> str:
        return _("End %(webhook)s") % {"webhook": self.record}

    def content(self) -> dict[str, Any]:
        lead = _("It is told nothing any more. What was told stays to be read.")
        return super().content() | {"lead": lead, "danger": True, "verb": pgettext("verb", "End")}

    def act(self, record, form) -> Webhook:
        return actions.end_webhook(record, by=self.viewer)

    def success_url(self, outcome) -> str:
        return reverse("setup:webhooks")


class WebhookTrial(_OfWebhook):
    http_method_names = ["post"]

    def act(self, record, form) -> Webhook:
        actions.try_out(record, by=self.viewer)
        messages.success(self.request, _("A message is on its way. Load the page again in a moment."))
        return record


class DeliveryRepetition(ActPage):
    model = WebhookDelivery
    lookup = {"pk": "webhook_id", "delivery": "pk"}
    related = ("webhook__owner",)
    section = SECTION
    form_class = NoFields
    http_method_names = ["post"]

    def act(self, record, form) -> Webhook:
        actions.send_again(record, by=self.viewer)
        messages.success(self.request, _("It is sent again."))
        return record.webhook

    def success_url(self, outcome) -> str:
        return outcome.get_absolute_url()

    def refused(self, form) -> HttpResponse:
        messages.error(self.request, " ".join(form.non_field_errors()))
        return HttpResponseRedirect(self.record.webhook.get_absolute_url())
