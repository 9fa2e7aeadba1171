"""What asks the user something. Dialogs answer by their result or by a command; none of them writes state."""
