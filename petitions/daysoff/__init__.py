"""放假安排: entering the days off of a year, and counting the open clocks again by them."""
