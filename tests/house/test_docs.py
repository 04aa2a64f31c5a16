"""What the documents say is so: links, commands, settings, ports, excerpts of code, dependencies."""

import importlib
import json
import re
import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import get_commands

from pmo_portal.jobs.registry import periodics
from pmo_portal.ports import Port

ROOT = Path(__file__).resolve().parents[2]
TIERS = ("pmo_portal", "projects", "administration", "expertise", "governance")
PAGES = sorted(p for p in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
NAMES = [p.relative_to(ROOT).as_posix() for p in PAGES]
CODE = re.compile(r"```(\w*)\n(.*?)```", re.DOTALL)


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def outside_code(text: str) -> str:
    return CODE.sub("", text)


def rows(text: str) -> list[list[str]]:
    """The cells of every table row, without heads and rules. A pipe in a cell is written \\|."""
    found = []
    lines = outside_code(text).split("\n")
    for number, line in enumerate(lines):
        is_head = number + 1 < len(lines) and re.fullmatch(r"[|\s:-]+", lines[number + 1] or "x")
        if line.startswith("|") and not is_head and not re.fullmatch(r"[|\s:-]+", line):
            found.append([cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))])
    return found


@pytest.mark.parametrize("name", NAMES)
def test_relative_links_lead_to_files(name):
    targets = re.findall(r"\]\(([^)#\s]+)", outside_code(read(name)))
    missing = [t for t in targets if "://" not in t and not (ROOT / name).parent.joinpath(t).exists()]
    assert not missing


@pytest.mark.parametrize("name", NAMES)
def test_anchors_stand_on_the_page_they_point_to(name):
    for target, anchor in re.findall(r"\]\(([^)#\s]*)#([^)\s]+)\)", outside_code(read(name))):
        page = (ROOT / name).parent / target if target else ROOT / name
        heads = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
        slugs = [re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads]
        assert anchor in slugs, f"{name} points to {target}#{anchor}"


@pytest.mark.parametrize("name", NAMES)
def test_files_that_are_named_exist(name):
    """Paths in backticks that begin with a folder of this repository."""
    folders = "|".join((*TIERS, "docs", "tests", "templates", "static", "requirements", r"\.ci"))
    named = re.findall(rf"`((?:{folders})/[\w./-]+\.\w+)`", read(name))
    assert not [path for path in named if path not in MADE and not (ROOT / path).exists()]


MADE = {"static/dist", "docs/performance.md"}  # written by a run, not by hand


@pytest.mark.parametrize("name", NAMES)
def test_commands_that_are_named_exist(name):
    text = read(name)
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))
    assert not [word for word in re.findall(r"`?\bmake ([a-z]+(?:-[a-z]+)*)`", text) if word not in targets]
    blocks = "\n".join(code for language, code in CODE.findall(text) if language == "sh")
    assert not [word for word in re.findall(r"^\s*make ([a-z-]+)", blocks, re.MULTILINE) if word not in targets]
    known = set(get_commands())
    assert not [word for word in re.findall(r"manage\.py ([a-z_]+)", text) if word not in known]


def test_both_readmes_have_the_same_sections_pictures_and_commands():
    english, japanese = read("README.md"), read("README.ja.md")

    def shape(text: str) -> list[int]:
        return [len(marks) for marks in re.findall(r"^(#+) ", outside_code(text), re.MULTILINE)]

    def pictures(text: str) -> list[str]:
        return re.findall(r"!\[[^\]]*\]\(([^)]+)\)", text)

    def commands(text: str) -> list[str]:
        code = "\n".join(block for language, block in CODE.findall(text) if language == "sh")
        return re.findall(r"make \w+|manage\.py \w+|docker compose up|--[\w-]+", code)

    assert shape(english) == shape(japanese)
    assert pictures(english) == pictures(japanese) and pictures(english)
    assert commands(english) == commands(japanese)


def test_pictures_are_small():
    heavy = [p.name for p in (ROOT / "docs" / "pictures").glob("*.png") if p.stat().st_size > 200_000]
    assert not heavy


def test_the_changelog_begins_with_this_version():
    version = tomllib.loads(read("pyproject.toml"))["project"]["version"]
    assert re.search(r"^## (\S+)", read("CHANGELOG.md"), re.MULTILINE).group(1) == version


