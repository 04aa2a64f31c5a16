"""Web server and worker are started together, watched, and stopped together."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from pmo_portal.operation import office
from tests.pmo_portal.asks.post_office import free_port

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


def start(folder: Path, port: int) -> subprocess.Popen:
    """`make run`'s last step, with an empty office of its own."""
    env = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE")}
    env |= {"DATA_DIR": str(folder), "PORT": str(port), "DEMO": "0"}
    return subprocess.Popen(
        [sys.executable, "manage.py", "runstack"],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_a_port_that_somebody_has_is_named_with_another_to_take(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        program = start(tmp_path, port)
        said, _ = program.communicate(timeout=120)
    assert program.returncode == 1
    assert f"Port {port} cannot be used" in said and f"make run PORT={port + 1}" in said
    assert "Traceback" not in said
    assert not (tmp_path / "office.sqlite3").exists(), "nothing was begun"


def test_a_second_start_on_one_office_says_so_and_leaves_the_first_alone(tmp_path):
    with office.hold(tmp_path):
        program = start(tmp_path, free_port())
        said, _ = program.communicate(timeout=120)
        assert program.returncode == 1
        assert f"The office in {tmp_path} is running already." in said and "Traceback" not in said
        assert (tmp_path / "running.lock").read_text() == str(os.getpid())


def test_a_run_writes_below_its_folder_only(tmp_path):
    """Whatever is in the working tree before is there after, and nothing else."""
    before = working_tree()
    program = start(tmp_path, free_port())
    killer = threading.Timer(120, program.kill)
    killer.start()
    for line in program.stdout:
        if "The portal runs at" in line:
            break
    program.send_signal(signal.SIGINT)
    rest = program.stdout.read()
    killer.cancel()
    assert program.wait(30) == 0, rest
    assert working_tree() == before
    assert {"office.sqlite3", "broker"} <= {path.name for path in tmp_path.iterdir()}


def working_tree() -> str:
    """What git sees: changed and new files, those that it is told to ignore left out."""
    return subprocess.run(["git", "status", "--porcelain"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
