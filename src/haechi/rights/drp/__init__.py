"""Requests that an agent makes for a person, by the Data Rights Protocol 1.0 of Consumer Reports.

`envelope` a signed message opened, `message` what it says and for whom it holds, `directory` whose key is whose,
`identity` what it says of the person, `action` which of our requests is meant, `status` how it stands. Pure: nothing
is looked up, and no agent is believed further than its signature.
"""
