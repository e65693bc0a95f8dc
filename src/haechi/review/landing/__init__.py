"""The page behind an ad, as three visitors see it. Nothing of it is executed.

The map:

    visit       one visitor's way to the page: start reading here
    profiles    who visits: reviewer, phone, abroad
    addresses   which addresses may be connected to, and how names and numbers become addresses
    connect     connections to checked addresses only, within time and size
    fetch       one request and its answer
    charset     bytes to letters, also where a server declares the wrong set
    page        what a person reads, where the page leads, what its forms ask for
    elements    HTML's elements, and why pages are flattened before parsing
    forms       what kinds of things forms ask for
    scripts     addresses that scripts name, and redirects they make
    compare     whether two visits saw the same page
    again       whether an approved page changed so that its ad must be reviewed again

The network is used by `visit` and `visit_all` alone. `signals.cloaking` compares what they saw.
"""
