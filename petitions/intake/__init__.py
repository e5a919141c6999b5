"""Taking petitions in: at the counter by channel, and from the spreadsheets that offices have kept so far."""
