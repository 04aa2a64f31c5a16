"""Web server and worker are started together, watched, and stopped together."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from pmo_portal.operation import office

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = """
import sys
from pmo_portal.operation.supervisor import Child, Supervisor
children = [Child(name, [sys.executable, "-c", code]) for name, code in {children!r}.items()]
sys.exit(Supervisor(children, lambda text: print(text, flush=True)).run(
    when_up=lambda: print("up", *[child.process.pid for child in children], flush=True), is_up=lambda: True))
"""
SLEEPS = "import time; time.sleep(60)"


def supervise(**children: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM.format(children=children)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return Path(f"/proc/{pid}/stat").exists() and ") Z " in Path(f"/proc/{pid}/stat").read_text()


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_everything_and_that_is_no_error(sent):
    program = supervise(web=SLEEPS, worker=SLEEPS)
    pids = [int(word) for word in program.stdout.readline().split()[1:]]
    program.send_signal(sent)
    assert program.wait(15) == 0
    assert all(gone(pid) for pid in pids)


def test_children_do_not_outlive_a_supervisor_that_is_killed():
    program = supervise(web=SLEEPS)
    pid = int(program.stdout.readline().split()[1])
    program.kill()
    program.wait()
    until = time.monotonic() + 5
    while not gone(pid) and time.monotonic() < until:
        time.sleep(0.05)
    assert gone(pid)


def test_a_child_that_dies_is_started_again():
    program = supervise(worker=SLEEPS)
    os.kill(int(program.stdout.readline().split()[1]), signal.SIGKILL)
    assert "The worker died (exit code -9); starting it again." in program.stdout.readline()
    assert program.poll() is None
    program.terminate()
    assert program.wait(15) == 0


def test_a_child_that_keeps_dying_ends_everything():
    program = supervise(web=SLEEPS, worker="raise SystemExit(3)")
    killer = threading.Timer(30, program.kill)
    killer.start()
    said = program.stdout.read()
    killer.cancel()
    assert program.wait() == 1
    assert "The worker died 5 times within a minute (exit code 3); stopping." in said


def test_two_supervisors_do_not_run_one_office(tmp_path):
    first = office.hold(tmp_path)
    with pytest.raises(office.AlreadyRunning):
        office.hold(tmp_path)
    assert (tmp_path / "running.lock").read_text() == str(os.getpid())
    first.close()
    office.hold(tmp_path).close()
