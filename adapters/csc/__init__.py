"""The customer service centre: makes call-back tasks, calls the follower, and writes the slip (客户预约单) (A-APT-13..19)."""
