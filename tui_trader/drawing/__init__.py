"""What panes, dialogs and the fixed lines are drawn with: lines of cells, and marks beside colour."""
