"""A session on file: recording what the links told, and playing it back into the same panes."""
