"""The doors over HTTP: they parse, call one function, and answer.

gate     bid requests, as a bare RSGI application
"""
