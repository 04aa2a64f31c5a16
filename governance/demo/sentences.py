"""What PMs write. Each entry: Japanese, English. `{m}` is a milestone's name."""

from __future__ import annotations

from random import Random

DONE = {
    "early": (
        (
            "要件を関係部門と合わせ、{m}に向けた計画を承認していただきました。",
            "Agreed the requirements with the departments; the plan up to “{m}” was approved.",
        ),
        (
            "体制を整え、キックオフを行いました。{m}までの役割分担が決まりました。",
            "Set up the team and held the kick-off. Who does what until “{m}” is settled.",
        ),
        (
            "業者の提案を3社から受け、評価表で比べました。",
            "Received offers from three vendors and compared them on the scoring sheet.",
        ),
        (
            "現状の調査を終え、課題を28件に整理しました。",
            "Finished the survey of the present state; 28 points to solve are listed.",
        ),
    ),
    "middle": (
        (
            "{m}に向けた作業は予定どおりです。レビューの指摘41件のうち38件を直しました。",
            "Work towards “{m}” runs to plan. Of 41 review comments 38 are closed.",
        ),
        (
            "試験環境を引き渡し、結合試験を始めました。初週の不具合は12件です。",
            "Handed over the test environment and began integration testing; 12 defects in the first week.",
        ),
        (
            "{m}の準備を進め、関係部門への説明会を2回行いました。",
            "Prepared for “{m}” and held two briefings for the departments.",
        ),
        (
            "設備の仕様を確定し、発注しました。納期の確認を毎週続けます。",
            "Fixed the specification and placed the order. The delivery date is checked every week.",
        ),
        (
            "データ移行の試行を行い、一致率は98.6%でした。残りの原因は分かっています。",
            "Ran a trial migration: 98.6 % matched, and the causes of the rest are known.",
        ),
    ),
    "late": (
        ("受入試験を進め、全312件のうち287件に合格しました。", "Acceptance testing: 287 of 312 cases have passed."),
        (
            "利用部門の教育を終えました。理解度の確認は平均86点です。",
            "Finished training the users; the check came out at 86 points on average.",
        ),
        (
            "切替のリハーサルを行い、所要時間は計画の7時間に対し6時間40分でした。",
            "Rehearsed the cut-over: 6 h 40 min against 7 h planned.",
        ),
        ("{m}の判定資料をまとめ、関係者の確認を受けています。", "The papers for “{m}” are with the reviewers."),
    ),
}
NEXT = (
    (
        "{m}を予定日に終えます。並行して次の工程の準備を始めます。",
        "Finish “{m}” on its date and begin preparing the next stage.",
    ),
    ("{m}に向けて、残る課題の担当と期限を決めます。", "Give every open issue before “{m}” an owner and a date."),
    (
        "関係部門との合意を文書にし、{m}に進みます。",
        "Put the agreements with the departments in writing and go on to “{m}”.",
    ),
    (
        "{m}のリハーサルを行い、結果を次の会議で報告します。",
        "Rehearse “{m}” and report the result to the next meeting.",
    ),
)
REASONS = {
    "schedule": (
        (
            "納入が遅れ、試験の開始がずれています。順序を入れ替えて取り戻します。",
            "Late deliveries push the tests back; the order of tests is being changed to recover.",
        ),
        ("審査に想定より時間がかかっています。", "The review takes longer than expected."),
        ("要件の確定が遅れ、設計に余裕がありません。", "Requirements were settled late; design has no float left."),
    ),
    "cost": (
        ("部材の値上がりで見積りを超えています。", "Material prices have risen above the estimate."),
        ("追加ライセンスの費用が承認額に入っていません。", "Additional licences are not covered by the approval."),
        ("要員の延長分を予備費で吸収しています。", "The extension of staff is being absorbed by the reserve."),
    ),
    "scope": (
        (
            "法令改正への対応が増えました。変更の承認待ちです。",
            "A change of law adds work; the change awaits approval.",
        ),
        ("利用部門からの追加要望を整理しています。", "Sorting additional wishes of the users."),
    ),
    "resources": (
        (
            "移行の担当が1名足りません。来月に増員の予定です。",
            "One person short for the migration; to be filled next month.",
        ),
        (
            "主要メンバーが他案件と兼務で、週2日しか入れません。",
            "A key member is shared with another project and has two days a week.",
        ),
    ),
    "quality": (
        ("不具合の収束が計画より遅れています。", "Defects are converging more slowly than planned."),
        ("受入基準の合意が一部残っています。", "Part of the acceptance criteria is still to be agreed."),
    ),
    "risk": (
        (
            "供給元の増産が間に合わない恐れがあります。代替を探しています。",
            "The supplier may not keep up; an alternative is being looked for.",
        ),
        (
            "許認可の時期が読めません。月末に当局と再協議します。",
            "The date of the permit is uncertain; talks with the authority at month end.",
        ),
    ),
    "overall": (
        ("完了が延びる見込みです。費用は予備費の範囲です。", "The finish will move; cost stays within the reserve."),
        ("立て直し案を作成中です。次の会議で諮ります。", "A recovery plan is being written for the next committee."),
        ("山場は次の2か月です。対策の効果を毎週見ます。", "The next two months decide; measures are checked weekly."),
    ),
}
WHY = {
    "green": (("残る課題は小さく、期日に余裕があります。", "What is left is small and there is float."),),
    "amber_green": (
        (
            "計画どおり進む見込みです。気になる点は管理できています。",
            "Expected to go to plan; what worries us is under control.",
        ),
    ),
    "amber": (
        (
            "対策が効けば間に合います。次の節目で見極めます。",
            "Achievable if the measures work; the next milestone will tell.",
        ),
    ),
    "amber_red": (
        (
            "このままでは承認の範囲に収まりません。対策を提案します。",
            "It will not stay within the approval as it goes; measures are proposed.",
        ),
    ),
    "red": (
        (
            "期日・費用とも達成は難しく、進め方の判断をお願いします。",
            "Neither date nor cost can be met; a decision on how to go on is needed.",
        ),
    ),
}
HELP = (
    ("移行の経験がある方を1名、3か月", "One person with migration experience for three months"),
    ("業者との契約見直しの相談", "Advice on renegotiating the vendor contract"),
    ("利用部門への日程の調整", "Agreeing the dates with the user department"),
)
RETURNS = (
    (
        "費用の根拠を追記してください。増えた分の内訳が分かると判断できます。",
        "Please add what the cost rests on: a breakdown of the increase.",
    ),
    (
        "品質の理由が空に近いです。不具合の件数を書いてください。",
        "The reason for quality says little: give the number of defects.",
    ),
)
THANKS = (
    ("遅れの理由が具体的で助かりました。", "The reasons for the delay are concrete: that helps."),
    ("費用の見通しも同じように一言ください。", "A word on the cost outlook in the same way, please."),
)


def pick(pairs, random: Random, english: bool, **words: str) -> str:
    """One of the pairs in the writer's language."""
    return random.choice(pairs)[1 if english else 0].format(**words)


def stage_of(share: float) -> str:
    return "early" if share < 0.3 else "middle" if share < 0.75 else "late"
