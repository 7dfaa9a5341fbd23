"""Who is asking: accounts, sessions, forgery protection, and the log of who looked."""
