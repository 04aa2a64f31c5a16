"""What Aoba Mfg. asks of its projects beyond what the portal asks: the fields that its own rules speak of."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

from pmo_portal.custom import actions
from pmo_portal.custom.queries import fields_of
from projects.register.models import Project
from projects.status.models import StatusReport

if TYPE_CHECKING:
    from governance.demo.office import DemoOffice
    from pmo_portal.accounts.models import Person

OF, OF_REPORTS = "projects.project", "projects.statusreport"
GOING = ("execution", "closing")
ASPECTS = (
    ("growth", "成長投資", "Growth"),
    ("renewal", "維持・更新", "Renewal"),
    ("rules", "法令対応", "Compliance"),
    ("efficiency", "業務効率化", "Efficiency"),
)
ACTS = (
    ("subcontract", "取適法", "Subcontracting"),
    ("privacy", "個人情報", "Personal data"),
    ("export", "輸出管理", "Export control"),
    ("esign", "電子帳簿", "Electronic records"),
)
VIEWS = (("good", "良好", "Good"), ("mixed", "様子見", "Mixed"), ("poor", "不満あり", "Poor"))
FIELDS = (  # key, kind, ja, en, help in both, more
    ("ringi_no", "text", "稟議番号", "Approval No.", ("決裁文書の番号", "Number of the approving document"), GOING),
    ("investment", "choice", "投資区分", "Investment class", ("中期計画の区分", "Class of the mid-term plan"), ()),
    ("acts", "choices", "関係する規程", "Rules that apply", ("審査が要るもの", "What has to be reviewed"), ()),
    ("security_review", "date", "情報セキュリティ審査", "Security review", ("審査を終えた日", "Day it was passed"), ()),
    ("outsourced", "money", "外部委託費", "Outsourced cost", ("総コストのうち", "Part of the cost at completion"), ()),
    ("personal_data", "yesno", "個人情報を扱う", "Personal data", ("", ""), ()),
    ("workspace", "link", "文書の置き場所", "Document space", ("", ""), ()),
)
REPORTED = (
    ("overtime", "number", "時間外労働（時間）", "Overtime (hours)", ("この期間、チーム全体", "Of the whole team"), ()),
    ("users_view", "choice", "利用部門の反応", "Users' view", ("打合せでの受け止め", "As heard in meetings"), ()),
)


def add_fields(office: DemoOffice) -> None:
    """What every project says in its fields, as its own character would have it."""
    projects = list(Project.objects.order_by("key"))
    for number, project in enumerate(projects, 1):
        project.custom = said(project, number)
    Project.objects.bulk_update(projects, ["custom"], batch_size=500)


def declare(admin: Person, of: str = OF) -> None:
    """The fields of projects, or of `of`, by the system administrator."""
    for key, kind, ja, en, (help_ja, help_en), needed in FIELDS if of == OF else REPORTED:
        among = {"investment": ASPECTS, "acts": ACTS, "users_view": VIEWS}.get(key, ())
        actions.create_field(
            by=admin,
            of=of,
            key=key,
            kind=kind,
            name_ja=ja,
            name_en=en,
            help_ja=help_ja,
            help_en=help_en,
            required_in=list(needed),
            options=[{"key": option, "ja": words, "en": english} for option, words, english in among],
            in_list=key == "investment",
        )


def said(project: Project, number: int) -> dict[str, Any]:
    """What the `number`th project says in them; the same each time."""
    random = Random(number)  # its own, so that no other figure of the office hangs on it
    cost, start = project.forecast_cost or project.approved_budget, project.planned_start_on
    found: dict[str, Any] = {
        "investment": random.choices([key for key, _ja, _en in ASPECTS], weights=(3, 4, 2, 3))[0],
        "personal_data": project.kind == "system" and random.random() < 0.5,
        "workspace": f"https://docs.aoba.example/pmo/{project.key.lower()}",
    }
    if project.stage not in ("concept", "planning") and start:
        found["ringi_no"] = f"{start.year}-{project.kind[:1].upper()}{number:04d}"
        found["security_review"] = start.isoformat()
    if cost and random.random() < 0.8:
        found["outsourced"] = int(cost * random.randint(20, 65) // 100 // 100_000 * 100_000)
    if acts := [key for key, _ja, _en in ACTS if random.random() < 0.25]:
        found["acts"] = sorted(acts)
    return found


def reported(report: StatusReport) -> dict[str, Any]:
    """What a report says in them where reports have them; the same each time."""
    if not fields_of(StatusReport):
        return {}
    random = Random(f"{report.project.key} {report.period.key}")
    strained = {"red": 60, "amber": 30}.get(report.resources_light, 0)
    doubt = ("green", "amber_green", "amber", "amber_red", "red").index(report.confidence)
    weights = ((8, 2, 0), (6, 4, 0), (2, 6, 2), (0, 5, 5), (0, 2, 8))[doubt]
    said = {"users_view": random.choices([key for key, _ja, _en in VIEWS], weights=weights)[0]}
    return said if random.random() < 0.15 else {"overtime": random.randint(0, 18) * 5 + strained, **said}
