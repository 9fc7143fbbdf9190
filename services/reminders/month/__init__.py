"""The month: its items are made, held against the DMS, and handed to CSC as tasks (A-REM-18, 19, 26, 27)."""
