"""`/complaints/v1`: what the desk asks."""
