"""The machine's screen as a small local web page: what a customer sees and touches.

`session` knows what is on the screen, `app` serves it, `static` draws it. The page decides nothing: it shows
what the session says and sends back what was touched.
"""
