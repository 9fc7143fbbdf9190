"""Time limits: working calendars, deadlines with pauses and revisions, and the sweep."""
