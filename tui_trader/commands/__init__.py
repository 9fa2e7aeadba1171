"""What can be typed: the grammar of the command line and the reading of order forms. No widget lives here."""
