"""Pictures of every page of a running office: whose pages they are, the camera, the contact sheet. See `manage.py shots`."""
