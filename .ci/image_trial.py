"""The composition as podman runs it: what docker-compose.yml says of web, worker and beat, on a PostgreSQL and a Redis of its own.

python .ci/image_trial.py FOLDER        called by .ci/image.sh, as root; everything lies in a network of its own (loopback only)
"""

import os
import re
import secrets
import shutil
import subprocess
import sys
import time
from pathlib import Path

import yaml

FOLDER = Path(sys.argv[1])
STORE = ["--root", FOLDER / "store", "--runroot", FOLDER / "run", "--storage-driver", "vfs"]
PODMAN = ["podman", *STORE, "--cgroup-manager", "cgroupfs", "--runtime", "runc"]
NETWORK = "pmo-image"
INSIDE = ["ip", "netns", "exec", NETWORK]
GIVEN = {  # what an office writes into .env
    "SECRET_KEY": secrets.token_urlsafe(50),
    "POSTGRES_PASSWORD": secrets.token_urlsafe(16),
    "ALLOWED_HOSTS": "pmo.office.example",
    "CSRF_TRUSTED_ORIGINS": "https://pmo.office.example",
    "METRICS_TOKEN": "of-the-trial",
}
PORTAL = ("migrate", "web", "worker", "beat")
SERVERS = FOLDER / "servers"


def main() -> None:
    try:
        start_servers()
        refuse_without_secrets()
        run("migrate")
        first_life()
        second_life()
        print("the image and its composition work")
    finally:
        sh(*PODMAN, "rm", "-f", "-t", "5", *PORTAL, check=False, quiet=True)
        stop_servers()


# -- the two servers, in place of the images postgres and redis


def start_servers() -> None:
    stop_servers()
    sh("ip", "netns", "add", NETWORK)
    sh(*INSIDE, "ip", "link", "set", "lo", "up")
    sh(*PODMAN, "volume", "rm", "-f", "pmo-trial-files", check=False, quiet=True)
    shutil.rmtree(SERVERS, ignore_errors=True)
    SERVERS.mkdir(parents=True)
    for folder in (FOLDER, SERVERS):
        folder.chmod(0o755)
    shutil.chown(SERVERS, "postgres")
    (SERVERS / "password").write_text(GIVEN["POSTGRES_PASSWORD"])
    (SERVERS / "password").chmod(0o644)
    as_postgres("initdb", "-U", "pmo", "-A", "scram-sha-256", f"--pwfile={SERVERS}/password", "-E", "UTF8")
    as_postgres("pg_ctl", "-w", "-o", f"-c unix_socket_directories={SERVERS}", "-l", f"{SERVERS}/log", "start")
    sh(*INSIDE, "env", f"PGPASSWORD={GIVEN['POSTGRES_PASSWORD']}", "createdb", "-h", "127.0.0.1", "-U", "pmo", "pmo")
    sh(*INSIDE, *SERVICES["broker"]["command"], "--daemonize", "yes", "--dir", SERVERS, "--bind", "127.0.0.1")


def stop_servers() -> None:
    if (SERVERS / "data" / "postmaster.pid").exists():
        as_postgres("pg_ctl", "-m", "fast", "stop", check=False)
    sh(*INSIDE, "redis-cli", "shutdown", "nosave", check=False, quiet=True)
    sh("ip", "netns", "del", NETWORK, check=False, quiet=True)


def as_postgres(program: str, *given: str, check: bool = True) -> None:
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"))[-1]
    user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    sh(*INSIDE, *user, found, "-D", SERVERS / "data", *given, check=check, quiet=True)


# -- the services, from the file


def filled_in(text: str, given: dict) -> str:
    """`${NAME:-default}`, `${NAME:?message}` and `$$` as Compose reads them."""

    def value(found: re.Match) -> str:
        name, sign, rest = found.groups()
        if given.get(name):
            return given[name]
        if sign == "?":
            raise LookupError(rest)
        return rest or ""

    return re.sub(r"\$\{(\w+)(?::([-?])([^}]*))?\}", value, text).replace("$$", "$")


def services(given: dict, part=None):
    """What the file says, every text of it filled in."""
    part = yaml.safe_load(Path("docker-compose.yml").read_text())["services"] if part is None else part
    if isinstance(part, dict):
        return {key: services(given, value) for key, value in part.items() if value is not None}
    if isinstance(part, list):
        return [services(given, value) for value in part]
    return filled_in(part, given) if isinstance(part, str) else part


SERVICES = services(GIVEN)


