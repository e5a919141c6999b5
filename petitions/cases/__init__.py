"""The kernel: what every case has, and the one door through which it changes. Ignorant of petitions."""
