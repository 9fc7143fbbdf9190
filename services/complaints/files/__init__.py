"""Photos, voices and papers of a case: checked, cleaned, sealed."""
