"""Who is here and what they may do: units, users, roles, the permission table, login."""
