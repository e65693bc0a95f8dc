"""Who a person is, as the database keeps it: ways in, addresses, passkeys, sessions, and what limits guessing.

`routes` the list of ways in, `doors` links from the operator's session, `recovery` codes to known addresses,
`contacts` those addresses, `confirming` new ones, `codes` what is given back once, `passkeys`, `sessions`,
`standing` what who is signed in may ask, `answer_keys` for sealed answers, `cooling` waiting and freezing,
`stopping` by a link, `notices` who is told, `messages` what the operator's mailer takes, `claims` requests of
strangers, `limits` how often anything may be tried, `sweep` what is over.
"""
