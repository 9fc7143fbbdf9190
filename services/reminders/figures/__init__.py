"""Sums, lists and statistics, frozen and corrected (flows 6, A-REM-32..39)."""
