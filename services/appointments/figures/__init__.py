"""The statistics of appointments: sums that follow each change, frozen and corrected (flows 6, A-APT-23..30)."""
