"""Who reads the trail: auditors and managers within their scope; the system administrator what they look after."""

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q

from pmo_portal import access
from pmo_portal.audit.models import AuditEntry

# The records by which a system administrator runs the office. What stands in others is business.
SET_UP = (
    "person",
    "orgunit",
    "substitute",
    "grant",
    "officesettings",
    "companyday",
    "cadencerule",
    "ladderstep",
    "reportingperiod",
    "exchangerate",
    "customfield",
    "webhook",
    "approvalroute",
    "importprofile",
    "job",
    "periodicrun",
)


@access.register
class AuditEntryAccess(access.Access):
    model = AuditEntry
    scope = "scope"
    seen_by = ("auditor", "manager")

    def condition(self, viewer) -> Q | None:
        where = super().condition(viewer)
        if where is None or not self._runs_the_office(viewer):
            return where
        return where | Q(content_type__app_label="pmo_portal", content_type__model__in=SET_UP)

    def sees(self, viewer, record) -> bool:
        kind = ContentType.objects.get_for_id(record.content_type_id)
        ours = kind.app_label == "pmo_portal" and kind.model in SET_UP
        return super().sees(viewer, record) or (ours and self._runs_the_office(viewer))

    @staticmethod
    def _runs_the_office(viewer) -> bool:
        return viewer.is_authenticated and access.reach(viewer).everywhere(("sysadmin",))
