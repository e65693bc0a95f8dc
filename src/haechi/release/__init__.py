"""6 What may go out: audiences that advertisers may learn of, and bid requests in real time."""
