"""The columns that a sheet of the organisation may have, with the names they usually carry."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from pmo_portal.accounts.models import Person
from pmo_portal.intake.choices import squeeze
from pmo_portal.intake.targets import Field

EMPLOYMENT = {
    "employee": "employee", "permanent": "employee", "社員": "employee", "正社員": "employee", "正規": "employee", "本社員": "employee",
    "嘱託": "employee", "契約社員": "employee", "出向": "employee", "dispatched": "dispatched", "temporary": "dispatched",
    "dispatched worker": "dispatched", "派遣": "dispatched", "派遣社員": "dispatched", "contractor": "contractor",
    "contractor's staff": "contractor", "external": "contractor", "業務委託": "contractor", "委託": "contractor", "請負": "contractor",
    "委託先の要員": "contractor", "協力会社": "contractor", "bp": "contractor", "協力会社員": "contractor",
}  # fmt: skip
YES = {"yes", "y", "true", "1", "x", "✓", "○", "◯", "〇", "●", "はい", "有", "長", "責任者", "head"}
LEVELS = ("level1", "level2", "level3", "level4")

FIELDS = (
    Field("unit_code", _("Code of the unit"), "code",
          ("unit code", "department code", "org code", "code", "部署コード", "組織コード", "部門コード", "所属コード", "コード"), limit=30),
    Field("unit", _("Unit"), "text",
          ("unit", "department name", "unit name", "organisation unit", "organization unit", "部署名", "部署", "組織名", "組織", "部門名", "部門",
           "所属", "所属名", "所属部署"), limit=200),
    Field("unit_en", _("Unit in English"), "text",
          ("unit in english", "unit name (english)", "部署名（英語）", "部署名英語", "組織名英語", "部署英語名"), limit=200),
    Field("parent", _("Unit above"), "text",
          ("parent", "parent unit", "unit above", "parent code", "reports to", "上位部署", "上位組織", "親部署", "親組織", "上位部署コード",
           "上位組織コード", "上位コード", "親コード", "上位"), limit=200),
    Field("level1", _("1st level"), "text", ("level 1", "division", "business unit", "本部", "事業部", "第1階層", "階層1"), limit=200),
    Field("level2", _("2nd level"), "text", ("level 2", "department", "部", "第2階層", "階層2"), limit=200),
    Field("level3", _("3rd level"), "text", ("level 3", "section", "課", "第3階層", "階層3"), limit=200),
    Field("level4", _("4th level"), "text", ("level 4", "team", "係", "チーム", "グループ", "第4階層", "階層4"), limit=200),
    Field("head", _("Head of the unit"), "text",
          ("head", "unit head", "manager", "head of unit", "責任者", "部署長", "組織長", "所属長", "部門長", "長"), limit=200),
    Field("name", _("Name of the person"), "text",
          ("name", "full name", "person", "employee", "employee name", "氏名", "名前", "社員名", "従業員名", "姓名", "人"), limit=120),
    Field("name_en", _("Name in English"), "text",
          ("name in english", "english name", "name (english)", "romaji", "氏名（英語）", "英語名", "ローマ字", "氏名ローマ字"), limit=120),
    Field("kana", _("Kana"), "text", ("kana", "furigana", "ふりがな", "フリガナ", "かな", "カナ", "氏名カナ", "氏名かな"), limit=120),
    Field("email", _("E-mail"), "text",
          ("e-mail", "email", "mail", "mail address", "e-mail address", "メール", "メールアドレス", "eメール", "アドレス"), limit=254),
    Field("job_title", _("Job title"), "text", ("job title", "title", "position", "役職", "職位", "職名", "肩書"), limit=120),
    Field("employment_type", _("Employment"), "choice", ("employment", "employment type", "雇用区分", "雇用形態", "社員区分", "雇用"),
          values={squeeze(k): v for k, v in EMPLOYMENT.items()}, words=dict(Person.Employment.choices)),
    Field("employer", _("Employer"), "text", ("employer", "company", "会社", "会社名", "所属会社", "雇用主"), limit=120),
    Field("starts_on", _("From"), "date", ("from", "effective date", "since", "発令日", "異動日", "適用日", "配属日"), ),
)  # fmt: skip
# field of the sheet → field of the person
OF_PERSON = ("name_en", "kana", "email", "job_title", "employment_type", "employer")
