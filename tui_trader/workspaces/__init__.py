"""Which panes stand where at each terminal size, and the fixed lines around them."""
