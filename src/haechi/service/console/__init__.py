"""The console for the privacy engineer: themes and their decisions, permissions, audiences, history, health.

Server-rendered pages without scripts. `routes` answers, `render` draws, `entry` is the door, `elsewhere` the
sign-in by OpenID Connect.
"""
