"""A process of the portal that stays and runs what it is given: a line of JSON in, a line of JSON out.

For tests that look at another office than their own again and again; starting Django each time takes longer than looking.
"""

import contextlib
import io
import json
import sys
import traceback

import django

django.setup()

from django.db import connection  # noqa: E402 - needs Django

for line in sys.stdin:
    said, fault = io.StringIO(), ""
    try:
        with contextlib.redirect_stdout(said):
            exec(json.loads(line), {"__name__": "asked"})
    except Exception:
        fault = traceback.format_exc()
    connection.close()
    print(json.dumps([said.getvalue().strip(), fault]), flush=True)
