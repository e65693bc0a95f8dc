"""Policy: rules as data over signals."""
