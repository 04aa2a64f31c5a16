"""Following what happens: watching records, and being named in what others write.

Both are read from the audit trail, in the order of its chain, so that no action has to think of them and nothing is told twice.
"""

from pmo_portal.watching.kinds import is_watchable, suggest

__all__ = ["is_watchable", "suggest"]
