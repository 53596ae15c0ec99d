"""What was recorded, through the rules of today or changed ones: which drafts, which calls, and when."""
