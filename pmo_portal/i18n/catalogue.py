"""The one Japanese catalogue: collected from the code, kept in parts, compiled without gettext's tools.

Each part of the portal keeps its translations in `locale/ja/parts/<part>.po`; together they become
`locale/ja/LC_MESSAGES/django.mo`, which git does not keep.
"""

from __future__ import annotations

import ast
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polib
from django.utils.translation.reloader import translation_file_changed

ROOT = Path(__file__).resolve().parents[2]
LOCALE = ROOT / "pmo_portal" / "locale" / "ja"
PARTS = LOCALE / "parts"
COMPILED = LOCALE / "LC_MESSAGES" / "django.mo"
APPS = ("pmo_portal", "projects", "administration", "expertise", "governance")
HEADER = {
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Transfer-Encoding": "8bit",
    "Language": "ja",
    "Plural-Forms": "nplurals=1; plural=0;",
}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%[sd]|\{(\w*)\}")
# Position of the context, the message and the plural among a function's arguments.
FUNCTIONS = {
    "_": (None, 0, None),
    "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "own_note": (None, 0, None),
    "ngettext": (None, 0, 1),
    "ngettext_lazy": (None, 0, 1),
    "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None),
    "npgettext": (0, 1, 2),
    "npgettext_lazy": (0, 1, 2),
}

Key = tuple[str, str]  # context ("" for none) and message


@dataclass
class Found:
    """A message of the code: where it stands, and its plural where it has one."""

    plural: str = ""
    places: list[str] = field(default_factory=list)


def collect(root: Path = ROOT) -> dict[Key, Found]:
    """Every marked message of code and templates."""
    messages: dict[Key, Found] = {}
    for path in sources(root):
        reader = in_template if path.suffix in (".html", ".txt") else in_python
        for line, context, text, plural in reader(path.read_text(encoding="utf-8")):
            found = messages.setdefault((context, text), Found())
            found.plural = found.plural or plural
            found.places.append(f"{path.relative_to(root)}:{line}")
    return messages


def sources(root: Path) -> Iterator[Path]:
    for app in APPS:
        yield from sorted(p for p in (root / app).rglob("*.py") if "migrations" not in p.parts)
    for folder in [root / "templates", *(root / app / "templates" for app in APPS)]:
        yield from sorted(p for p in folder.rglob("*") if p.suffix in (".html", ".txt"))


def in_python(source: str) -> Iterator[tuple[int, str, str, str]]:
    """Line, context, message and plural of each call of a gettext function with literal arguments."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name not in FUNCTIONS:
            continue
        context, message, plural = (_literal(node, position) for position in FUNCTIONS[name])
        if message:
            yield node.lineno, context, message, plural


def _literal(node: ast.Call, position: int | None) -> str:
    if position is None or position >= len(node.args):
        return ""
    argument = node.args[position]
    return argument.value if isinstance(argument, ast.Constant) and isinstance(argument.value, str) else ""


QUOTED = r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
TAG = re.compile(r"\{%-?\s*(?:translate|trans)\s+" + QUOTED + r"(.*?)%\}", re.S)
CONTEXT = re.compile(r"\bcontext\s+" + QUOTED)
BLOCK = re.compile(
    r"\{%\s*(?:blocktranslate|blocktrans)\b(?P<head>.*?)%\}(?P<body>.*?)\{%\s*end(?:blocktranslate|blocktrans)\s*%\}",
    re.S,
)
PLURAL = re.compile(r"\{%\s*plural\s*%\}")
CALL = re.compile(r"\b_\(\s*" + QUOTED + r"\s*\)")
VARIABLE = re.compile(r"\{\{\s*([\w.]+)[^}]*\}\}")
COMMENT = re.compile(r"\{#.*?#\}|\{%\s*comment\b.*?%\}.*?\{%\s*endcomment\s*%\}", re.S)


def in_template(source: str) -> Iterator[tuple[int, str, str, str]]:
    """The same for a template: translate, blocktranslate, and _("…") in filters and component attributes."""
    source = COMMENT.sub(lambda match: "\n" * match.group().count("\n"), source)

    def line(match: re.Match) -> int:
        return source.count("\n", 0, match.start()) + 1

    for match in TAG.finditer(source):
        context = CONTEXT.search(match[2])
        yield line(match), _unquoted(context[1]) if context else "", _doubled(match[1]), ""
    for match in BLOCK.finditer(source):
        context = CONTEXT.search(match["head"])
        trimmed = bool(re.search(r"\btrimmed\b", match["head"]))
        texts = [_block_text(part, trimmed) for part in PLURAL.split(match["body"], 1)]
        yield line(match), _unquoted(context[1]) if context else "", texts[0], texts[1] if len(texts) > 1 else ""
    for match in CALL.finditer(source):
        yield line(match), "", _doubled(match[1]), ""


def _unquoted(text: str) -> str:
    return text[1:-1].replace("\\" + text[0], text[0])


def _doubled(text: str) -> str:
    """Django looks for a tag's text with its per cent signs doubled."""
    return _unquoted(text).replace("%", "%%")


