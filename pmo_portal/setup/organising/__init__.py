"""The organisation from a sheet: units, the people in them, who heads what."""