def test_every_dependency_has_its_reason_and_every_reason_its_dependency():
    wanted = set()
    for file in (ROOT / "requirements").glob("*.in"):
        for line in file.read_text().split("\n"):
            if line.strip() and not line.startswith(("-", "#")):
                wanted.add(re.split(r"[\[=<>~ ]", line.strip())[0])
    package = json.loads(read("package.json"))
    wanted |= set(package["dependencies"]) | set(package["devDependencies"])
    told = {cells[0]: cells[1] for cells in rows(read("docs/dependencies.md"))}
    assert set(told) == wanted
    assert not [name for name, why in told.items() if len(why) < 5]


def test_the_ports_and_their_takers_are_those_of_the_architecture():
    plugged = {}
    for file in sorted(ROOT.glob("*/*/ports.py")):
        if file.relative_to(ROOT).parts[0] not in TIERS:
            continue
        module = importlib.import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))
        for name, value in vars(module).items():
            if isinstance(value, Port):
                plugged[f"{module.__name__}.{name}"] = [f"{t.__module__}.{t.__qualname__}" for t in value.takers]
    told = {}
    for cells in rows(read("docs/architecture.md")):
        name = cells[0].strip("`")
        if ".ports." in name:
            told[name] = re.findall(r"`([\w.]+)`", cells[2])
    assert told == plugged


def test_the_rooms_are_those_of_the_architecture():
    text = read("docs/architecture.md")
    told = {cells[0].strip("`"): cells[1] for cells in rows(text) if len(cells) == 2}
    for tier in TIERS[1:]:
        rooms = apps.get_app_config(tier).rooms
        assert [room for room in rooms if f"`{room}`" not in told[tier]] == []
    floor = " ".join(re.findall(r"^\| (`.*?) \|", text, re.MULTILINE))
    assert not [room for room in apps.get_app_config("pmo_portal").rooms if f"`{room}`" not in floor]


def test_the_table_of_periodic_tasks_is_true():
    told = {}
    for cells in rows(read("docs/operations.md")):
        if cells[0].startswith("`") and cells[0].strip("`") in periodics:
            told[cells[0].strip("`")] = cells[1]
    spans = {name: entry.every for name, entry in periodics.items()}
    assert told == {name: _words(every) for name, every in spans.items()}


def _words(every) -> str:
    seconds = int(every.total_seconds())
    if seconds % 3600 == 0:
        return f"{seconds // 3600} h"
    return f"{seconds // 60} min" if seconds % 60 == 0 else f"{seconds} s"


def test_every_setting_of_the_environment_is_told():
    told = set()
    for cells in rows(read("docs/operations.md")):
        told |= set(re.findall(r"`([A-Z][A-Z_]+)`", cells[0]))
    used = set()
    for file in [ROOT / "pmo_portal/settings.py", *(ROOT / "pmo_portal/operation").glob("*.py")]:
        code = file.read_text()
        used |= set(re.findall(r"""(?:environ(?:\.get\(|\[)|flag\(|names\()\s*["']([A-Z][A-Z_]+)["']""", code))
    used -= {"PATH", "HOME", "DJANGO_SETTINGS_MODULE"}
    assert used <= told, f"not told: {sorted(used - told)}"


def excerpts() -> list[tuple[str, str, list[str]]]:
    """(document, file, lines) of every block that begins with a file's name."""
    found = []
    for name in NAMES:
        for language, code in CODE.findall(read(name)):
            head = re.match(r"(?:#|\{#) ([\w./]+\.\w+)(?: #\})?\n", code)
            if language in ("python", "django") and head and "/" in head.group(1):
                lines = [line.strip() for line in code.split("\n")[1:] if line.strip()]
                found.append((name, head.group(1), lines))
    return found


@pytest.mark.parametrize(("document", "file", "lines"), excerpts(), ids=lambda v: v if isinstance(v, str) else "")
def test_excerpts_of_code_stand_in_the_code(document, file, lines):
    """Line by line and in this order; "…" leaves lines out."""
    code = [line.strip() for line in read(file).split("\n")]
    at = 0
    for line in lines:
        if line == "…":
            continue
        assert line in code[at:], f"{document}: {file} has no line {line!r} after line {at}"
        at = code.index(line, at) + 1


def test_there_are_excerpts():
    assert len(excerpts()) >= 12


def test_every_duty_names_pages_and_tests_that_exist():
    for cells in rows(read("docs/duties.md")):
        for path in re.findall(r"`(tests/[\w/.]+|\.ci/[\w.]+)`", " ".join(cells)):
            assert (ROOT / path).exists(), path
