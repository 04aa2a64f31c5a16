"""Sheets of hundreds of thousands of rows: refused by their number while they are looked through, or read whole.

Each is read by a process of its own, which tells the most memory that it had.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import xlsxwriter

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[3]
HEADS = ["No", "Project name", "Start date", "End date", "Budget", "Remarks"]
READ = r"""
import json, re, sys
from pathlib import Path
from pmo_portal.intake.faults import Unreadable
from pmo_portal.intake.reading import read

def most() -> float:
    # Not getrusage: that remembers what the process was before it became Python.
    return int(re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[1]) / 1024  # MB

path = Path(sys.argv[1])
before = most()
try:
    sheet = read(path.read_bytes(), path.name).sheets[0]
    said = {"rows": len(sheet.rows), "last": [str(cell) for cell in sheet.rows[-1]]}
except Unreadable as refused:
    said = {"code": refused.code, **refused.params}
print(json.dumps(said | {"megabytes": most() - before}))
"""


def told_of(path: Path) -> dict:
    done = subprocess.run(
        [sys.executable, "-c", READ, str(path)], cwd=ROOT, capture_output=True, text=True, check=True, timeout=180
    )
    print(done.stdout)  # seen when it fails
    return json.loads(done.stdout)


def row(number: int) -> list:
    return [f"P-{number}", f"Project number {number}", "2026/4/1", "2027/3/31", number, "as planned"]


def workbook(path: Path, rows: int) -> Path:
    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEADS)
    for number in range(1, rows):
        sheet.write_row(number, 0, row(number)[:2])
    book.close()
    return path


def test_a_workbook_with_more_rows_than_are_taken_is_refused_while_it_is_looked_through(tmp_path):
    told = told_of(workbook(tmp_path / "list.xlsx", 230_000))
    assert (told["code"], told["limit"]) == ("too_many_rows", 200_000)
    assert told["megabytes"] < 60, "its rows were never held"


def test_a_large_csv_is_read_to_its_last_row(tmp_path):
    path = tmp_path / "list.csv"
    with path.open("w") as file:
        file.writelines(",".join(map(str, row(number) if number else HEADS)) + "\n" for number in range(199_000))
    told = told_of(path)
    assert told["rows"] == 199_000 and told["last"][0] == "P-198999"
    assert told["megabytes"] < 400, "some fifteen times the file"
