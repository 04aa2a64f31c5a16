"""The steps that the floor itself has; rooms add theirs in their wiring."""

from django.utils.translation import gettext_lazy as _

from pmo_portal.setup import guide_acts as acts
from pmo_portal.setup import guide_forms as forms
from pmo_portal.setup.guide import step

step(
    "office",
    label=_("Name and language"),
    lead=_("How the office is called, in which language newcomers are written to, in which money it counts."),
    order=10,
    form_class=forms.OfficeStep,
    initial=acts.office_initial,
    act=acts.save_office,
)
step(
    "calendar",
    label=_("Fiscal year and calendar"),
    lead=_(
        "Public holidays of Japan are known. Say when the fiscal year begins and when your office rests besides them."
    ),
    order=20,
    form_class=forms.CalendarStep,
    initial=acts.calendar_initial,
    act=acts.save_calendar,
    ways=((_("Company days"), "setup:days", "calendar"),),
)
step(
    "cadence",
    label=_("Tiers and reporting cadence"),
    lead=_("Tier A is watched most closely. Each project has a tier, and reports as often as it says."),
    order=30,
    form_class=forms.CadenceStep,
    initial=acts.cadence_initial,
    act=acts.save_cadence,
    ways=((_("Reminders"), "setup:ladder", "bell"),),
)
step(
    "roles",
    label=_("Who runs the PMO"),
    lead=_(
        "Each gets the role in the whole office and an invitation by mail. Project managers come with their projects."
    ),
    order=40,
    form_class=forms.RolesStep,
    act=acts.save_roles,
    facts=acts.held_roles,
    ways=((_("People"), "setup:people", "users"),),
)
step(
    "mail",
    label=_("Letters"),
    lead=_("When reminders leave, and whether they arrive: try it with a letter to yourself."),
    order=50,
    form_class=forms.MailStep,
    initial=acts.mail_initial,
    act=acts.save_mail,
    facts=acts.mail_facts,
    ways=((_("Letters on their way"), "setup:letters", "send"),),
)
step(
    "organisation",
    label=_("Organisation"),
    lead=_("Units and people from the sheet that your personnel department keeps, or typed one by one."),
    order=60,
    form_class=forms.SeenStep,
    act=acts.nothing,
    facts=acts.organisation_facts,
    ways=((_("From Excel"), "setup:organisation_import", "upload"), (_("Organisation"), "setup:units", "building")),
)
