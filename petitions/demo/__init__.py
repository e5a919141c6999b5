"""The demo office: a county that does not exist, with people, units and petitions written for it."""
