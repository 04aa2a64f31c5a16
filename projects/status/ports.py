"""Moments of a report at which higher rooms take part."""

from pmo_portal.ports import Port

report_submitted = Port("report_submitted")  # (report, by)
report_accepted = Port("report_accepted")  # (report, by)
arrangements = Port("arrangements")  # (project_ids, period) → (project id, "exemption"|"extension", due) tuples
decisions_asked = Port("decisions_asked")  # (project, viewer) → (what, why, who and until when) in words
