"""The collection's reads, by subject: a fixed number of queries however many projects."""

from administration.collection.queries.calls import last_calls, worth_a_call
from administration.collection.queries.campaigning import (
    campaign_place,
    campaigns,
    projects_asked,
    reply_states,
    running_campaigns,
    summary,
    told_answer,
    told_summary,
    waiting_asks,
    with_answers,
)
from administration.collection.queries.counts import Counted, by_pm, counted, counts_before
from administration.collection.queries.ladder import coming_sends, common_of, ladder_steps, readers
from administration.collection.queries.owed import owing
from administration.collection.queries.periods import collected_periods, histories_of, periods_of
from administration.collection.queries.quality import trend
from administration.collection.queries.reports import (
    STATES,
    TO_GO,
    WORDS_OF_STATE,
    Narrowing,
    all_expected,
    arranged,
    expected,
    in_force,
    overdue,
    rows_of,
    submitted,
    with_standing,
)

__all__ = [
    "STATES",
    "TO_GO",
    "WORDS_OF_STATE",
    "Counted",
    "Narrowing",
    "all_expected",
    "arranged",
    "by_pm",
    "campaign_place",
    "campaigns",
    "collected_periods",
    "coming_sends",
    "common_of",
    "counted",
    "counts_before",
    "expected",
    "histories_of",
    "in_force",
    "ladder_steps",
    "last_calls",
    "overdue",
    "owing",
    "periods_of",
    "projects_asked",
    "readers",
    "reply_states",
    "rows_of",
    "running_campaigns",
    "submitted",
    "summary",
    "told_answer",
    "told_summary",
    "trend",
    "waiting_asks",
    "with_answers",
    "with_standing",
    "worth_a_call",
]
