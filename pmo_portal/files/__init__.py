"""Files attached to records: kept outside the database, known by their content, served under their record's access.

files.carry(Project, permit="attach")                    # in a room's wiring: its records can have files
actions.attach(project, by=person, file=upload)          # the first version
actions.add_version(attachment, by=person, file=upload)  # the next one; the old ones stay
"""

from pmo_portal.files.carriers import carriers, carry

__all__ = ["carriers", "carry"]
