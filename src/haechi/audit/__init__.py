"""The inquiry: what is sensitive, who was exposed, what was mishandled, and a report of it."""
