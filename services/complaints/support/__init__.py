"""What stands beside a case while it is handled: VRT groups, plans and their authority, escalations, disputes."""
