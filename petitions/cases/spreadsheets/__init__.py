"""Tables that come in from outside and go out to it: opened by what they are, read row by row, written without a formula.

Nothing here knows a case: intake reads ledgers of petitions with it, mediation ledgers of disputes and the files that go
to a court or a ministry.
"""
