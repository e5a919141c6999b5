"""复查 and 复核 (第35条、第36条): reviews of an answer as cases of their own, linked to the matter they are about."""
