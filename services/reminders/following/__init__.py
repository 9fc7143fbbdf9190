"""What becomes of an item: told, called, booked, returned, decided, carried over (A-REM-23..31, 35, 39..44)."""
