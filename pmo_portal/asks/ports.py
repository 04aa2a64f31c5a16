"""Moments of an ask at which higher rooms take part."""

from pmo_portal.ports import Port

rung_climbed = Port("rung_climbed")  # (ask, step, due_on): somebody has just been told of it by a rung of the ladder
