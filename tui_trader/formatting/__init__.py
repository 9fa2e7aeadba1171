"""Pure value -> text. Nothing here knows of stores' parts, widgets or colours."""
