"""Profiles that come with the portal: JSON files of the rooms, kept in step with the table of profiles."""

from __future__ import annotations

import json
from pathlib import Path

from django.core.exceptions import ValidationError

from pmo_portal import audit
from pmo_portal.intake import definitions, targets
from pmo_portal.intake.models import ImportProfile

folders: list[Path] = []


def ship(folder: Path) -> None:
    """A room's folder of profiles: `<name>.json`, each a definition with its `target`."""
    if folder not in folders:
        folders.append(folder)


def shipped() -> dict[str, dict]:
    """Name → definition of every profile that comes with the portal."""
    found = {}
    for folder in folders:
        for path in sorted(folder.glob("*.json")):
            found[path.stem] = json.loads(path.read_text(encoding="utf-8"))
    return found


def sync() -> int:
    """Bring the table in step with the files; returns how many profiles were made or changed. An office's own profile
    of the same name is left alone."""
    changed = 0
    known = {p.name: p for p in ImportProfile.objects.all()}
    for name, content in shipped().items():
        target = content["target"]
        definition = {k: v for k, v in content.items() if k != "target"}
        definitions.check(definition, targets.get(target))
        profile = known.get(name)
        if profile is None:
            audit.create(ImportProfile(name=name, target=target, definition=definition, is_shipped=True), by=None)
        elif profile.is_shipped and (profile.definition != definition or profile.target != target):
            with audit.change(profile, "changed", by=None) as current:
                current.definition, current.target = definition, target
        else:
            continue
        changed += 1
    return changed


def find(name: str) -> ImportProfile:
    """A profile by its name, the shipped ones brought in step first. Raises ValidationError listing the names."""
    sync()
    found = ImportProfile.objects.filter(name=name, archived_at=None).first()
    if found is None:
        names = ", ".join(ImportProfile.objects.filter(archived_at=None).values_list("name", flat=True))
        raise ValidationError(f"There is no profile {name!r}. There are: {names}.", code="profile")
    return found
