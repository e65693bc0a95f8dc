"""Review: what the engine cannot settle goes to people in a sheet, and comes back as decisions.

cells     text in a sheet that no spreadsheet takes for anything else
rows      which themes need a person, and what a sheet says of each
write     the sheet: XLSX or CSV
read      the sheet as people sent it back
checked   one row of it, validated
take      the rows that are decided, as records in the file of decisions
"""
