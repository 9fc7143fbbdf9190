"""What is known of cars, whom they belong to, which campaigns there are, and how all that is loaded (A-REM-04, 10..17, A-CLD-03..06)."""
