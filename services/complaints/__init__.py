"""Complaints: a case from the first word to the survey, with clocks, people and proof (flows 4, A-CMP-01..38)."""
