"""What those who run the portal watch: readiness, metrics, logs."""

import json
import logging
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import timedelta
from pathlib import Path

import pytest
import structlog
from django.test import override_settings
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from pmo_portal.audit import context
from pmo_portal.jobs.models import Job, PeriodicRun
from pmo_portal.operation import logs

ROOT = Path(__file__).resolve().parents[3]
TOKEN = "for-the-metrics-only"


def samples(text: str) -> dict[tuple, float]:
    """Value by name and labels."""
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def waiting(seconds: int) -> Job:
    return Job.objects.create(name="pmo_portal.audit.seal", run_after=timezone.now() - timedelta(seconds=seconds))


@pytest.mark.django_db
def test_it_is_ready_while_database_broker_and_workers_keep_up(client):
    waiting(20)
    answer = client.get("/readyz")
    assert answer.status_code == 200
    found = answer.json()
    assert (found["status"], found["database"], found["broker"]) == ("ok", "ok", "ok")
    assert 20 <= found["oldest_job_seconds"] < 60


@pytest.mark.django_db
def test_work_that_nobody_takes_makes_it_not_ready(client):
    waiting(20)
    waiting(4000)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["status"] == "not ready"
    assert answer.json()["oldest_job_seconds"] >= 4000


@pytest.mark.django_db
def test_work_that_is_not_due_or_under_way_is_not_waiting(client):
    job = waiting(4000)
    Job.objects.filter(pk=job.pk).update(state="running", lease_until=timezone.now() + timedelta(minutes=1))
    waiting(-600)
    assert client.get("/readyz").json()["oldest_job_seconds"] == 0


@pytest.mark.django_db
def test_a_broker_that_does_not_answer_is_named(client):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"redis://127.0.0.1:{free.getsockname()[1]}/0"
    with override_settings(CELERY_BROKER_URL=address, CELERY_BROKER_TRANSPORT_OPTIONS={"socket_connect_timeout": 1}):
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["broker"].startswith("not reached")
    assert answer.json()["database"] == "ok"


@pytest.mark.django_db
def test_a_broker_folder_that_cannot_be_written_is_named(client, tmp_path):
    (tmp_path / "a file").touch()
    with override_settings(CELERY_BROKER_TRANSPORT_OPTIONS={"data_folder_out": str(tmp_path / "a file" / "queue")}):
        assert client.get("/readyz").json()["broker"].startswith("not reached")


@pytest.mark.django_db
def test_metrics_are_for_whoever_has_their_token(client):
    assert client.get("/metrics").status_code == 404, "not there unless asked for"
    with override_settings(METRICS_TOKEN=TOKEN):
        assert client.get("/metrics").status_code == 401
        assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 401
        assert client.get("/metrics", query_params={"token": TOKEN}).status_code == 401
        assert client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200


@pytest.mark.django_db
@override_settings(METRICS_TOKEN=TOKEN)
def test_metrics_tell_requests_by_route_and_the_queue(client):
    def read() -> dict[tuple, float]:
        return samples(client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text)

    route = ("method", "GET"), ("route", "healthz"), ("status", "200")
    before = read().get(("pmo_requests_total", *route), 0)
    client.get("/healthz?next=/projects/P-1/")
    client.get("/no-such-page/somebody@example.com/")
    waiting(90)
    started = timezone.now() - timedelta(hours=2)
    PeriodicRun.objects.create(name="pmo_portal.audit.seal", started_at=started, outcome="failed")
    now = read()
    assert now["pmo_requests_total", *route] == before + 1
    assert now["pmo_jobs", ("state", "queued")] == 1
    assert now["pmo_jobs", ("state", "dead")] == 0
    assert 90 <= now["pmo_oldest_job_seconds",] < 150
    assert now["pmo_periodic_failed", ("task", "pmo_portal.audit.seal")] == 1
    assert now["pmo_periodic_age_seconds", ("task", "pmo_portal.audit.seal")] >= 7200
    assert now["pmo_mail_waiting",] == 0
    told = " ".join(map(str, now))
    assert "somebody" not in told
    assert "P-1" not in told, "routes, never addresses"


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_several_web_processes_are_counted_together(tmp_path):
    """A real gunicorn with two workers: what either answered stands in every scrape."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = {**os.environ, "DATA_DIR": str(tmp_path), "PORT": str(port), "WEB_CONCURRENCY": "2", "METRICS_TOKEN": TOKEN}
    env = {k: v for k, v in env.items() if k not in ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE")}
    settings = "python:pmo_portal.operation.gunicorn_settings"
    subprocess.run([sys.executable, "manage.py", "migrate", "-v", "0"], cwd=ROOT, env=env, check=True)
    server = subprocess.Popen([sys.executable, "-m", "gunicorn", "pmo_portal.wsgi", "-c", settings], cwd=ROOT, env=env)
    try:
        ask = urllib.request.Request(f"http://127.0.0.1:{port}/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        until = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5)
                break
            except urllib.error.URLError:
                assert time.monotonic() < until
                time.sleep(0.2)
        for _ in range(30):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=20).read()
        told = {samples(urllib.request.urlopen(ask, timeout=20).read().decode())[key()] for _ in range(6)}
    finally:
        server.terminate()
        server.wait(30)
    assert told == {30.0}


def key() -> tuple:
    return ("pmo_requests_total", ("method", "GET"), ("route", "readyz"), ("status", "200"))


def written(**event) -> dict:
    """One event through the processors of production's log."""
    config = logs.settings(as_json=True, level="INFO")["formatters"]["line"]
    formatter = structlog.stdlib.ProcessorFormatter(
        processors=config["processors"], foreign_pre_chain=config["foreign_pre_chain"]
    )
    record = logging.LogRecord("pmo_portal.test", logging.INFO, __file__, 1, event.pop("event"), None, None)
    for name, value in event.items():
        setattr(record, name, value)
    return json.loads(formatter.format(record))


def test_a_log_line_is_json_with_the_requests_id():
    token = context.request_id.set("abc-12345")
    try:
        line = written(event="something happened")
    finally:
        context.request_id.reset(token)
    assert line["event"] == "something happened"
    assert line["request"] == "abc-12345"
    assert line["level"] == "info"


def test_what_tells_who_somebody_is_stays_out_of_the_log():
    event = {"email": "a@b.example", "token": "secret", "ip": "10.0.0.1", "route": "login/"}
    kept = logs.without_people(None, "info", dict(event))
    assert kept == {"email": "…", "token": "…", "ip": "…", "route": "login/"}


@pytest.mark.django_db
def test_a_request_is_logged_by_route_and_not_by_address(client, caplog):
    with caplog.at_level(logging.INFO, logger="pmo_portal.requests"), structlog.testing.capture_logs() as lines:
        client.get("/healthz?next=/people/somebody/")
    (line,) = [line for line in lines if line["event"] == "request"]
    assert (line["method"], line["route"], line["status"]) == ("GET", "healthz", 200)
    assert "somebody" not in json.dumps(line)
