"""What the pages hang on the floor: workbooks of long lists are ordered."""

from pmo_portal.pages import long_files

long_files.hang()
