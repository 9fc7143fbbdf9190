"""What is counted of cases, kept by difference and recounted by another way."""