def _block_text(body: str, trimmed: bool) -> str:
    """As Django asks the catalogue for it: variables named, per cent signs doubled, lines joined when trimmed."""
    text = VARIABLE.sub(lambda match: f"\0({match[1]})s", body.replace("%", "%%")).replace("\0", "%")
    return " ".join(stripped for row in text.splitlines() if (stripped := row.strip())) if trimmed else text


@dataclass
class Catalogue:
    """The parts, read: entries by key, and what is wrong between them."""

    entries: dict[Key, polib.POEntry] = field(default_factory=dict)
    part_of: dict[Key, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def read_parts(folder: Path = PARTS) -> Catalogue:
    read = Catalogue()
    for path in sorted(folder.glob("*.po")):
        try:
            part = polib.pofile(str(path), encoding="utf-8")
        except (OSError, ValueError) as error:
            read.faults.append(f"{path.name} cannot be read: {error}")
            continue
        for entry in part:
            if not entry.obsolete:
                _take(read, entry, path.name)
    return read


def _take(read: Catalogue, entry: polib.POEntry, part: str) -> None:
    key = (entry.msgctxt or "", entry.msgid)
    if key not in read.entries or not text_of(read.entries[key]):
        read.entries[key], read.part_of[key] = entry, part
        return
    if text_of(entry) and text_of(entry) != text_of(read.entries[key]):
        read.faults.append(
            f"two translations of {entry.msgid!r}: {text_of(read.entries[key])!r} in {read.part_of[key]}, "
            f"{text_of(entry)!r} in {part}"
        )
    if entry.msgid_plural and not read.entries[key].msgid_plural:
        read.entries[key], read.part_of[key] = entry, part


def text_of(entry: polib.POEntry) -> str:
    """The translation; Japanese has one form for any number."""
    return entry.msgstr_plural.get(0, "") if entry.msgid_plural else entry.msgstr


def faults(messages: dict[Key, Found] | None = None, read: Catalogue | None = None) -> list[str]:
    """Everything that a release must not have: untranslated, fuzzy, contradictory, or with other placeholders."""
    messages, read = messages or collect(), read or read_parts()
    told = list(read.faults)
    for (context, text), found in messages.items():
        entry = read.entries.get((context, text))
        name = f"{text!r}" + (f" (context {context!r})" if context else "")
        if entry is None or not text_of(entry):
            told.append(f"untranslated: {name}  {found.places[0]}")
        elif "fuzzy" in entry.flags:
            told.append(f"fuzzy: {name}  {read.part_of[(context, text)]}")
        elif found.plural and not entry.msgid_plural:
            told.append(f"without its plural form: {name}  {read.part_of[(context, text)]}")
        elif _placeholders(text) != _placeholders(text_of(entry)) and not (
            found.plural and _placeholders(text_of(entry)) == _placeholders(found.plural)
        ):
            told.append(f"other placeholders: {name} → {text_of(entry)!r}  {read.part_of[(context, text)]}")
    return told


def unused(messages: dict[Key, Found] | None = None, read: Catalogue | None = None) -> list[str]:
    """Translations of what the code no longer says."""
    messages, read = messages or collect(), read or read_parts()
    return [f"{read.part_of[key]}: {key[1]!r}" for key in read.entries if key not in messages]


def _placeholders(text: str) -> list[str]:
    return sorted({match[1] or match[2] or match[0] for match in PLACEHOLDER.finditer(text.replace("%%", ""))})


def compile_catalogue(target: Path = COMPILED, folder: Path = PARTS) -> int:
    """Write the compiled catalogue; returns how many messages it holds."""
    whole = polib.POFile(wrapwidth=0)
    whole.metadata = dict(HEADER)
    for entry in read_parts(folder).entries.values():
        if "fuzzy" not in entry.flags and text_of(entry):
            whole.append(entry)
    target.parent.mkdir(parents=True, exist_ok=True)
    # Two processes may compile at once: each writes a file of its own, and the last whole one stays.
    handle, name = tempfile.mkstemp(dir=target.parent, suffix=".tmp")
    os.close(handle)
    whole.save_as_mofile(name)
    os.chmod(name, 0o644)
    os.replace(name, target)
    translation_file_changed(None, target)  # this process may have read the old one, or none
    return len(whole)


def compile_if_stale(target: Path = COMPILED, folder: Path = PARTS) -> bool:
    """Compile when a part is newer than what was compiled; whether it did. Cheap when nothing changed."""
    newest = max((path.stat().st_mtime for path in [folder, *folder.glob("*.po")] if path.exists()), default=None)
    if newest is None or (target.exists() and target.stat().st_mtime >= newest):
        return False
    compile_catalogue(target, folder)
    return True
