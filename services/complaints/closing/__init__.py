"""How a case ends: closure, follow-up, survey, and being opened again."""
