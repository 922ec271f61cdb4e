"""What papers have in common, and how they are ranked by it."""
