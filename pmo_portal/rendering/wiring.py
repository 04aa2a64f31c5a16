"""What documents hang on the floor."""

from pmo_portal import files
from pmo_portal.rendering.models import OfficePaper

files.carry(OfficePaper, permit="edit")
