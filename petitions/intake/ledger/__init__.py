"""Reading a ledger that was kept in a spreadsheet: open, find the header, map the columns, check every row.

Nothing here writes anything or knows the database. The way of a file:
`sheets.open_book` -> `headers.find` -> `headers.guess` (or a mapping remembered by `headers.signature`)
-> `rows.check` for every row below the header -> clean values, or sentences that name row and column.
"""
