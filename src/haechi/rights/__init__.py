"""What people are owed about their own data: receipts of permissions, yearly notices, notices of a breach. Pure."""