def run(name: str, **other: str) -> None:
    """The container of a service: to its end where it is started once, else in the background."""
    service = SERVICES[name]
    environment = {**service["environment"], **other}
    line = [*PODMAN, "run", "--name", name, "--replace", "--pull", "never", "--network", f"ns:/var/run/netns/{NETWORK}"]
    line += ["--add-host", "db:127.0.0.1", "--add-host", "broker:127.0.0.1", "--pids-limit", "-1"]
    line += ["--ulimit", "nofile=4096:4096", "--ulimit", "nproc=4096:4096", "-v", "pmo-trial-files:/data"]
    line += ["--read-only"] * service["read_only"] + [f"--cap-drop={name}" for name in service["cap_drop"]]
    line += [f"--tmpfs={folder}" for folder in service["tmpfs"]] + ["--security-opt", "no-new-privileges"]
    line += [part for key, value in environment.items() for part in ("-e", f"{key}={value}")]
    line += ["-d"] * (service["restart"] != "no")
    sh(*line, service["image"], *service["command"])


def healthy(name: str, seconds: float) -> None:
    kind, *command = SERVICES[name]["healthcheck"]["test"]
    line = ["sh", "-c", *command] if kind == "CMD-SHELL" else command
    end = time.monotonic() + seconds
    while (asked := sh(*PODMAN, "exec", name, *line, check=False, quiet=True)).returncode:
        if time.monotonic() > end:
            sh(*PODMAN, "logs", name)
            sys.exit(f"{name} is not healthy by its own check {line}:\n{asked.stdout}{asked.stderr}")
        time.sleep(1)
    print(f"{name} is healthy")


def stop(name: str, seconds: int) -> None:
    """As Compose does it: SIGTERM, a grace, and what the container ended with."""
    began = time.monotonic()
    sh(*PODMAN, "stop", "-t", str(seconds), name, quiet=True)
    code = sh(*PODMAN, "inspect", "-f", "{{.State.ExitCode}}", name, quiet=True).stdout.strip()
    print(f"{name} stopped with {code} after {time.monotonic() - began:.1f} s")
    if code not in ("0", "143"):
        sh(*PODMAN, "logs", "--tail", "20", name)
        sys.exit(f"{name} did not end cleanly")


# -- what is tried


def refuse_without_secrets() -> None:
    for name in ("SECRET_KEY", "POSTGRES_PASSWORD", "ALLOWED_HOSTS"):
        try:
            services({**GIVEN, name: ""})
        except LookupError as error:
            print(f"without {name}, compose: {error}")
        else:
            sys.exit(f"docker-compose.yml starts without {name}")
    image = [*PODMAN, "run", "--rm", "--network", "none", "--ulimit", "nofile=4096:4096", "--ulimit", "nproc=4096:4096"]
    image += ["--pids-limit", "-1", "--pull", "never", "-e", "PMO_MODE=production", "pmo-portal:latest"]
    bare = sh(*image, check=False, quiet=True)
    said = [line for line in (bare.stdout + bare.stderr).splitlines() if "SECRET_KEY is missing" in line]
    print(f"without secrets, the image: {said}")
    if bare.returncode == 0 or not said:
        sys.exit("the image starts without its secrets, or does not say which")


def start_all() -> None:
    for name in ("web", "worker", "beat"):
        run(name)
    for name in ("web", "worker", "beat"):
        healthy(name, 60)


def stop_all() -> None:
    for name in ("beat", "worker", "web"):
        stop(name, int(re.sub(r"\D", "", SERVICES[name].get("stop_grace_period", "10s"))))


def first_life() -> None:
    start_all()
    sh(
        *PODMAN,
        "exec",
        "-i",
        "web",
        "python",
        "-",
        "first",
        given=Path(__file__).with_name("image_visit.py").read_text(),
    )
    sh(*PODMAN, "exec", "web", "python", "manage.py", "backup", "/data/office.zip")
    stop_all()


def second_life() -> None:
    run("migrate")
    start_all()
    sh(
        *PODMAN,
        "exec",
        "-i",
        "web",
        "python",
        "-",
        "again",
        given=Path(__file__).with_name("image_visit.py").read_text(),
    )
    sh(*PODMAN, "exec", "web", "ls", "-l", "/data/office.zip")
    sh(*PODMAN, "exec", "web", "python", "manage.py", "verify")
    stop_all()


def sh(*line, check=True, quiet=False, given=None) -> subprocess.CompletedProcess:
    done = subprocess.run(list(map(str, line)), capture_output=quiet, text=True, input=given, env={**os.environ})
    if check and done.returncode:
        sys.exit(
            f"{' '.join(map(str, line[:12]))} … ended with {done.returncode}\n{done.stdout or ''}{done.stderr or ''}"
        )
    return done


if __name__ == "__main__":
    main()
