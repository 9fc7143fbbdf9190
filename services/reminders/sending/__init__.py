"""When a follower is told of what, within hours, quota and wishes (A-REM-20..25)."""
