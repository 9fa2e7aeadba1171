"""What is on the screen. Panes pull from the store on the frame clock; only panes draw, none writes state."""
